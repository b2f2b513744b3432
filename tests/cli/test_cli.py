"""The command line: JSON for scripts, one clear line for every error, the right exit code."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import ragnano.cli
from ragnano.assistant import Assistant
from ragnano.cli import answers, app, docs
from tests.conftest import FakeChatModel, add_text
from tests.test_assistant import DEPOSIT, LEASE

pytestmark = pytest.mark.slow

ANSWER_KEYS = {
    "question", "answer", "verdict", "confidence", "citations", "nearest", "timings", "tokens", "model", "receipt",
    "about",
}  # fmt: skip
CITATION_KEYS = {"document", "path", "page", "quote", "start", "end", "boxes", "score"}
HIT_KEYS = {"document", "path", "page", "section", "text", "start", "end", "score", "ranks", "marks"}


REFERRING = """# 1 Fees

A late fee is due as Section 2 provides.

# 2 Payment

Invoices are payable in thirty days.
"""


class OpenAssistant:
    """Passes the test's assistant to commands, which close what they open."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant

    def __call__(self, **_: Any) -> "OpenAssistant":
        return self

    def __enter__(self) -> Assistant:
        return self.assistant

    def __exit__(self, *_: object) -> None:
        return None


@pytest.fixture
def run(assistant: Assistant, chat_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    chat_model.reply = "The security deposit is $12,000."
    monkeypatch.setattr(answers, "open_assistant", OpenAssistant(assistant))
    monkeypatch.setattr(docs, "open_assistant", OpenAssistant(assistant))
    yield lambda *words: CliRunner().invoke(app, list(words), catch_exceptions=False)


def test_ask_prints_the_contract_as_json(run: Any, assistant: Assistant) -> None:
    add_text(assistant, LEASE, name="lease.txt")
    answer = json.loads(run("ask", DEPOSIT, "--json").stdout)
    assert set(answer) >= ANSWER_KEYS
    assert set(answer["citations"][0]) >= CITATION_KEYS
    assert set(answer["timings"]) == {"retrieve_s", "first_token_s", "total_s"}
    assert set(answer["tokens"]) == {"prompt", "answer"}


def test_a_citation_can_be_found_again_in_the_page_that_docs_show_prints(run: Any, assistant: Assistant) -> None:
    add_text(assistant, LEASE, name="lease.txt")
    citation = json.loads(run("ask", DEPOSIT, "--json").stdout)["citations"][0]
    page = json.loads(run("docs", "show", "lease.txt", "--page", str(citation["page"]), "--json").stdout)
    assert page["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_ask_for_people_shows_answer_file_page_and_quote(run: Any, assistant: Assistant) -> None:
    add_text(assistant, LEASE, name="lease.txt")
    shown = run("ask", DEPOSIT).stdout
    assert shown.count("The security deposit is $12,000") == 1
    assert "lease.txt, page 1, 4 Deposit" in shown
    assert "“The Tenant shall pay a security deposit of $12,000" in shown


def test_a_refusal_shows_the_closest_clauses(run: Any, assistant: Assistant) -> None:
    add_text(assistant, LEASE)
    shown = run("ask", "Who won the football championship of 1954?").stdout
    assert "The documents don't say." in shown
    assert "Closest clauses:" in shown


def test_search_prints_the_contract_as_json(run: Any, assistant: Assistant) -> None:
    add_text(assistant, LEASE)
    hits = json.loads(run("search", "deposit", "-k", "2", "--json").stdout)
    assert 1 <= len(hits) <= 2
    assert set(hits[0]) == HIT_KEYS


def test_a_batch_gives_one_result_a_line_and_names_the_lines_that_fail(
    run: Any, assistant: Assistant, tmp_path: Path
) -> None:
    add_text(assistant, LEASE, name="lease.txt")
    batch = tmp_path / "questions.jsonl"
    lines = [
        {"id": 1, "question": DEPOSIT, "doc": "lease.txt"},
        {"id": "b", "question": DEPOSIT, "doc": "gone.pdf"},
    ]
    batch.write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    result = run("search", "--batch", str(batch))
    first, second = map(json.loads, result.stdout.splitlines())
    assert first["id"] == 1 and set(first["hits"][0]) == HIT_KEYS
    assert second["id"] == "b" and "gone.pdf" in second["error"]
    assert result.exit_code == 3
    (only,) = [
        json.loads(line) for line in run("ask", "--batch", str(batch)).stdout.splitlines() if "error" not in line
    ]
    assert set(only) >= ANSWER_KEYS | {"id"}


@pytest.mark.parametrize("text", ["{", '{"id": 1}', "[]", '{"id": 1, "question": "?", "from": 2019}'])
def test_a_batch_that_is_wrong_names_its_line(run: Any, tmp_path: Path, text: str) -> None:
    batch = tmp_path / "questions.jsonl"
    batch.write_text(text)
    with pytest.raises(Exception, match="line 1"):
        run("ask", "--batch", str(batch))


def test_control_characters_of_a_document_do_not_reach_the_terminal(run: Any, assistant: Assistant) -> None:
    add_text(assistant, "The deposit is \x1b[31mred\x1b[0m and due.")
    assert "\x1b" not in run("search", "deposit").stdout


def test_a_search_can_bring_the_whole_clause_and_what_it_refers_to(run: Any, assistant: Assistant) -> None:
    add_text(assistant, REFERRING, name="supply.txt")
    (first, *_) = json.loads(run("search", "late fee", "-k", "1", "--clause", "--references", "--json").stdout)
    assert first["text"] in first["clause"]
    assert [row["name"] for row in first["references"]] == ["Section 2"]
    assert "→ Section 2: 2 Payment (page 1)" in run("search", "late fee", "-k", "1", "--references").stdout


def test_a_question_that_fits_several_documents_says_so(run: Any, assistant: Assistant) -> None:
    for year in ("2019", "2020"):
        add_text(assistant, LEASE + year, name=f"lease-{year}.txt", title="Lease", parties=("Gamma Estates LLC",))
    stderr = run("search", "What deposit does Gamma Estates LLC take?").stderr
    assert "2 documents fit the question about as well: lease-2019.txt, lease-2020.txt" in stderr
    assert "--doc chooses one" in run("ask", "What deposit does Gamma Estates LLC take?").stdout


def test_filters_apply_to_single_questions_and_to_batches(run: Any, assistant: Assistant, tmp_path: Path) -> None:
    add_text(assistant, LEASE, name="lease.txt", date="2020-05-01")
    assert json.loads(run("search", "deposit", "--from", "2020", "--to", "2020-05", "--type", "txt", "--json").stdout)
    assert json.loads(run("search", "deposit", "--from", "2021", "--json").stdout) == []
    batch = tmp_path / "questions.jsonl"
    lines = [{"id": 1, "question": DEPOSIT, "to": "2019"}, {"id": 2, "question": DEPOSIT, "type": "docx"}]
    batch.write_text("\n".join(map(json.dumps, lines)))
    first, second = map(json.loads, run("search", "--batch", str(batch)).stdout.splitlines())
    assert first["hits"] == [] and "docx" in second["error"]


def test_docs_list_show_remove(run: Any, assistant: Assistant) -> None:
    document = add_text(assistant, LEASE, name="lease.txt")
    assert json.loads(run("docs", "list", "--json").stdout)[0]["id"] == document
    assert "lease.txt" in run("docs", "list").stdout
    assert "1 pages" in run("docs", "show", document[:8]).stdout
    assert "Removed lease.txt" in run("docs", "remove", "lease.txt").stdout
    assert "No documents yet" in run("docs", "list").stdout


def ragnano_command(*words: str, home: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "ragnano", *words],
        capture_output=True, text=True, check=False,
        env={"RAGNANO_HOME": str(home), "PATH": "/usr/bin:/bin", "HOME": str(home)},
        cwd=Path(ragnano.cli.__file__).parents[2],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("ask",), 2, "question"),
        (("ask", "x", "--batch", "y"), 2, "give either"),
        (("ask", "Who pays?"), 1, "models fetch"),
        (("docs", "show", "nothing.pdf"), 1, "nothing.pdf"),
        (("ingest", "/no/such/folder"), 1, "/no/such/folder"),
        (("ask", "What?", "--model", "no-such-model"), 1, "no-such-model"),
        (("eval", "questions", "--data", "/no/such/folder"), 2, "/no/such/folder"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_an_error_is_one_clear_line_with_the_right_exit_code(
    tmp_path: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    result = ragnano_command(*words, home=tmp_path)
    assert result.returncode == code, result.stderr
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_variable_that_is_no_setting_is_named_on_standard_error(tmp_path: Path) -> None:
    environment = {
        "RAGNANO_HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "RAGNANO_OTHER_ID": "7",
    }
    done = subprocess.run(
        [sys.executable, "-m", "ragnano", "docs", "list"], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == "ragnano: RAGNANO_OTHER_ID is not a setting of ragnano and is ignored\n"


def test_help_answers_in_under_three_tenths_of_a_second() -> None:
    """Where the machine is too slow or busy for that, in 2.5 times what its one library takes to import."""

    def run(*words: str) -> float:
        begun = time.perf_counter()
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True)
        took = time.perf_counter() - begun
        assert "--help" not in words or ("ingest" in done.stdout and "ask" in done.stdout)
        return took

    # The fastest run counts: other tests may share the processor.
    took = [(run("-m", "ragnano", "--help"), run("-c", "import typer")) for _ in range(7)]
    helped, imported = map(min, zip(*took, strict=True))
    assert helped < max(0.3, 2.5 * imported)
