"""The library and the document page, run without a browser and with fake models."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ragnano.errors import StoreError
from ragnano.types import Chunk, Document, Hidden, Page, ParsedDocument, Span
from tests.conftest import FakeEmbedder
from tests.ui.fakes import AGREEMENT, ParserInProcess, write_pdf
from tests.ui.pages import SECONDS, button, html, settle, shared_assistant, take_in

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.ui.fixtures"]


def library(app: AppTest) -> AppTest:
    return app.run().switch_page("library_page.py").run()


def add_folder(app: AppTest, path: Path) -> AppTest:
    next(box for box in app.text_input if box.label == "Folder or file").set_value(str(path))
    return button(app, "Add this folder").click().run()


def settled(app: AppTest) -> AppTest:
    settle()
    return app.run()


def until(app: AppTest, true: Callable[[], bool]) -> None:
    """Checks repeatedly until it holds: a run's thread has its own pace."""
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end
        app.run()


def document_page(app: AppTest, identifier: str) -> AppTest:
    app.run()
    app.query_params["document"] = identifier
    return app.switch_page("document_page.py").run()


def the(name: str) -> Any:
    return next(found for found in shared_assistant().documents() if found.path.endswith(name))


def test_files_are_added_by_upload_with_a_report(app: AppTest, tmp_path: Path) -> None:
    good = write_pdf(tmp_path / "services.pdf", AGREEMENT).read_bytes()
    library(app).file_uploader[0].set_value(
        [("../services.pdf", good, "application/pdf"), ("broken.pdf", b"%PDF-1.7 broken", "application/pdf")]
    )
    settled(button(app, "Add these files").click().run())
    assert not app.exception
    home = shared_assistant().settings.data_dir
    kept = sorted(path.name for path in (home / "uploads").rglob("*.pdf"))
    stored = [Path(found.path).name for found in shared_assistant().documents()]
    assert kept == stored == ["services.pdf"]
    assert "1 document added" in app.warning[0].value
    assert any("broken" in found.value for found in app.markdown)
    button(app, "Dismiss").click().run()
    assert not app.warning


def test_a_folder_is_added_and_a_wrong_one_is_told(app: AppTest, tmp_path: Path) -> None:
    write_pdf(tmp_path / "folder.pdf", AGREEMENT)
    add_folder(library(app), tmp_path / "nowhere")
    assert "no such file or folder" in app.error[0].value
    settled(add_folder(app, tmp_path / "folder.pdf"))
    assert not app.error
    assert "1 document added" in app.success[0].value
    assert the("folder.pdf").title == "Services Agreement"
    app.run()
    assert not app.success  # shown once


def test_a_wrong_folder_hides_nothing_of_the_list(app: AppTest, contracts: Path, tmp_path: Path) -> None:
    add_folder(library(app), tmp_path / "nowhere")
    assert "no such file or folder" in app.error[0].value
    assert "2 documents" in app.subheader[0].value


def test_a_new_collection_begins_empty_and_is_there_once_it_has_documents(app: AppTest, contracts: Path) -> None:
    app.run().session_state["ragnano"].library = "Mill matter"
    app.switch_page("library_page.py").run()
    assert "Nothing in this collection yet" in app.info[0].value
    settled(add_folder(app, contracts))
    assert dict(shared_assistant().catalogue.collections()) == {"Mill matter": 2, "default": 2}


class SlowParser(ParserInProcess):
    """Parses a file only when released."""

    go = threading.Event()

    def submit(self, job: Any) -> Future[Any]:
        future: Future[Any] = Future()

        def read() -> None:
            self.go.wait(120)
            done = super(SlowParser, self).submit(job)
            if error := done.exception():
                future.set_exception(error)
            else:
                future.set_result(done.result())

        threading.Thread(target=read, daemon=True).start()
        return future


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    from ingest import pipeline

    SlowParser.go = threading.Event()
    monkeypatch.setattr(pipeline, "ParserPool", SlowParser)
    yield SlowParser.go
    SlowParser.go.set()


