"""`ragnano eval asked`: questions asked of documents whole and erased; resumed, plotted, printed."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ragnano.assistant import QUOTES_ONLY, Assistant
from ragnano.cli import app
from ragnano.errors import ConfigError
from ragnano.evaluation.asked_answers import AskedReport, measure_asked
from ragnano.evaluation.asked_labels import Label
from ragnano.evaluation.asked_scores import score_asked
from ragnano.evaluation.baseline import PlainPipeline
from ragnano.evaluation.erasure import with_erased
from ragnano.evaluation.plots import plot_asked
from ragnano.evaluation.saved_answers import Replies
from tests.conftest import FakeChatModel, FakeEmbedder, FakeReader, add_text
from tests.evaluation.test_asked_labels import ABSENT_LINE, line
from tests.test_assistant import DEPOSIT, LEASE

pytestmark = pytest.mark.slow

CLAUSE = "The Tenant shall pay a security deposit of $12,000 to the Landlord before the lease begins."
DEPOSITED = Label(
    "1", "contracts", "dev", "lease.txt", DEPOSIT, "amount", (CLAUSE,), (), "$12,000", "$12,000, before the lease."
)
FOOTBALL = Label("2", "contracts", "dev", "lease.txt", "Who won the football championship of 1954?", "person", ())
SAID = "The security deposit is $12,000."


def measured(
    helper: Assistant, *, model: str = QUOTES_ONLY, replies: Replies | None = None, plain: bool = False
) -> AskedReport:
    labels, texts = with_erased((DEPOSITED, FOOTBALL), {"lease.txt": LEASE}, (DEPOSITED, FOOTBALL))
    for name, text in texts.items():
        add_text(helper, text, name=name)
    pipeline = PlainPipeline(helper, FakeEmbedder()) if plain else None  # type: ignore[arg-type]
    return measure_asked(helper, labels, model, replies or Replies(), plain=pipeline)


def test_questions_are_asked_of_the_document_whole_and_erased(assistant: Assistant) -> None:
    (scores,) = measured(assistant).scores
    shares = scores.scores.shares
    assert scores.scores.questions == 3 and scores.scores.missing == 0
    assert shares["first citation right"].share == shares["hit@1"].share == 1
    assert shares["absent refused"].of == shares["erased refused"].of == 1
    assert shares["wrongly refused"].right == 0 and shares["answer right"].right == 0  # a mere quote states no answer


def test_the_plain_pipeline_is_measured_beside_it(assistant: Assistant, chat_model: FakeChatModel) -> None:
    chat_model.reply = SAID
    report = measured(assistant, model=assistant.settings.chat_model, plain=True)
    ours, plain = report.scores
    assert (ours.system, plain.system) == ("ragnano", "plain") and report.times
    assert ours.scores.shares["answer right"].right == plain.scores.shares["answer right"].right == 1
    assert plain.scores.shares["erased refused"].right == 0 and "hit@1" not in plain.scores.shares


def test_a_stopped_run_goes_on_where_it_was(assistant: Assistant, chat_model: FakeChatModel, tmp_path: Path) -> None:
    chat_model.reply = SAID
    path, name = tmp_path / "answers.jsonl", assistant.settings.chat_model
    with Replies(path) as replies:
        whole = measured(assistant, model=name, replies=replies)
    lines, asked = path.read_text().splitlines(), len(chat_model.prompts)
    assert [json.loads(one)["id"] for one in lines] == ["1", "1-x", "2"]
    with Replies(path) as replies:
        assert measured(assistant, model=name, replies=replies) == whole
    assert len(chat_model.prompts) == asked


def test_documents_that_could_not_be_taken_in_are_missing(assistant: Assistant) -> None:
    add_text(assistant, LEASE, name="lease.txt")
    elsewhere = Label("3", "office", "dev", "other.txt", "Who?", "person", ("It is Mr Ames who signs.",))
    (scores,) = measure_asked(assistant, [DEPOSITED, elsewhere], QUOTES_ONLY, Replies()).scores
    assert (scores.scores.questions, scores.scores.missing) == (2, 1) and scores.by_kind["office"].missing == 1


@pytest.mark.parametrize("name", ["asked.svg", "asked.png"])
def test_risk_and_calibration_are_drawn_alike_each_time(assistant: Assistant, tmp_path: Path, name: str) -> None:
    scores = measured(assistant).scores
    nothing = score_asked("plain", "none", [DEPOSITED], [None], {})
    drawn = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        plot_asked([*scores, nothing], tmp_path / folder / name)
        drawn.append((tmp_path / folder / name).read_bytes())
    assert drawn[0] == drawn[1] and len(drawn[0]) > 1000
    if name.endswith("svg"):
        assert b"calibration" in drawn[0] and b"contracts: " in drawn[0] and b"ragnano, none" in drawn[0]


def test_a_plot_of_no_known_form_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="plot"):
        plot_asked([score_asked("plain", "none", [DEPOSITED], [None], {})], tmp_path / "asked.gif")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("ragnano.assistant.open_embedder", lambda settings: FakeEmbedder())
    monkeypatch.setattr("ragnano.models.open_embedder", lambda settings: FakeEmbedder())
    monkeypatch.setattr("ragnano.assistant.open_reader", lambda settings: FakeReader())
    monkeypatch.setattr("ragnano.assistant.open_chat_model", lambda settings, name: FakeChatModel(SAID))
    monkeypatch.setenv("RAGNANO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    folder = tmp_path / "asked"
    (folder / "txt").mkdir(parents=True)
    (folder / "txt" / "lease.txt").write_text(LEASE)
    known = {"txt": "lease.txt", "question": DEPOSIT, "type": "amount", "gold": [CLAUSE], "short": "$12,000"}
    (folder / "dev.jsonl").write_text(
        line(**known)
        + line(**known | {"id": "q-2", "split": "tune", "kind": "office"})
        + line(id="q-3", txt="lease.txt", question=FOOTBALL.question, type="person", **ABSENT_LINE)
    )
    return folder


def run(data: Path, *more: str) -> Any:
    return CliRunner().invoke(app, ["eval", "asked", "--data", str(data), *more])


def test_the_command_measures_both_prints_tables_and_draws(data: Path, tmp_path: Path) -> None:
    plot, keep, index = tmp_path / "asked.svg", tmp_path / "answers.jsonl", tmp_path / "index"
    files = ["--plot", str(plot), "--keep", str(keep), "--index", str(index)]
    result = run(data, "--plain", *files)
    assert result.exit_code == 0, result.output
    for words in ("5 questions", "first citation right", "erased refused", "AURC", "calibration", "plain, ", "hit@8"):
        assert words in result.output, words
    assert "person" in result.output and "office" in result.output and "times as long" in result.output
    assert b"<svg" in plot.read_bytes() and len(keep.read_text().splitlines()) == 10
    assert {path.name for path in (index / "documents").iterdir()} == {"lease.txt", "lease.erased.txt"}
    again = json.loads(run(data, "--plain", "--json", *files).stdout)
    assert len(keep.read_text().splitlines()) == 10
    assert again["system"] == "ragnano" and again["plain"]["system"] == "plain"
    assert (
        again["scores"]["shares"]["first citation right"]
        == again["by_type"]["amount"]["shares"]["first citation right"]
    )
    assert again["by_kind"]["office"]["questions"] == 2 and again["calibration"]["all"]["bins"]
    assert again["curve"]["aurc"] is not None and again["failed"] == []


def test_the_command_measures_a_part_without_a_model(data: Path) -> None:
    found = json.loads(run(data, "-m", "none", "--split", "dev", "--limit", "1", "--no-erased", "--json").stdout)
    assert found["model"] == "none" and found["scores"]["questions"] == 1
    assert "erased refused" not in found["scores"]["shares"] and "plain" not in found
    found = json.loads(run(data / "dev.jsonl", "-m", "none", "--kind", "office", "--json").stdout)
    assert set(found["by_kind"]) == {"office"} and found["scores"]["questions"] == 2


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--plain", "--model", "none"), "--plain needs a chat model"),
        (("--limit", "0"), "--limit"),
        (("--plot", "asked.gif"), "asked.gif"),
        (("--kind", "poems"), "--kind"),
        (("--split", "train"), "there are dev, tune"),
        (("--split", "tune", "--kind", "contracts"), "no labelled question is of split tune and kind contracts"),
    ],
)
def test_what_cannot_be_measured_is_said(data: Path, more: tuple[str, ...], said: str) -> None:
    result = run(data, *more)
    assert result.exit_code != 0
    assert said in result.output + str(result.exception)
