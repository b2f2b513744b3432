"""Replaying a receipt gives the same bytes, or reports what changed, earliest cause first."""

import dataclasses
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ragnano.assistant import QUOTES_ONLY, Assistant
from ragnano.cli import answers, app
from ragnano.cli import replay as replaying
from ragnano.errors import ModelMissing, ReceiptError
from ragnano.models import find, installed
from ragnano.receipts import Receipt, load_receipt
from ragnano.replay import Replay, ask_with_receipt, replay, settings_of
from ragnano.settings import Settings, default_models_dir
from ragnano.types import Direct, Scope
from tests.cli.test_cli import OpenAssistant
from tests.conftest import FakeChatModel, add_text
from tests.receipts.test_receipts import sealed
from tests.test_assistant import DEPOSIT, LEASE

ROOT = Path(__file__).parents[1]
REPLY = "The security deposit is $12,000 [1]."


@pytest.fixture
def receipt(assistant: Assistant, chat_model: FakeChatModel) -> Receipt:
    chat_model.reply = REPLY
    add_text(assistant, LEASE, name="lease.txt")
    return ask_with_receipt(assistant, DEPOSIT)[1]


def changed(receipt: Receipt, **parts: Any) -> Receipt:
    """Returns the receipt as if it had been made under other conditions."""
    conditions = receipt.conditions
    for name, values in parts.items():
        conditions = conditions.model_copy(update={name: getattr(conditions, name).model_copy(update=values)})
    return receipt.model_copy(update={"conditions": conditions})


def steps(outcome: Replay) -> list[str]:
    return [change.step for change in outcome.changes]


def test_nothing_changed_gives_the_same_bytes(assistant: Assistant, receipt: Receipt) -> None:
    outcome = replay(assistant, receipt)
    assert outcome.same and outcome.changes == ()
    assert outcome.answer is not None and outcome.answer.answer == REPLY


def test_a_removed_document_is_the_first_cause(assistant: Assistant, receipt: Receipt) -> None:
    assistant.remove(receipt.documents[0].id)
    outcome = replay(assistant, receipt)
    assert not outcome.same
    assert steps(outcome)[:2] == ["document", "scope"] and steps(outcome)[-1] == "answer"
    assert "lease.txt" in outcome.changes[0].detail and "no longer in the index" in outcome.changes[0].detail


def test_other_bytes_at_the_same_path_are_told_from_a_document_that_is_gone(
    assistant: Assistant, receipt: Receipt
) -> None:
    add_text(assistant, LEASE.replace("$12,000", "$13,000"), name="lease.txt")
    outcome = replay(assistant, receipt)
    assert not outcome.same
    assert "other bytes now" in outcome.changes[0].detail


def test_a_document_that_moved_is_named(assistant: Assistant, receipt: Receipt) -> None:
    document = receipt.documents[0]
    assistant.catalogue.place(document.id, collection="default", path="/new/lease.txt", size=1, mtime_ns=1)
    assistant.catalogue.unplace("default", document.path)
    outcome = replay(assistant, receipt)
    assert "stands at /new/lease.txt now" in outcome.changes[0].detail
    assert not outcome.same  # its citations name another path


def test_documents_outside_the_scope_that_change_nothing_are_told_beside_the_same_answer(
    assistant: Assistant, receipt: Receipt
) -> None:
    _, receipt = ask_with_receipt(assistant, DEPOSIT, Scope("default"))
    add_text(assistant, "# Menu\n\nSoup of the day.", name="menu.txt", collection="other")
    outcome = replay(assistant, receipt)
    assert outcome.same
    (change,) = outcome.changes
    assert change.step == "scope" and "outside the scope: 1 then, 2 now" in change.detail


def test_another_document_in_the_scope_is_named_as_the_cause(assistant: Assistant, receipt: Receipt) -> None:
    add_text(assistant, "The security deposit that the tenant shall pay is $900.", name="other.txt")
    outcome = replay(assistant, receipt)
    assert not outcome.same
    assert outcome.changes[0].detail == "other documents in the scope: 1 then, 2 now"
    assert steps(outcome)[1:] == sorted(steps(outcome)[1:], key=["evidence", "prompt", "reply", "answer"].index)


def test_a_model_that_replies_otherwise_is_found_out(
    assistant: Assistant, receipt: Receipt, chat_model: FakeChatModel
) -> None:
    chat_model.reply = "The tenant shall pay a security deposit of $12,000 [1]."
    outcome = replay(assistant, receipt)
    assert not outcome.same
    assert steps(outcome) == ["reply", "answer"]
    assert REPLY in outcome.changes[-1].detail