def test_progress_is_live_and_pages_go_on_meanwhile(app: AppTest, contracts: Path, slow: threading.Event) -> None:
    fresh = contracts / "more"
    fresh.mkdir()
    write_pdf(fresh / "new.pdf", [*AGREEMENT[:-1], "The fee is $9."])
    add_folder(library(app), fresh)
    assert [found.label for found in app.button if found.key == "stop run"] == ["Stop"]
    until(app, lambda: any("new\\.pdf" in found.value for found in app.markdown))
    app.switch_page("ask_page.py").run()
    app.chat_input[0].set_value("How many days written notice to terminate this Agreement?").run()
    assert any("Answered" in found.value for found in app.markdown)
    slow.set()
    settled(app.switch_page("library_page.py").run())
    assert "1 document added" in app.success[0].value


def test_a_stopped_run_keeps_what_it_took_in_and_goes_on(app: AppTest, tmp_path: Path, slow: threading.Event) -> None:
    folder = tmp_path / "three"
    folder.mkdir()
    for number in range(3):
        write_pdf(folder / f"{number}.pdf", [*AGREEMENT[:-1], f"The fee is ${number}."])
    add_folder(library(app), folder)
    app.button(key="stop run").click().run()
    assert app.button(key="stop run").label.startswith("Stopping")
    slow.set()
    settled(app)
    assert "Stopped" in app.warning[0].value
    before = len(shared_assistant().documents())
    assert before < 3
    settled(button(app, "Go on").click().run())
    assert len(shared_assistant().documents()) == 3
    assert f"{before} there already" in app.success[0].value


