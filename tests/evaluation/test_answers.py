"""Questions asked of an index: judged, compared with a plain pipeline, kept and resumed, plotted, printed."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ragnano.assistant import QUOTES_ONLY, Assistant
from ragnano.cli import app
from ragnano.errors import ConfigError, EngineError
from ragnano.evaluation.answers import ALL, CALLED, AnswerReport, measure_answers
from ragnano.evaluation.baseline import PlainPipeline
from ragnano.evaluation.labelled_questions import LabelledQuestion
from ragnano.evaluation.saved_answers import Replies, Reply
from ragnano.evaluation.scores import judge
from tests.answering.test_presentation import make_answer
from tests.conftest import FakeChatModel, FakeEmbedder, add_text
from tests.evaluation.test_question_sets import rgb_line
from tests.test_assistant import DEPOSIT, LEASE

pytestmark = pytest.mark.slow

CLAUSE = "The Tenant shall pay a security deposit of $12,000 to the Landlord before the lease begins."
DEPOSITED = LabelledQuestion("1", DEPOSIT, "Deposit", "lease.txt", (CLAUSE,), ("lease.txt",), "words", ("$12,000",))
FOOTBALL = LabelledQuestion("2", "Who won the football championship of 1954?", "Sport", "lease.txt", (), ("lease.txt",))


def reply(answer: str = "It is $12,000 [1].", *quotes: str, name: str = "lease.txt", refused: bool = False) -> Reply:
    return Reply(refused, answer, 0.5, tuple((name, quote) for quote in quotes or (CLAUSE,)), 1.0, 0.5, 100)


def yes_no(says: str) -> LabelledQuestion:
    return LabelledQuestion("3", "Does the agreement say that …?", "", "lease.txt", (CLAUSE,), says=says)  # type: ignore[arg-type]


REFUSED = Reply(True, "The documents don't say.", 0.1, (), 1.0, 0.0, 0)


def test_an_answer_with_the_right_words_and_citation_is_right() -> None:
    assert judge(DEPOSITED, reply()).right
    assert not judge(DEPOSITED, reply("It is $21,000.")).right
    assert not judge(DEPOSITED, reply("It is $12,000.", "words of another clause altogether")).right
    assert not judge(DEPOSITED, reply(name="other.txt")).right
    assert not judge(DEPOSITED, REFUSED).right and judge(DEPOSITED, REFUSED).short is False


def test_what_is_absent_is_right_to_refuse() -> None:
    assert judge(FOOTBALL, REFUSED).right
    assert not judge(FOOTBALL, reply()).right and not judge(FOOTBALL, reply()).cited


def test_an_invention_is_named() -> None:
    assert judge(DEPOSITED, reply("Acme Holdings pays $12,000.")).unsupported == ("Acme Holdings",)
    assert judge(DEPOSITED, REFUSED).unsupported == ()


def test_what_is_entailed_is_to_be_cited_and_not_denied() -> None:
    assert judge(yes_no("yes"), reply("Yes.")).right and judge(yes_no("yes"), reply(f"“{CLAUSE}”")).right
    assert not judge(yes_no("yes"), reply("No, it is not.")).right
    assert not judge(yes_no("yes"), REFUSED).right
    assert not judge(yes_no("yes"), reply("Yes.", "words of another clause altogether")).right


def test_what_is_contradicted_is_not_to_be_affirmed() -> None:
    assert not judge(yes_no("no"), reply("Yes.")).right
    assert judge(yes_no("no"), reply("No.")).right and judge(yes_no("no"), REFUSED).right


def measured(assistant: Assistant, *models: str, replies: Replies | None = None, plain: bool = False) -> AnswerReport:
    pipeline = PlainPipeline(assistant, FakeEmbedder()) if plain else None  # type: ignore[arg-type]
    chosen = models or (assistant.settings.chat_model,)
    return measure_answers(assistant, (DEPOSITED, FOOTBALL), chosen, replies or Replies(), plain=pipeline)


def test_shares_are_counted_whole_and_by_category(assistant: Assistant, chat_model: FakeChatModel) -> None:
    add_text(assistant, LEASE, name="lease.txt")
    chat_model.reply = "The security deposit is $12,000."
    (scores,) = measured(assistant).scores
    assert (scores.system, scores.questions, scores.missing) == ("ragnano", 2, 0)
    for name in ("right", "citation hit", "short answer right", "refusal recall", "refusal precision"):
        assert scores.shares[name].share == 1, name
    assert scores.shares["wrongly refused"].share == scores.shares["unsupported fact"].share == 0
    assert set(scores.categories) == {"Deposit", "Sport"} and "citation hit" not in scores.categories["Sport"]
    assert scores.most_citations == 1 and scores.medians["quoted characters"].median == len(CLAUSE)
    assert scores.curve.coverage_at["5 %"] == 0.5


def test_each_model_is_measured_and_the_plain_pipeline_beside_it(
    assistant: Assistant, chat_model: FakeChatModel
) -> None:
    add_text(assistant, LEASE, name="lease.txt")
    chat_model.reply = "Acme Holdings won in 1954."
    report = measured(assistant, assistant.settings.chat_model, QUOTES_ONLY, plain=True)
    ways = [(scores.system, scores.model) for scores in report.scores]
    name = assistant.settings.chat_model
    assert ways == [("ragnano", name), ("plain", name), ("ragnano", QUOTES_ONLY)]
    ours, plain, _ = report.scores
    assert plain.shares["refusal recall"].share == 0 and ours.shares["refusal recall"].share == 1
    assert plain.shares["unsupported fact"].share == 1 and ours.shares["unsupported fact"].share == 0
    assert set(report.times) == {name} and set(report.times[name]) == {ALL, CALLED}


def test_both_systems_take_turns_in_going_first(assistant: Assistant, chat_model: FakeChatModel) -> None:
    add_text(assistant, LEASE, name="lease.txt")

    class Order(Replies):
        def add(self, asked: LabelledQuestion, system: str, *more: Any) -> None:
            order.append((asked.id, system))
            super().add(asked, system, *more)

    order: list[tuple[str, str]] = []
    measured(assistant, replies=Order(), plain=True)
    assert order == [("1", "ragnano"), ("1", "plain"), ("2", "plain"), ("2", "ragnano")]


def test_a_stopped_run_goes_on_where_it_was(assistant: Assistant, chat_model: FakeChatModel, tmp_path: Path) -> None:
    add_text(assistant, LEASE, name="lease.txt")
    chat_model.reply = "The security deposit is $12,000."
    path = tmp_path / "answers.jsonl"
    with Replies(path) as replies:
        whole = measured(assistant, replies=replies, plain=True)
    lines = path.read_text().splitlines(keepends=True)
    assert len(lines) == 4 and path.stat().st_mode & 0o077 == 0
    assert {(item["system"], item["model"]) for item in map(json.loads, lines)} == {
        ("ragnano", assistant.settings.chat_model),
        ("plain", assistant.settings.chat_model),
    }
    path.write_text("".join(lines[:3]) + lines[3][:50])  # killed while writing the fourth
    asked = len(chat_model.prompts)
    with Replies(path) as replies:
        again = measured(assistant, replies=replies, plain=True)
    assert len(chat_model.prompts) <= asked + 1
    assert [scores.shares for scores in again.scores] == [scores.shares for scores in whole.scores]
    assert len(path.read_text().splitlines()) == 4
    done = len(chat_model.prompts)
    with Replies(path) as replies:
        assert measured(assistant, replies=replies, plain=True) == again
    assert len(chat_model.prompts) == done


def test_a_kept_answer_has_its_direct_answer_and_an_older_line_none(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    with Replies(path) as replies:
        replies.add(DEPOSITED, "ragnano", "none", make_answer())
    line = json.loads(path.read_text())
    assert line["direct"]["text"] == "sixty (60) days"
    with Replies(path) as replies:
        kept = replies.get(DEPOSITED, "ragnano", "none")
    assert kept is not None and kept.direct == "sixty (60) days"
    path.write_text(json.dumps({name: value for name, value in line.items() if name != "direct"}) + "\n")
    with Replies(path) as replies:
        older = replies.get(DEPOSITED, "ragnano", "none")
    assert older is not None and older.direct == ""


def test_a_kept_answer_to_other_words_is_asked_again(assistant: Assistant, tmp_path: Path) -> None:
    add_text(assistant, LEASE, name="lease.txt")
    with Replies(tmp_path / "answers.jsonl") as replies:
        measured(assistant, QUOTES_ONLY, replies=replies)
        other = LabelledQuestion(DEPOSITED.id, "In the lease: what?", "Deposit", "lease.txt", (CLAUSE,), ("lease.txt",))
        assert replies.get(DEPOSITED, "ragnano", QUOTES_ONLY) is not None
        assert replies.get(other, "ragnano", QUOTES_ONLY) is None


@pytest.mark.parametrize("text", ["notes of mine", "notes of mine\n", '{"id": 1}\n', "[]\n"])
def test_a_file_of_something_else_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "notes"
    path.write_text(text)
    with pytest.raises(ConfigError, match="another --keep"), Replies(path):
        pass
    assert path.read_text() == text


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot save the answers"), Replies(tmp_path / "missing" / "answers.jsonl"):
        pass


def test_an_answer_that_fails_is_missing_and_says_why(assistant: Assistant, chat_model: FakeChatModel) -> None:
    add_text(assistant, LEASE, name="lease.txt")

    def fail(_: object) -> str:
        raise EngineError("the prompt is too long")

    chat_model.reply = fail
    report = measured(assistant)
    assert report.scores[0].missing == 1
    (reason,) = report.failed
    assert "too long" in reason and reason.startswith("1, ragnano")


def test_questions_about_documents_that_are_not_there_are_left_out(assistant: Assistant) -> None:
    add_text(assistant, LEASE, name="another.txt")
    with pytest.raises(ConfigError, match="no question is left"):
        measured(assistant)


@pytest.fixture
def rgb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("ragnano.assistant.open_embedder", lambda settings: FakeEmbedder())
    monkeypatch.setattr("ragnano.models.open_embedder", lambda settings: FakeEmbedder())
    monkeypatch.setattr("ragnano.assistant.open_chat_model", lambda settings, name: FakeChatModel("15 May, 2012"))
    monkeypatch.setenv("RAGNANO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "rgb").mkdir()
    (tmp_path / "rgb" / "en_fact.jsonl").write_text(rgb_line())
    return tmp_path / "rgb"


def test_the_command_measures_both_prints_tables_and_draws(rgb: Path, tmp_path: Path) -> None:
    plot, keep, index = tmp_path / "risk.svg", tmp_path / "answers.jsonl", tmp_path / "index"
    files = ["--plot", str(plot), "--keep", str(keep), "--index", str(index)]
    words = ["eval", "answers", "--data", str(rgb), "--plain", *files]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert "3 questions" in result.output and "right among noise" in result.output and "AURC" in result.output
    assert "plain, qwen2.5-coder-0.5b" in result.output and "times as long" in result.output
    assert b"<svg" in plot.read_bytes() and len(keep.read_text().splitlines()) == 6
    assert len(list((index / "documents").iterdir())) == 3
    again = CliRunner().invoke(app, [*words, "--json"])
    found = json.loads(again.stdout)
    assert found["kind"] == "passages among noise" and len(found["scores"]) == 2
    assert found["scores"][1]["shares"]["refusal recall"]["of"] == 1


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--plain", "--model", "none"), "--plain needs a chat model"),
        (("--limit", "0"), "--limit"),
        (("--plot", "risk.gif"), "risk.gif"),
        (("--mode", "all"), "--mode one"),
    ],
)
def test_what_cannot_be_measured_is_said(rgb: Path, more: tuple[str, ...], message: str) -> None:
    result = CliRunner().invoke(app, ["eval", "answers", "--data", str(rgb), *more])
    assert result.exit_code != 0
    assert message in result.output + str(result.exception)
