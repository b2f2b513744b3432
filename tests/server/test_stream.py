"""Streamed answers over HTTP, and a server in a separate process."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from ragnano.server import token_file
from ragnano.server.stream import StreamCallbacks, reply

pytestmark = pytest.mark.slow

START_S = 120
ROOT = Path(__file__).parents[2]


def test_whoever_hangs_up_ends_the_answer() -> None:
    ended = threading.Event()

    def answer(callbacks: StreamCallbacks) -> dict[str, Any]:
        try:
            while True:
                callbacks.on_text("word ")
        finally:
            ended.set()

    async def listen_a_while() -> bytes:
        stream: Any = reply(answer, stream=True)
        pieces = stream.body_iterator
        first = await anext(pieces)
        await pieces.aclose()
        return bytes(first)

    assert json.loads(asyncio.run(listen_a_while())) == {"text": "word "}
    assert ended.wait(START_S)


def test_a_server_that_stops_in_mid_answer_leaves_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    told_by_python: list[object] = []
    monkeypatch.setattr(threading, "excepthook", told_by_python.append)
    stopped = threading.Event()

    def answer(callbacks: StreamCallbacks) -> dict[str, Any]:
        callbacks.on_text("word ")
        stopped.wait(START_S)
        return {"answer": "too late"}

    async def begin() -> None:
        stream: Any = reply(answer, stream=True)
        await anext(stream.body_iterator)

    asyncio.run(begin())
    stopped.set()
    for thread in threading.enumerate():
        if thread.name == "answer":
            thread.join(START_S)
    assert told_by_python == []


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    return [sys.executable, "-m", "ragnano", "serve", "--port", "0", "--data-dir", str(tmp_path / "home")]


def test_a_server_answers_on_this_machine_until_it_is_stopped(command: list[str], tmp_path: Path) -> None:
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        address = server.stdout.readline().split()[2]
        assert address.startswith("http://127.0.0.1:")
        assert str(token_file(tmp_path / "home")) in server.stdout.readline()
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{address}/documents", timeout=START_S)
        token = token_file(tmp_path / "home").read_text(encoding="ascii").strip()
        asked = urllib.request.Request(f"{address}/documents", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(asked, timeout=START_S) as given:
            assert json.load(given) == []
        server.send_signal(signal.SIGINT)
        _, output = server.communicate(timeout=START_S)
        assert (server.returncode, output) == (0, "Stopped.\n")
    finally:
        server.kill()
        server.communicate()


def test_a_port_that_is_taken_is_told(command: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command[command.index("--port") + 1] = str(taken.getsockname()[1])
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.returncode == 2
    assert "choose another with --host or --port" in done.stderr
    assert "Traceback" not in done.stderr
