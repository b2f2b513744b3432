"""`ragnano serve`: the same answers over HTTP for clients with the token, and nothing for others."""

import json
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from ragnano.assistant import Assistant
from ragnano.errors import ConfigError, StoreError
from ragnano.serialization import record
from ragnano.server import application, token_file, token_of
from ragnano.server.middleware import MOST_BYTES
from ragnano.types import Direct
from tests.conftest import FakeChatModel, add_text
from tests.test_assistant import DEPOSIT, LEASE

TOKEN = "a-token-of-more-than-thirty-two-characters"
NAMED = "How much is the security deposit in the Brightwater Properties lease?"
DUE = "When is the security deposit in the Brightwater Properties lease due?"


@pytest.fixture
def lease(assistant: Assistant, chat_model: FakeChatModel) -> str:
    chat_model.reply = "The security deposit is $12,000."
    add_text(assistant, "The loan bears interest.", name="loan.txt", title="Loan", collection="bank")
    return add_text(assistant, LEASE, name="lease.txt", title="Lease", parties=("Brightwater Properties LLC",))


@pytest.fixture
def client(assistant: Assistant, lease: str) -> Iterator[TestClient]:
    with TestClient(application(assistant, TOKEN), headers={"Authorization": f"Bearer {TOKEN}"}) as asking:
        yield asking


def without_times(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "timings"}


def as_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def streamed(reply: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in reply.text.splitlines()]


def test_an_answer_is_the_command_lines_json(client: TestClient, assistant: Assistant) -> None:
    reply = client.post("/v1/ask", json={"question": DEPOSIT, "collection": "default"})
    expected = record(assistant.ask(DEPOSIT, assistant.scope("default")))
    assert reply.status_code == 200
    assert without_times(reply.json()) == without_times(as_json(expected))
    assert reply.json()["verdict"] == "answered"


def test_a_stream_ends_with_the_whole_answer(client: TestClient) -> None:
    first, *pieces, answer = streamed(client.post("/v1/ask", json={"question": DEPOSIT, "stream": True}))
    assert first["citations"] == answer["citations"], "the direct answer and its quotes come before the first word"
    assert "".join(piece["text"] for piece in pieces).strip() == "The security deposit is $12,000."
    assert answer["answer"] == "The security deposit is $12,000 [1]."


def test_a_stream_that_fails_ends_with_the_error(client: TestClient) -> None:
    [error] = streamed(client.post("/v1/ask", json={"question": " ", "stream": True}))
    assert "the question is empty" in error["error"]


def test_an_answer_brings_its_receipt_when_it_is_asked_for(client: TestClient) -> None:
    body = client.post("/v1/ask", json={"question": DEPOSIT, "receipt": True}).json()
    assert body["kept"]["answer"]["answer"] == body["answer"]
    assert body["kept"]["question"] == DEPOSIT


def test_a_search_gives_passages_with_their_places(client: TestClient, lease: str) -> None:
    body = client.post(
        "/v1/search", json={"question": "deposit", "doc": "lease.txt", "k": 1, "references": True}
    ).json()
    [hit] = body["hits"]
    assert (hit["document"], hit["page"], hit["section"], hit["references"]) == (lease, 1, "4 Deposit", [])
    assert LEASE[hit["start"] : hit["end"]] == hit["text"]


def test_documents_are_listed_shown_and_taken_out(client: TestClient, lease: str) -> None:
    assert [one["title"] for one in client.get("/v1/documents").json()] == ["Lease", "Loan"]
    assert [one["title"] for one in client.get("/v1/documents", params={"collection": "bank"}).json()] == ["Loan"]
    assert client.get(f"/v1/documents/{lease[:12]}").json()["unreadable_pages"] == []
    assert client.get(f"/v1/documents/{lease}/pages/1").json()["text"] == LEASE
    assert client.get(f"/v1/documents/{lease}/pages/2").status_code == 404
    assert client.delete(f"/v1/documents/{lease}").json() == {"removed": lease, "path": "/docs/lease.txt"}
    assert client.get(f"/v1/documents/{lease}").status_code == 404


def test_a_conversation_completes_follow_ups_and_keeps_its_topic(client: TestClient, lease: str) -> None:
    first = client.post("/v1/conversations", json={"question": NAMED}).json()
    path = f"/v1/conversations/{first['conversation']}"
    reading, *_, second = streamed(client.post(f"{path}/turns", json={"question": "When is it due?", "stream": True}))
    assert reading == {"read_as": DUE, "scope": second["scope"]}
    assert (second["read_as"], second["scope"]["documents"]) == (DUE, [lease])
    assert (second["number"], second["not_kept"]) == (2, "")
    anew = client.post(f"{path}/turns", json={"question": "When is it due?", "everything": True}).json()
    assert anew["scope"]["documents"] is None
    limited = client.post(
        f"{path}/turns", json={"question": "What interest does it bear?", "collection": "bank"}
    ).json()
    assert limited["scope"]["collection"] == "bank"
    assert [turn["number"] for turn in client.get(path).json()["turns"]] == [1, 2, 3, 4]


def test_conversations_are_listed_searched_renamed_exported_and_deleted(client: TestClient) -> None:
    begun = client.post("/v1/conversations", json={"question": NAMED}).json()
    path = f"/v1/conversations/{begun['conversation']}"
    assert client.patch(path, json={"title": "Deposits"}).json()["title"] == "Deposits"
    [listed] = client.get("/v1/conversations").json()
    assert (listed["id"], listed["title"], listed["turns"]) == (begun["conversation"], "Deposits", 1)
    [found] = client.post("/v1/conversations/search", json={"words": "12,000"}).json()
    assert found["turn"]["asked"] == NAMED
    for form, beginning in (("markdown", b"# Deposits"), ("docx", b"PK"), ("pdf", b"%PDF")):
        exported = client.get(f"{path}/export", params={"format": form})
        assert exported.content.startswith(beginning)
        assert "Deposits" not in exported.headers["content-disposition"]
    assert client.delete(path).json() == {"deleted": 1}
    assert client.get("/v1/conversations").json() == []


