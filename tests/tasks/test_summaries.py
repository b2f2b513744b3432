"""Summaries: of one document, section by section, every line cited, at any length."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from ragnano.assistant import QUOTES_ONLY, Assistant
from ragnano.errors import AmbiguousError, QuestionError
from ragnano.models import find, installed
from ragnano.settings import Settings
from ragnano.tasks.summaries import MOST_LINES
from ragnano.text.words import fold
from ragnano.types import Answer
from tests.conftest import SAMPLES, FakeChatModel, add_text

pytestmark = pytest.mark.slow

LEASE = """This Lease is made between Brightwater Properties LLC (the “Landlord”)
and Larkspur Analytics Ltd (the “Tenant”).

# 1 Definitions

“Business Day” means any day other than a Saturday, a Sunday or a public holiday in Seattle.

# 2 Term

The term of this Lease is seven (7) years. It begins on the day on which the Landlord hands over the keys of the suite.

# 3 Rent

The Tenant shall pay a rent of $12,000 on the first day of each month, in advance, to the account that the Landlord has
named in writing to the Tenant at the time of the signing of this Lease.

# 4 Termination

The Tenant may terminate this Lease by giving the Landlord at least ninety (90) days’ written notice.

# 5 Counterparts

This Lease may be signed in counterparts, each of which is an original and all of which are one instrument."""
RENT = "The Tenant shall pay a rent of $12,000 on the first day of each month"


def lines(answer: Answer) -> list[str]:
    return [line for line in answer.answer.splitlines() if line.startswith("- ")]


def test_every_line_is_a_cited_quote_of_its_section_in_reading_order(assistant: Assistant) -> None:
    document = add_text(assistant, LEASE, name="lease.txt", title="Lease")
    answer = assistant.ask("Summarise this agreement", model=QUOTES_ONLY)
    assert answer.verdict == "quoted"
    assert "made between Brightwater" in lines(answer)[0]
    assert list(dict.fromkeys(line.split(":")[0] for line in lines(answer)[1:])) == [
        "- Term",
        "- Rent",
        "- Termination",
    ]
    assert [citation.number for citation in answer.citations] == list(range(1, len(lines(answer)) + 1))
    for citation, line in zip(answer.citations, lines(answer), strict=True):
        assert citation.document == document
        assert citation.quote == LEASE[citation.start : citation.end]
        assert fold(citation.quote) in line and line.endswith(f"[{citation.number}]")
    assert answer.about == ("/docs/lease.txt",)


def test_a_definition_and_boilerplate_weigh_less_than_what_somebody_owes(assistant: Assistant) -> None:
    add_text(assistant, LEASE)
    shown = assistant.ask("Summarise this", model=QUOTES_ONLY).answer
    assert "Business Day" not in shown and "$12,000" in shown


def test_the_model_shortens_and_what_it_invents_is_replaced_by_the_quote(
    assistant: Assistant, chat_model: FakeChatModel
) -> None:
    add_text(assistant, LEASE)
    chat_model.reply = "The Tenant shall pay a rent of $12,000 on the first day of each month."
    answer = assistant.ask("Summarise this agreement")
    assert answer.verdict == "answered"
    assert f"- Rent: {RENT}. [" in answer.answer
    assert answer.tokens.prompt > 0 and answer.timings.first_token_s is not None
    chat_model.reply = "The Tenant shall pay a rent of $21,000 on the first day of each month."
    answer = assistant.ask("Summarise this agreement")
    assert answer.verdict == "quoted"
    assert "21,000" not in answer.answer and f"“{RENT}" in answer.answer


def test_lines_are_handed_on_as_they_get_ready_and_make_up_the_answer(assistant: Assistant) -> None:
    add_text(assistant, LEASE)
    seen: list[str] = []
    answer = assistant.ask("Summarise this agreement", model=QUOTES_ONLY, on_text=seen.append)
    assert len(seen) > 2
    assert "".join(seen).strip() == answer.answer


def test_a_part_is_summarised_by_its_heading_or_number(assistant: Assistant) -> None:
    add_text(assistant, LEASE, name="lease.txt")
    by_name = assistant.ask("Summarise the termination clause", model=QUOTES_ONLY)
    by_number = assistant.ask("Summarise section 4", model=QUOTES_ONLY)
    assert [citation.section for citation in by_name.citations] == ["4 Termination"]
    assert by_number.answer == by_name.answer
    absent = assistant.ask("Summarise section 99", model=QUOTES_ONLY)
    assert (absent.verdict, absent.citations) == ("not_found", ())
    assert absent.answer == "The documents don't say. Searched lease.txt."
    assert absent.nearest


def test_one_document_must_be_meant(assistant: Assistant) -> None:
    assert assistant.ask("Summarise this agreement").verdict == "not_found"
    add_text(assistant, LEASE, name="lease.txt", title="Office Lease")
    add_text(assistant, LEASE + " ", name="letter.txt", title="Side Letter to Office Lease")
    add_text(assistant, LEASE + "  ", name="nda.txt", title="Mutual Confidentiality Agreement")
    with pytest.raises(QuestionError, match=r"3 are searched.*lease\.txt.*letter\.txt") as refused:
        assistant.ask("Summarise this agreement")
    assert "--doc" in str(refused.value)
    assert assistant.ask("Summarise the office lease", model=QUOTES_ONLY).about == ("/docs/lease.txt",)
    assert assistant.ask("Summarise letter.txt", model=QUOTES_ONLY).about == ("/docs/letter.txt",)
    chosen = assistant.scope(None, "nda.txt")
    assert assistant.ask("Summarise this agreement", chosen, model=QUOTES_ONLY).about == ("/docs/nda.txt",)


def test_documents_of_one_name_are_told_apart_by_their_files(assistant: Assistant) -> None:
    for year in ("2019", "2020"):
        add_text(assistant, LEASE + year, name=f"lease-{year}.txt", title="Lease")
    with pytest.raises(AmbiguousError, match=r"2 documents fit.*lease-2019\.txt, lease-2020\.txt"):
        assistant.ask("Summarise the lease")


def test_the_same_question_gives_the_same_bytes_and_receipt(assistant: Assistant) -> None:
    add_text(assistant, LEASE)
    first, second = (assistant.ask("Summarise this", model=QUOTES_ONLY) for _ in range(2))
    still = replace(second, timings=first.timings)
    assert still == first


def test_a_summary_can_be_stopped(assistant: Assistant) -> None:
    add_text(assistant, LEASE)
    assert assistant.ask("Summarise this", model=QUOTES_ONLY, cancelled=lambda: True).citations == ()


def sections(count: int) -> Iterator[str]:
    for number in range(1, count + 1):
        yield f"# {number} Delivery of lot {number}"
        yield f"The Supplier shall deliver lot {number} to the Buyer within {number} days for a price of ${number},000."


@pytest.mark.timeout(600)
def test_two_thousand_sections_give_twelve_lines_in_bounded_memory(assistant: Assistant) -> None:
    document = add_text(assistant, "\n\n".join(sections(2000)), name="long.txt")
    scope = assistant.scope(None, document)
    assistant.ask("Summarise this", scope, model=QUOTES_ONLY)  # fills the caches
    tracemalloc.start()
    answer = assistant.ask("Summarise this", scope, model=QUOTES_ONLY)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 1 <= len(lines(answer)) <= MOST_LINES
    assert answer.answer.endswith("of 2000 sections.)")
    # All 2,000 chunks as objects take several megabytes; the page of this text alone takes a quarter of one.
    assert peak < 4_000_000


@pytest.mark.models
def test_a_real_lease_is_summarised_by_the_default_embedder(tmp_path: Path) -> None:
    settings = Settings.load(data_dir=tmp_path)
    if installed(find(settings.embedder), settings.models_dir) is None:
        pytest.skip(f"{settings.embedder} is not in the model cache: `ragnano models fetch`")
    with Assistant(settings) as helper:
        ingest(
            [SAMPLES / "documents" / "brightwater-copperfinch-office-lease.pdf"],
            settings=settings,
            catalogue=helper.catalogue,
            vectors=helper.vectors,
            embedder=helper.embedder,
        )
        answer = helper.ask("Summarise the Brightwater lease", model=QUOTES_ONLY)
        listed = helper.ask("List all payment obligations of the Tenant", model=QUOTES_ONLY)
    assert 8 <= len(lines(answer)) <= MOST_LINES
    assert "BRIGHTWATER PROPERTIES LLC" in lines(answer)[0] and "$" in answer.answer
    assert any("Tenant shall pay the base rent" in fold(citation.quote) for citation in listed.citations)
    assert not any("Landlord shall pay" in fold(citation.quote) for citation in listed.citations)
