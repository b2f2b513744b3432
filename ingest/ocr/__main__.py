"""Checks OCR on this machine, for `ragnano doctor`: reads a test picture and prints the result as JSON.

    python -m ingest.ocr LANGUAGES

Run as a separate process, so that a crash of the library does not affect the caller.
"""

import json
import sys

from PIL import Image, ImageDraw, ImageFont

from ingest.ocr.languages import installed_languages
from ingest.ocr.page_text import text_of
from ingest.ocr.recognition import recognise
from ingest.ocr.tesseract import Engine, version
from ragnano.errors import ConfigError

SENTENCE = "60 days 1250"


def main(languages: str) -> None:
    """Print {version, languages, fault}; `fault` is None if the picture was read correctly."""
    status = {"version": version(), "languages": installed_languages(), "fault": _fault(languages)}
    print(json.dumps(status))


def _fault(languages: str) -> str | None:
    picture = Image.new("L", (900, 200), 255)
    ImageDraw.Draw(picture).text((60, 60), SENTENCE, fill=0, font=ImageFont.load_default(60))
    try:
        read, _ = text_of(recognise(Engine(languages), picture, 300.0).lines)
    except ConfigError as error:
        return str(error)
    return (
        None if "60" in read and "1250" in read else "it does not read a picture drawn for it; install tesserocr anew"
    )


if __name__ == "__main__":
    main(sys.argv[1])