def test_a_full_disk_is_one_message_and_can_be_gone_on_from(
    app: AppTest, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full: make room")

    write_pdf(contracts / "new.pdf", [*AGREEMENT[:-1], "The fee is $9."])
    with monkeypatch.context() as broken:
        broken.setattr(shared_assistant().catalogue, "add", full)
        settled(add_folder(library(app), contracts))
        assert "the disk is full" in app.error[0].value
    settled(button(app, "Go on").click().run())
    assert "1 document added" in app.success[0].value


def test_a_wrong_password_is_told_with_the_file(app: AppTest, tmp_path: Path) -> None:
    write_pdf(tmp_path / "locked.pdf", AGREEMENT, password="right")
    library(app)
    next(box for box in app.text_input if box.key == "folder password").set_value("wrong")
    settled(add_folder(app, tmp_path))
    assert any("locked" in found.value and "password" in found.value for found in app.markdown)
    next(box for box in app.text_input if box.key == "folder password").set_value("right")
    settled(add_folder(app, tmp_path))
    assert the("locked.pdf").pages == 1


def test_uploads_whose_run_was_cut_off_are_taken_in_or_deleted(app: AppTest, tmp_path: Path) -> None:
    from uploads import keep

    home = shared_assistant().settings.data_dir
    data = write_pdf(tmp_path / "services.pdf", AGREEMENT).read_bytes()
    keep(home, "services.pdf", data, 1)
    library(app)
    assert any("1 uploaded file not taken in" in found.value for found in app.markdown)
    settled(app.button(key="take left over").click().run())
    assert the("services.pdf").pages == 1
    keep(home, "again.txt", b"Lease", 1)
    app.run().button(key="delete left over").click().run()
    assert not list((home / "uploads").rglob("*.txt"))
    assert Path(the("services.pdf").path).exists()


def test_picked_documents_are_removed_and_brought_back(app: AppTest, contracts: Path) -> None:
    document = the("services.pdf")
    library(app).checkbox(key=f"pick 0 {document.id}").check().run()
    app.button(key="remove picked").click().run()
    assert not app.exception
    assert [found.media_type for found in shared_assistant().documents()] == ["text/plain"]
    assert (contracts / "services.pdf").exists()
    button(app, "Undo").click().run()
    assert the("services.pdf") == document
    assert not [found for found in app.button if found.label == "Undo"]
    assert not [box for box in app.checkbox if box.value]


def test_an_uploaded_file_goes_with_its_document_and_comes_back_with_it(app: AppTest, tmp_path: Path) -> None:
    data = write_pdf(tmp_path / "services.pdf", AGREEMENT).read_bytes()
    library(app).file_uploader[0].set_value([("services.pdf", data, "application/pdf")])
    settled(button(app, "Add these files").click().run())
    document = the("services.pdf")
    app.checkbox(key=f"pick 0 {document.id}").check().run()
    app.button(key="remove picked").click().run()
    assert not Path(document.path).exists()
    button(app, "Undo").click().run()
    assert Path(document.path).read_bytes() == data


def test_picked_documents_move_to_another_collection(app: AppTest, contracts: Path) -> None:
    take_in(contracts / "notice.txt", collection="Mill matter")
    document = the("services.pdf")
    library(app).checkbox(key=f"pick 0 {document.id}").check().run()
    app.selectbox(key="move to").set_value("Mill matter").run()
    button(app, "Move").click().run()
    assert the("services.pdf").collections == ("Mill matter",)


def test_a_collection_is_renamed_and_deleted_with_a_way_back(app: AppTest, contracts: Path) -> None:
    library(app)
    next(box for box in app.text_input if box.label.startswith("New name")).set_value("Mill matter")
    button(app, "Rename").click().run()
    assert shared_assistant().catalogue.collections() == [("Mill matter", 2)]
    assert app.selectbox(key="library collection").value == "Mill matter"
    button(app, "Delete this collection").click().run()
    assert shared_assistant().documents() == []
    button(app, "Undo").click().run()
    assert shared_assistant().catalogue.collections() == [("Mill matter", 2)]


def test_many_documents_are_found_and_ordered(app: AppTest, tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"deed-{number}.txt").write_text(f"Deed {number}\n\nDated March {number + 1}, 2020.\n")
    take_in(tmp_path)
    library(app)
    next(box for box in app.text_input if box.label == "Find").set_value("deed-3").run()
    assert [box.key for box in app.checkbox] == [f"pick 0 {the('deed-3.txt').id}"]
    app.switch_page("machine_page.py").run()
    app.switch_page("library_page.py").run()
    assert app.text_input(key="library find").value == "deed-3"
    next(box for box in app.text_input if box.label == "Find").set_value("nothing of the kind").run()
    assert any("No document goes by that" in found.value for found in app.caption)


def test_a_document_has_its_page(app: AppTest, contracts: Path) -> None:
    document_page(app, the("services.pdf").id)
    assert not app.exception
    assert app.title[0].value == "Services Agreement"
    assert "Alderbrook Systems Inc" in html(app)
    assert the("services.pdf").id in html(app)
    button(app, "Ask about it").click().run()
    assert app.title[0].value == "Ask"
    assert app.session_state["ragnano"].document == the("services.pdf").id


def test_hidden_text_and_unreadable_pages_are_warned_of_and_literal(app: AppTest, contracts: Path) -> None:
    pages = (
        Page(1, 595, 842, "What is seen.", hidden=(Hidden("colour", "<b>unseen</b> **words** $x$"),)),
        Page(2, 595, 842, "", unreadable="no text: a picture, needs OCR"),
        Page(3, 0, 0, "", read_by="no-reader", unreadable="Attachment a.xml: no parser for .xml files"),
    )
    document = Document("b" * 64, "<i>Deed</i>", "application/pdf", 3, 9, status="partial")
    chunk = Chunk(document.id, 0, "What is seen.", (Span(1, 0, 13),))
    vectors = FakeEmbedder().embed_passages([chunk.text])
    shared_assistant().catalogue.add(
        ParsedDocument(document, pages, (chunk,)), vectors, collection="default", path="/deed.pdf", size=9, mtime_ns=1
    )
    document_page(app, document.id)
    assert not app.exception
    warnings = [found.value for found in app.warning]
    assert warnings[0].startswith("1 page not read in full")
    assert warnings[1].startswith("1 passage of hidden text")
    assert any(".xml files" in found.value for found in app.caption)
    assert "&lt;b&gt;unseen&lt;/b&gt; **words** $x$" in html(app)
    assert "<b>" not in html(app)
    assert app.title[0].value == r"\<i\>Deed\<\/i\>"


def test_a_document_that_is_not_there_is_told(app: AppTest, contracts: Path) -> None:
    document_page(app, "0" * 64)
    assert any("no document" in found.value for found in app.error)
    app.switch_page("document_page.py").run()
    assert not app.exception
