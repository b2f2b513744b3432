"""Only one thread at a time enters pdfium, whoever calls it."""

import subprocess
import sys

from tests.conftest import SAMPLES

BUSY = """
import sys, threading
from pathlib import Path
from ingest.discovery.file_types import PDF
from ingest.parsers.registry import load
from ragnano.documents import page_images
from ragnano.types import Document

path = Path(sys.argv[1])
data = path.read_bytes()
read = []

def reads():
    for _ in range(20):
        read.append(len(load(data, PDF).pages))

def draws(name):
    for number in range(20):
        read.append(page_images._rendered(name, path, 1, 1.0).width > 0)
        page_images._rendered.cache_clear()

threads = [threading.Thread(target=reads) for _ in range(3)] + [threading.Thread(target=draws, args=("a",))]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(read))
"""


def test_threads_that_read_and_draw_pages_at_once_do_not_end_the_process() -> None:
    smallest = min((SAMPLES / "documents").glob("*.pdf"), key=lambda path: path.stat().st_size)
    ended = subprocess.run([sys.executable, "-c", BUSY, str(smallest)], capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stdout.strip()) == (0, "80"), ended.stderr[-500:]
