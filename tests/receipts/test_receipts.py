"""A receipt contains what an answer came from, is parsed as untrusted input, and harms no other file."""

import json
import stat
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragnano.assistant import QUOTES_ONLY, Assistant
from ragnano.errors import ReceiptError
from ragnano.receipts import Receipt, load_receipt, may_write, receipt_name, save_receipt
from ragnano.receipts.schema import digest_of
from ragnano.replay import ask_with_receipt
from ragnano.types import Direct, Scope
from tests.conftest import FakeChatModel, add_text
from tests.test_assistant import DEPOSIT, LEASE

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
REPLY = "The security deposit is $12,000 [1]."


@pytest.fixture
def receipt(assistant: Assistant, chat_model: FakeChatModel) -> Receipt:
    chat_model.reply = REPLY
    add_text(assistant, LEASE, name="lease.txt")
    return ask_with_receipt(assistant, DEPOSIT)[1]


def written(receipt: Receipt, folder: Path) -> dict[str, Any]:
    save_receipt(receipt, folder / "receipt.json")
    value = json.loads((folder / "receipt.json").read_text())
    assert isinstance(value, dict)
    return value


def sealed(value: dict[str, Any], path: Path) -> Path:
    """Writes the value as a receipt with a correct digest; returns its path."""
    content = {name: item for name, item in value.items() if name != "sha256"}
    path.write_text(json.dumps({**content, "sha256": digest_of(content)}))
    return path


def test_it_holds_the_prompt_the_raw_reply_the_evidence_and_the_answer(
    assistant: Assistant, chat_model: FakeChatModel
) -> None:
    chat_model.reply = "The security deposit is $21,000 [1]."
    document = add_text(assistant, LEASE, name="lease.txt")
    answer, receipt = ask_with_receipt(assistant, DEPOSIT)
    (exchange,) = receipt.exchanges
    (prompt,) = chat_model.prompts
    assert exchange.system == prompt.system
    assert [(part.text, part.trusted) for part in exchange.parts] == [
        (part.text, part.trusted) for part in prompt.parts
    ]
    assert exchange.reply == "The security deposit is $21,000 [1]."
    assert receipt.answer["answer"] == answer.answer and "21,000" not in answer.answer
    assert receipt.answer["receipt"] == answer.receipt
    assert {source.id for source in receipt.documents} == {document}
    for extract in receipt.evidence:
        ((page, start, end),) = extract.spans
        assert " ".join(assistant.page(document, page).text[start:end].split()) == extract.text
    assert (receipt.decoding, receipt.seed) == ("greedy", 0)
    assert receipt.conditions.settings["evidence_tokens"] == assistant.settings.evidence_tokens


def test_without_a_model_there_is_no_exchange_and_no_weights(assistant: Assistant) -> None:
    add_text(assistant, LEASE)
    _, receipt = ask_with_receipt(assistant, DEPOSIT, model=QUOTES_ONLY)
    assert receipt.exchanges == ()
    assert (receipt.conditions.model.name, receipt.conditions.model.sha256) == ("none", None)


def test_a_refusal_has_a_receipt_that_shows_the_model_was_not_asked(assistant: Assistant) -> None:
    add_text(assistant, LEASE)
    _, receipt = ask_with_receipt(assistant, "Who won the football championship of 1954?")
    assert receipt.exchanges == () and receipt.answer["verdict"] == "not_found"


def test_asking_with_and_without_a_receipt_gives_the_same_answer(assistant: Assistant, receipt: Receipt) -> None:
    plain = assistant.ask(DEPOSIT)
    assert (plain.answer, plain.receipt) == (receipt.answer["answer"], receipt.answer["receipt"])


def test_what_was_written_is_what_is_read(receipt: Receipt, tmp_path: Path) -> None:
    written(receipt, tmp_path)
    assert load_receipt(tmp_path / "receipt.json") == receipt