@pytest.mark.parametrize(
    ("parts", "step", "expected"),
    [
        ({"maker": {"ragnano": "0.0.1"}}, "version", "made by ragnano 0.0.1"),
        ({"maker": {"code": "1" * 64}}, "version", "other code"),
        ({"maker": {"libraries": {"numpy": "1.0"}}}, "version", "numpy was 1.0"),
        ({"model": {"sha256": "1" * 64}}, "model", "were 111111111111"),
        ({"machine": {"processor": "Abacus"}}, "engine", "processor was Abacus"),
    ],
)
def test_conditions_that_changed_without_changing_the_answer_are_told(
    assistant: Assistant, receipt: Receipt, parts: dict[str, Any], step: str, expected: str
) -> None:
    outcome = replay(assistant, changed(receipt, **parts))
    assert outcome.same
    assert step in steps(outcome) and any(expected in change.detail for change in outcome.changes)


def test_an_empty_part_that_an_older_version_did_not_have_is_no_difference(
    assistant: Assistant, receipt: Receipt
) -> None:
    def without(name: str) -> Receipt:
        kept = {part: value for part, value in receipt.answer.items() if part != name}
        return receipt.model_copy(update={"answer": kept})

    assert receipt.answer["conflicts"] == [] and replay(assistant, without("conflicts")).same
    assert [change.detail for change in replay(assistant, without("citations")).changes] == ["citations: not the same"]


