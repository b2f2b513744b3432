"""Measures questions about tables and texts of financial reports: TAT-QA's measured fifth, that is never learnt from.

    .venv/bin/python -m tests.benchmarks.report_tables FOLDER
    .venv/bin/ragnano eval asked --data FOLDER -m none --no-erased

The first command writes one HTML document for each table with its paragraphs, and the questions that one cell or span
answers, in the form that the second one reads. TAT-QA: Zhu et al. 2021, MIT.
"""

import argparse
import html
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ragnano.text.words import sentences
from tests.benchmarks.training.labels import located
from tests.benchmarks.training.reading_groups import FOLDER, measured


def main() -> None:
    parser = argparse.ArgumentParser(description="Write TAT-QA's measured fifth as documents and labelled questions.")
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    (folder / "txt").mkdir(parents=True, exist_ok=True)
    lines = []
    for entry in json.loads((FOLDER / "tatqa.json").read_text(encoding="utf-8")):
        if measured(entry["table"]["uid"]):
            name = f"{entry['table']['uid']}.html"
            (folder / "txt" / name).write_text(page(entry), encoding="utf-8")
            lines += [label | {"txt": name} for label in labels(entry)]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "dev.jsonl").write_text(text, encoding="utf-8")
    print(f"{len(lines)} questions about {len({line['txt'] for line in lines})} documents")


def page(entry: dict[str, Any]) -> str:
    """Returns the entry as an HTML page: its table between its first paragraph and the others."""
    texts = [
        f"<p>{html.escape(item['text'])}</p>" for item in sorted(entry["paragraphs"], key=lambda item: item["order"])
    ]
    rows = entry["table"]["table"]
    heads = head_rows(rows)
    lines = [_row(row, "th" if at < heads else "td") for at, row in enumerate(rows)]
    table = f"<table>{''.join(lines)}</table>"
    return f"<!doctype html><html lang='en'><body>{''.join([*texts[:1], table, *texts[1:]])}</body></html>"


def head_rows(rows: Sequence[Sequence[str]]) -> int:
    """Returns how many rows at the top are headings: those before the first with a label and a figure."""
    return next((at for at, row in enumerate(rows) if row[0].strip() and any(map(str.strip, row[1:]))), 0)


def _row(cells: Sequence[str], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"


def labels(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yields the questions that one cell or span answers; the sentence or rows with the answer's words are gold."""
    for question in entry["questions"]:
        if question["answer_type"] != "span" or question["req_comparison"]:
            continue
        answer = str(question["answer"][0])
        in_text = question["answer_from"] == "text"
        gold = list(_sentences(entry, answer) if in_text else _rows(entry, answer))
        if gold:
            yield {
                "id": question["uid"],
                "kind": "tables",
                "split": "dev",
                "question": question["question"],
                "type": "text" if in_text else "table",
                "answerable": True,
                "gold": gold,
                "short": answer,
                "direct": answer,
            }


def _sentences(entry: dict[str, Any], answer: str) -> Iterator[str]:
    for paragraph in entry["paragraphs"]:
        text = paragraph["text"]
        if span := located(text, answer):
            yield " ".join(text[start:end] for start, end in sentences(text) if start < span[1] and end > span[0])


def _rows(entry: dict[str, Any], answer: str) -> Iterator[str]:
    for row in entry["table"]["table"]:
        if any(located(cell, answer) for cell in row):
            yield " ".join(" ".join(row).split())


if __name__ == "__main__":
    main()
