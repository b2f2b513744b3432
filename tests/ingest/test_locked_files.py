"""Encrypted files wait until all others are in; then passwords are asked for, no more often than needed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.cli import read_passwords
from ingest.options import IngestOptions
from ingest.pipeline import Progress, ingest
from ingest.workers.pool import ParserPool
from ragnano.settings import Settings
from ragnano.store import Catalogue, Vectors
from ragnano.types import IngestReport
from tests.ingest.fakes import LetterEmbedder, word_parser
from tests.ingest.parsers.test_archive import encrypted

pytestmark = pytest.mark.slow

TEXT = "Either party may end this Agreement on ninety days' notice."


class Person:
    """Types the given passwords for each file, in order, and records the prompts."""

    def __init__(self, **answers: list[str]) -> None:
        self._answers = {name: iter(words) for name, words in answers.items()}
        self.asked: list[tuple[str, bool]] = []

    def __call__(self, path: str, again: bool) -> str:
        name = Path(path).stem
        self.asked.append((name, again))
        return next(self._answers[name])


@pytest.fixture
def take(tmp_path: Path) -> Iterator[Callable[..., IngestReport]]:
    settings = Settings.load(data_dir=tmp_path / "home")
    with Catalogue(settings.data_dir) as catalogue:
        vectors = Vectors(settings.data_dir, catalogue)

        def run(*paths: Path, **options: object) -> IngestReport:
            return ingest(
                paths,
                settings=settings,
                catalogue=catalogue,
                vectors=vectors,
                embedder=LetterEmbedder(),  # type: ignore[arg-type]
                parser_pool=lambda: ParserPool(settings, make=word_parser),
                **options,  # type: ignore[arg-type]
            )

        yield run
        vectors.close()


def locked_pdf(path: Path, password: str) -> None:
    canvas = Canvas(str(path), encrypt=password)
    canvas.drawString(72, 700, f"{TEXT} {path.stem}")
    canvas.save()


def names(report: IngestReport) -> list[str]:
    return [Path(item.path).name for item in report.failed]


def test_a_locked_file_is_asked_for_when_all_others_are_in(take: Callable[..., IngestReport], files: Path) -> None:
    locked_pdf(files / "a.pdf", "heron")
    (files / "b.txt").write_text(TEXT)
    events: list[str] = []
    person = Person(a=["heron"])

    def ask(path: str, again: bool) -> str:
        events.append("asked")
        return person(path, again)

    def progress(state: Progress) -> None:
        events.append(Path(state.path).name)

    assert take(files, ask=ask, progress=progress).files == 2
    assert events == ["b.txt", "asked", "a.pdf"]


def test_a_password_is_tried_on_the_other_files_before_anybody_is_asked_again(
    take: Callable[..., IngestReport], files: Path
) -> None:
    for name, password in (("a", "heron"), ("b", "heron"), ("c", "egret"), ("d", "heron")):
        locked_pdf(files / f"{name}.pdf", password)
    person = Person(a=["heron"], c=["egret"])
    assert take(files, ask=person).files == 4
    assert person.asked == [("a", False), ("c", False)]


def test_a_wrong_password_is_asked_for_again_and_none_leaves_the_file_out(
    take: Callable[..., IngestReport], files: Path
) -> None:
    locked_pdf(files / "a.pdf", "heron")
    (files / "twin.pdf").write_bytes((files / "a.pdf").read_bytes())
    locked_pdf(files / "b.pdf", "egret")
    person = Person(a=["hero", "heron"], b=[""])
    report = take(files, ask=person)
    assert person.asked == [("a", False), ("a", True), ("b", False)]
    assert (report.files, names(report)) == (2, ["b.pdf"])
    assert "no given password opens it" in report.failed[0].reason


def test_a_given_password_is_not_asked_for_and_without_anybody_to_ask_the_file_fails(
    take: Callable[..., IngestReport], files: Path
) -> None:
    locked_pdf(files / "a.pdf", "heron")
    assert names(take(files)) == ["a.pdf"]
    assert take(files, options=IngestOptions(passwords=["heron"]), ask=Person()).files == 1


def test_a_locked_member_of_an_archive_is_asked_for(take: Callable[..., IngestReport], files: Path) -> None:
    (files / "papers.zip").write_bytes(encrypted("offer.txt", TEXT.encode(), b"heron"))
    person = Person(papers=["heron"])
    report = take(files, ask=person)
    assert (report.files, report.failed, report.unreadable_pages) == (1, (), ())


def test_nobody_is_asked_for_what_no_password_can_open_here(take: Callable[..., IngestReport], files: Path) -> None:
    # The first bytes of an encrypted Office document: a compound file.
    (files / "plan.docx").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000))
    person = Person()
    assert names(take(files, ask=person)) == ["plan.docx"]
    assert person.asked == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_password_file_may_be_written_by_any_editor(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "passwords.txt").write_text("sesame\n\nSchlüssel\n", encoding=encoding)
    assert read_passwords(tmp_path / "passwords.txt") == ("sesame", "Schlüssel")