def test_questions_of_one_conversation_are_answered_one_after_the_other(client: TestClient) -> None:
    path = f"/v1/conversations/{client.post('/v1/conversations', json={'question': NAMED}).json()['conversation']}"
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(client.post, f"{path}/turns", json={"question": DEPOSIT}) for _ in range(4)]
    assert sorted(one.result().json()["number"] for one in asked) == [2, 3, 4, 5]


@pytest.mark.parametrize("shown", [None, "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer \xe4"])
@pytest.mark.parametrize("path", ["/v1/documents", "/openapi.json", "/nowhere"])
def test_nothing_is_told_without_the_token(assistant: Assistant, shown: str | None, path: str) -> None:
    headers = {} if shown is None else {"Authorization": shown.encode("latin-1")}
    reply = TestClient(application(assistant, TOKEN), headers=headers).get(path)
    assert reply.status_code == 401
    assert "Authorization: Bearer" in reply.json()["error"]


def test_a_request_is_refused_before_it_is_read_when_it_is_too_long(client: TestClient) -> None:
    assert client.post("/v1/ask", content=b" " * (MOST_BYTES + 1)).status_code == 413
    assert client.post("/v1/ask", content=iter([b"{}"])).status_code == 411


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"question": ""}, 422, "the question is empty"),
        ({"question": DEPOSIT, "doc": "nothing.pdf"}, 404, "nothing.pdf"),
        ({"question": DEPOSIT, "collection": "none"}, 404, "none"),
        ({"question": DEPOSIT, "from": "yesterday"}, 422, "yesterday"),
        ({"question": DEPOSIT, "model": "/etc/passwd"}, 404, "there is no model"),
        ({"question": DEPOSIT, "colection": "bank"}, 422, "body.colection"),
        ({"question": 7}, 422, "body.question"),
        ({}, 422, "body.question"),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_line(
    client: TestClient, body: dict[str, Any], status: int, message: str
) -> None:
    reply = client.post("/v1/ask", json=body)
    assert reply.status_code == status
    assert message in reply.json()["error"]
    assert "\n" not in reply.json()["error"]


def test_an_unknown_route_and_a_wrong_form_are_told(client: TestClient) -> None:
    assert "openapi.json" in client.get("/v1/nothing").json()["error"]
    assert client.get("/v1/conversations/last/export", params={"format": "exe"}).status_code == 422


@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_no_body_makes_the_server_stumble(client: TestClient, body: bytes) -> None:
    reply = client.post("/v1/ask", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code in (400, 422)
    assert set(reply.json()) == {"error"}


def test_a_fault_is_told_without_its_words(
    client: TestClient, assistant: Assistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("the landlord's secret")

    monkeypatch.setattr(assistant, "ask", fail)
    whole = client.post("/v1/ask", json={"question": DEPOSIT})
    [line] = streamed(client.post("/v1/ask", json={"question": DEPOSIT, "stream": True}))
    assert whole.status_code == 500
    assert whole.json() == line
    assert "ValueError" in line["error"]
    assert "secret" not in line["error"] + caplog.text


def test_the_direct_answer_is_sent_whole_and_at_the_end_of_a_stream(
    client: TestClient, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, direct = assistant.ask, Direct("$12,000", 1, "span", 3, 10)
    monkeypatch.setattr(assistant, "ask", lambda *a, **b: replace(ask(*a, **b), direct=direct))
    asked = {"question": NAMED}
    assert client.post("/v1/ask", json=asked).json()["direct"] == asdict(direct)
    assert streamed(client.post("/v1/ask", json={**asked, "stream": True}))[-1]["direct"] == asdict(direct)
    turn = streamed(client.post("/v1/conversations", json={**asked, "stream": True}))[-1]
    assert turn["answer"]["direct"] == asdict(direct)
    kept = client.get("/v1/conversations/last").json()["turns"]
    assert kept[0]["answer"]["direct"] == asdict(direct)
    found = client.post("/v1/conversations/search", json={"words": "$12,000"}).json()
    assert found[0]["turn"]["answer"]["direct"] == asdict(direct)


def test_an_answer_that_cannot_be_kept_is_given_and_says_so(
    client: TestClient, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreError("the disk is full: make room")

    monkeypatch.setattr(assistant.catalogue, "begin_conversation", fail)
    turn = client.post("/v1/conversations", json={"question": NAMED}).json()
    assert (turn["conversation"], turn["not_kept"]) == (None, "the disk is full: make room")
    assert turn["answer"]["verdict"] == "answered"


def test_the_token_is_made_once_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    token = token_of(home)
    assert token_of(home) == token
    assert len(token) >= 43
    assert stat.S_IMODE(token_file(home).stat().st_mode) == 0o600
    assert token_of(tmp_path / "other") != token


@pytest.mark.parametrize(("content", "mode"), [("short", 0o600), ("x" * 43, 0o644), ("ä" * 43, 0o600)])
def test_a_token_that_protects_nothing_is_not_used(tmp_path: Path, content: str, mode: int) -> None:
    token_file(tmp_path).write_text(content, encoding="utf-8")
    token_file(tmp_path).chmod(mode)
    with pytest.raises(ConfigError, match="remove it"):
        token_of(tmp_path)