def test_it_carries_the_direct_answer(
    assistant: Assistant, receipt: Receipt, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ask, direct = assistant.ask, Direct("$12,000", 1, "span", 3, 10)
    monkeypatch.setattr(assistant, "ask", lambda *a, **b: replace(ask(*a, **b), direct=direct))
    made = ask_with_receipt(assistant, DEPOSIT)[1]
    written(made, tmp_path)
    assert load_receipt(tmp_path / "receipt.json").answer["direct"] == asdict(direct)


def test_only_its_owner_reads_it(receipt: Receipt, tmp_path: Path) -> None:
    written(receipt, tmp_path)
    assert stat.S_IMODE((tmp_path / "receipt.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("*receipt*")] == ["receipt.json"]


def test_another_receipt_is_overwritten_and_any_other_file_is_left_alone(receipt: Receipt, tmp_path: Path) -> None:
    written(receipt, tmp_path)
    written(receipt, tmp_path)
    letter, linked = tmp_path / "letter.txt", tmp_path / "link.json"
    letter.write_text("Dear landlord")
    linked.symlink_to(tmp_path / "nowhere")
    for path in (letter, linked, tmp_path):
        with pytest.raises(ReceiptError, match="left unchanged"):
            save_receipt(receipt, path)
    assert letter.read_text() == "Dear landlord" and linked.is_symlink()
    with pytest.raises(ReceiptError, match="no folder"):
        may_write(tmp_path / "missing" / "receipt.json")


def test_a_change_by_hand_is_noticed(receipt: Receipt, tmp_path: Path) -> None:
    value = written(receipt, tmp_path)
    value["answer"]["answer"] = "The security deposit is $1."
    (tmp_path / "changed.json").write_text(json.dumps(value))
    with pytest.raises(ReceiptError, match="changed after it was written"):
        load_receipt(tmp_path / "changed.json")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda value: value.update(question=7), "question"),
        (lambda value: value.update(seed=1), "seed"),
        (lambda value: value["scope"].update(documents="all"), "scope.documents"),
        (lambda value: value["conditions"].pop("index"), "conditions.index"),
        (lambda value: value["conditions"]["model"].update(sha256="../../etc/passwd"), "model.sha256"),
        (lambda value: value["evidence"][0].update(spans=[[1, 2]]), "evidence.0.spans"),
        (lambda value: value.update({"\x1b[31mred": 1}), "not a complete receipt"),
    ],
)
def test_a_receipt_of_the_wrong_shape_is_refused_without_repeating_its_words(
    receipt: Receipt, tmp_path: Path, change: Any, place: str
) -> None:
    value = written(receipt, tmp_path)
    change(value)
    with pytest.raises(ReceiptError, match=place) as refused:
        load_receipt(sealed(value, tmp_path / "wrong.json"))
    for word in ("12,000", "passwd", "\x1b"):
        assert word not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"format": NaN}', "not JSON"),
        (b"[1]", "not a receipt"),
        (b'{"format": "ragnano receipt 99"}', "another format"),
        (b'{"format": "ragnano receipt 1", "seed": 1e999}', "not a complete receipt"),
    ],
)
def test_what_is_no_receipt_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(ReceiptError, match=message):
        load_receipt(path)


def test_a_file_larger_than_any_receipt_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ragnano.receipts.files.LARGEST", 100)
    path = tmp_path / "file.json"
    path.write_text(" " * 101)
    with pytest.raises(ReceiptError, match="larger than any receipt"):
        load_receipt(path)
    with pytest.raises(ReceiptError, match="no file"):
        load_receipt(tmp_path / "missing.json")
    with pytest.raises(ReceiptError, match="no file"):
        load_receipt(tmp_path)


@given(st.lists(st.one_of(st.text(max_size=90), st.integers(), st.none()), max_size=8))
def test_a_name_made_of_a_lines_id_stays_in_its_folder_and_is_its_own(ids: list[Any]) -> None:
    taken: set[str] = set()
    names = [receipt_name(identifier, taken) for identifier in ids]
    assert len({name.casefold() for name in names}) == len(ids)
    for name in names:
        assert Path(name).name == name and name.startswith("receipt-") and name.isascii() and len(name) < 120


def test_names_of_plain_ids_are_plain() -> None:
    assert [receipt_name(identifier, set()) for identifier in (7, "q7", "a.b")] == [
        "receipt-7.json", "receipt-q7.json", "receipt-a.b.json",
    ]  # fmt: skip
    assert "/" not in receipt_name("../../etc/passwd", set())


RUN = """
import sys
from pathlib import Path
from ragnano.assistant import Assistant
from ragnano.settings import Settings
from ragnano.receipts import save_receipt
from ragnano.replay import ask_with_receipt
from tests.conftest import FakeChatModel, FakeEmbedder
settings = Settings.load(data_dir=Path(sys.argv[1]), models_dir=Path(sys.argv[1]) / "models")
with Assistant(settings, embedder=FakeEmbedder(), chat_model=FakeChatModel(sys.argv[3])) as assistant:
    save_receipt(ask_with_receipt(assistant, sys.argv[2])[1], Path(sys.argv[4]))
"""


def test_two_processes_write_the_same_bytes(assistant: Assistant, tmp_path: Path) -> None:
    add_text(assistant, LEASE, name="lease.txt")
    files = [tmp_path / "first.json", tmp_path / "second.json"]
    for seed, path in enumerate(files):
        subprocess.run(
            [sys.executable, "-c", RUN, str(assistant.settings.data_dir), DEPOSIT, REPLY, str(path)],
            check=True, cwd=ROOT, env={"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": str(seed)},
        )  # fmt: skip
    assert files[0].read_bytes() == files[1].read_bytes()
    assert load_receipt(files[0]).answer["answer"] == REPLY


def test_the_scope_is_kept_as_it_was_given(assistant: Assistant) -> None:
    document = add_text(assistant, LEASE, collection="leases", date="2020-05-01")
    scope = Scope("leases", (document,), "2020-01-01", None, ("text/plain",))
    _, receipt = ask_with_receipt(assistant, DEPOSIT, scope, model=QUOTES_ONLY)
    assert receipt.scope.scope() == scope
    assert receipt.conditions.index.scope.documents == 1