def test_a_direct_answer_that_changed_is_told(
    assistant: Assistant, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_direct(direct: Any) -> Receipt:
        return receipt.model_copy(update={"answer": {**receipt.answer, "direct": direct}})

    ask = assistant.ask
    now = Direct("$12,000", 1, "span", 3, 10)
    monkeypatch.setattr(assistant, "ask", lambda *a, **b: dataclasses.replace(ask(*a, **b), direct=now))
    assert replay(assistant, with_direct(dataclasses.asdict(now))).same
    for was, expected in (
        (dataclasses.asdict(Direct("$13,000", 1, "span", 3, 10)), "was '$13,000', is '$12,000'"),
        (dataclasses.asdict(Direct("$12,000", 1, "span", 4, 11)), "the same words, presented differently"),
        (None, "was none, is '$12,000'"),
        ({"text": 7}, "was none, is '$12,000'"),
    ):
        outcome = replay(assistant, with_direct(was))
        assert not outcome.same
        assert [change.detail for change in outcome.changes] == [f"the direct answer: {expected}"]


def test_a_receipt_from_before_there_were_direct_answers_still_gives_the_same(
    assistant: Assistant, receipt: Receipt, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    value = receipt.model_dump(mode="json")
    value["answer"].pop("direct")
    older = load_receipt(sealed(value, tmp_path / "older.json"))
    assert replay(assistant, older).same
    ask = assistant.ask
    now = Direct("$12,000", 1, "span", 3, 10)
    monkeypatch.setattr(assistant, "ask", lambda *a, **b: dataclasses.replace(ask(*a, **b), direct=now))
    assert replay(assistant, older).same


def test_an_index_made_by_another_embedder_is_the_cause_that_is_named(assistant: Assistant, receipt: Receipt) -> None:
    assistant.catalogue.adopt_fingerprint({"embedder": "other 1"})
    outcome = replay(assistant, receipt)
    assert (outcome.same, outcome.answer) == (False, None)
    assert steps(outcome) == ["index", "answer"] and "is other 1" in outcome.changes[0].detail


def test_another_risk_makes_another_receipt_and_is_named_when_it_is_replayed(
    assistant: Assistant, receipt: Receipt
) -> None:
    settings = assistant.settings.model_copy(update={"risk": 0.4})
    again = Assistant(settings, embedder=assistant.embedder, reader=assistant.reader)
    try:
        answer, _ = ask_with_receipt(again, receipt.question, model="none")
        same, _ = ask_with_receipt(assistant, receipt.question, model="none")
        assert answer.receipt != same.receipt
        assert "risk was 0.28, is 0.4" in [change.detail for change in replay(again, receipt, model="none").changes]
    finally:
        again.close()


def test_a_setting_that_this_version_does_not_know_is_told(assistant: Assistant, receipt: Receipt) -> None:
    settings = {**receipt.conditions.settings, "temperature": 7}
    old = receipt.model_copy(update={"conditions": receipt.conditions.model_copy(update={"settings": settings})})
    assert "temperature" not in settings_of(old)
    assert [change.detail for change in replay(assistant, old).changes] == ["temperature was 7, is not known"]


def test_a_missing_model_is_named_with_the_remedy(
    assistant: Assistant, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise ModelMissing("the model x is not installed: run `ragnano models fetch x`")

    monkeypatch.setattr(assistant, "chat_model", missing)
    outcome = replay(assistant, receipt)
    assert outcome.answer is None and "models fetch" in outcome.changes[-1].detail


def test_a_receipt_does_not_choose_which_model_file_is_opened(
    assistant: Assistant, receipt: Receipt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(assistant, "chat_model", opened.append)
    theirs = changed(receipt, model={"name": str(tmp_path / "theirs.gguf")})
    outcome = replay(assistant, theirs)
    assert opened == [] and outcome.answer is None
    assert "--model" in outcome.changes[-1].detail
    assert replay(assistant, theirs, model=QUOTES_ONLY).answer is not None


def test_an_embedder_that_is_none_is_refused(receipt: Receipt) -> None:
    settings = {**receipt.conditions.settings, "embedder": "/tmp/\x1b[31mtheirs.gguf"}
    hostile = receipt.model_copy(update={"conditions": receipt.conditions.model_copy(update={"settings": settings})})
    with pytest.raises(ReceiptError, match="embedder") as refused:
        settings_of(hostile)
    assert "\x1b" not in str(refused.value)


@pytest.fixture
def run(assistant: Assistant, chat_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    chat_model.reply = REPLY
    add_text(assistant, LEASE, name="lease.txt")
    # The fake embedder is in no catalogue; the settings come from the receipt in any case.
    monkeypatch.setattr("ragnano.replay.load_catalogue", lambda: (find("legal-minilm"),))
    for module in (answers, replaying):
        monkeypatch.setattr(module, "open_assistant", OpenAssistant(assistant))
    return lambda *words: CliRunner().invoke(app, list(words))


def test_the_command_line_writes_a_receipt_and_replays_it(run: Any, tmp_path: Path, assistant: Assistant) -> None:
    path = str(tmp_path / "answer.json")
    assert REPLY in run("ask", DEPOSIT, "--receipt", path).stdout
    same = run("replay", path)
    assert (same.exit_code, same.stdout.startswith("Same bytes")) == (0, True)
    assistant.remove(load_receipt(Path(path)).documents[0].id)
    other = run("replay", path)
    assert other.exit_code == 1
    assert "earliest cause first:\n  document  lease.txt" in other.stdout
    report = json.loads(run("replay", path, "--json").stdout)
    assert report["same"] is False and report["changes"][0]["step"] == "document"


def test_a_file_that_is_no_receipt_stops_the_command_before_anything_is_asked(
    run: Any, tmp_path: Path, chat_model: FakeChatModel
) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear landlord")
    result = run("ask", DEPOSIT, "--receipt", str(path))
    assert isinstance(result.exception, ReceiptError) and chat_model.prompts == []
    assert path.read_text() == "Dear landlord"


def test_a_batch_leaves_a_receipt_for_each_line(run: Any, tmp_path: Path) -> None:
    batch, folder = tmp_path / "questions.jsonl", tmp_path / "receipts"
    lines = [{"id": identifier, "question": DEPOSIT} for identifier in ("q1", "../q2", "q1")]
    lines.append({"id": "q4", "question": DEPOSIT, "doc": "gone.pdf"})
    batch.write_text("\n".join(map(json.dumps, lines)))
    result = run("ask", "--batch", str(batch), "--receipt", str(folder))
    assert result.exit_code == 3 and len(result.stdout.splitlines()) == 4
    first, second, third = sorted(path.name for path in folder.iterdir())
    assert (first, second) == ("receipt-q1-2.json", "receipt-q1.json") and third.startswith("receipt-q2-")
    assert sorted(tmp_path.glob("*q2*")) == []
    assert run("replay", str(folder / "receipt-q1.json")).exit_code == 0


def test_a_small_real_model_answers_with_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    if installed(find("smollm2-135m"), default_models_dir()) is None:
        pytest.skip("smollm2-135m is not in the cache: ragnano models fetch smollm2-135m")
    (tmp_path / "lease.txt").write_text(LEASE)

    def ragnano(*words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "ragnano", "--data-dir", str(tmp_path / "data"), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert ragnano("ingest", str(tmp_path / "lease.txt")).returncode == 0
    kept = tmp_path / "answer.json"
    asked = ragnano("ask", DEPOSIT, "--model", "smollm2-135m", "--receipt", str(kept))
    assert asked.returncode == 0, asked.stderr
    receipt = load_receipt(kept)
    assert len(receipt.exchanges) == 1 and receipt.conditions.model.engine is not None
    again = ragnano("replay", str(kept))
    assert again.stdout.startswith("Same bytes"), again.stdout + again.stderr
    assert Settings.load(**settings_of(receipt)).embedder == receipt.conditions.settings["embedder"]
