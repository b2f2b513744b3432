"""Groups from public sets about other things than contracts: Wikipedia, privacy policies, tables, NDAs, clauses.

One title or table in five of each set (SHA-256 mod 5 = 0) is left out and used for measuring. The sets are SQuAD 2.0
(Rajpurkar et al. 2018), PolicyQA (Ahmad et al. 2020), TAT-QA (Zhu et al. 2021), AIT-QA (Katsis et al. 2022),
WikiTableQuestions (Pasupat and Liang 2015), ContractNLI (Koreeda and Manning 2021), ACORD (Wang et al. 2025).
"""

import csv
import io
import json
import random
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from ragnano.evaluation.contract_nli import question_of
from ragnano.models.reader import KINDS
from ragnano.text.words import content_stems, fold, sentences, words
from tests.benchmarks.training.contracts import DATA, hashed
from tests.benchmarks.training.labels import located
from tests.benchmarks.training.pairs import Pair
from tests.benchmarks.training.passages import Nearness
from tests.benchmarks.training.polar_groups import turned

FOLDER = DATA / "reading"
MEASURED = 5  # one title in so many
ROWS = 14  # of a table, at most
MOST_CHARACTERS = 1100  # of a passage
NEAR = 3  # a miss from the same article is one of this many that share the most words with the question
Group = list[Pair]


def measured(title: str) -> bool:
    """Returns whether a title or table is kept for measuring."""
    return hashed(title) % MEASURED == 0


def _holding(passage: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    return tuple((a, b) for a, b in sentences(passage) if a < end and b > start)


def squad(rng: random.Random, *, held_out: bool = False) -> Iterator[Group]:
    """SQuAD 2.0: half of the questions have no answer in their passage; misses come from the same article."""
    records = [json.loads(line) for line in (FOLDER / "squad2.jsonl").read_text(encoding="utf-8").splitlines()]
    articles: dict[str, dict[str, set[str]]] = defaultdict(dict)
    for record in records:
        articles[record["title"]].setdefault(record["passage"], set(content_stems(record["passage"])))
    for record in records:
        passage = record["passage"]
        if measured(record["title"]) != held_out or len(passage) > MOST_CHARACTERS:
            continue
        if not record["answers"]:
            yield [Pair(record["question"], passage, False, ())]
            continue
        answer = record["answers"][0]
        start, end = answer["start"], answer["start"] + len(answer["text"])
        own = _holding(passage, start, end)
        group = [Pair(record["question"], passage, True, own, (start, end), 0)]
        rest = " ".join(passage[a:b] for a, b in sentences(passage) if (a, b) not in own)
        if rest and rng.random() < 0.5:
            group.append(Pair(record["question"], rest, False, ()))
        asked = set(content_stems(record["question"]))
        others = {other: len(asked & stems) for other, stems in articles[record["title"]].items() if other != passage}
        if near := [other for other in others if answer["text"] not in other]:
            near.sort(key=lambda other: -others[other])
            group.append(Pair(record["question"], rng.choice(near[:NEAR])[:MOST_CHARACTERS], False, ()))
        yield group


def policies(rng: random.Random, *, held_out: bool = False) -> Iterator[Group]:
    """PolicyQA: questions about privacy policies; misses come from the same site."""
    passages = defaultdict(list)
    records = [json.loads(line) for line in (FOLDER / "policyqa.jsonl").read_text(encoding="utf-8").splitlines()]
    for record in records:
        passages[record["title"]].append(record["passage"])
    for record in records:
        if measured(record["title"]) != held_out or len(record["passage"]) > MOST_CHARACTERS:
            continue
        answer = record["answers"][0]
        start, end = answer["start"], answer["start"] + len(answer["text"])
        own = _holding(record["passage"], start, end)
        group = [Pair(record["question"], record["passage"], True, own, (start, end), 0)]
        rest = " ".join(record["passage"][a:b] for a, b in sentences(record["passage"]) if (a, b) not in own)
        if len(rest) > 80:
            group.append(Pair(record["question"], rest, False, ()))
        yield group


def _table_pair(question: str, rows: Sequence[str], right: int, answer: str) -> Pair | None:
    """Returns the rows as one passage, with the answer's words in the right row."""
    text, places = "", []
    for row in rows:
        places.append((len(text), len(text) + len(row)))
        text += row + " "
    start, end = places[right]
    span = located(text, answer, start, end)
    return Pair(question, text.rstrip(), True, (places[right],), span, 0) if span else None


def _table_group(rng: random.Random, question: str, rows: Sequence[str], right: int, answer: str) -> Group:
    """Returns the right row among others of its table, and the others without it."""
    others = [at for at in range(len(rows)) if at != right]
    chosen = sorted([right, *rng.sample(others, min(len(others), rng.randint(2, ROWS - 1)))])
    pair = _table_pair(question, [rows[at] for at in chosen], chosen.index(right), answer)
    if pair is None or len(pair.passage) > MOST_CHARACTERS:
        return []
    rest = " ".join(rows[at] for at in chosen if at != right)
    return [pair, *([Pair(question, rest, False, ())] if rest and rng.random() < 0.7 else [])]


def _said(names: Sequence[str], cells: Sequence[str]) -> str:
    pairs = zip(names, cells, strict=True)
    return ", ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell) + "."


def reports(rng: random.Random, *, held_out: bool = False) -> Iterator[Group]:
    """TAT-QA: questions about tables and texts of financial reports, those that one cell or span answers."""
    for entry in json.loads((FOLDER / "tatqa.json").read_text(encoding="utf-8")):
        if measured(entry["table"]["uid"]) != held_out:
            continue
        rows = report_rows(entry["table"]["table"])
        texts = [fold(paragraph["text"]) for paragraph in entry["paragraphs"]]
        for question in entry["questions"]:
            if question["answer_type"] != "span" or question["req_comparison"]:
                continue
            answer = str(question["answer"][0])
            if question["answer_from"] == "text":
                yield from _text_group(question["question"], texts, answer)
            elif (right := _right_row(rows, question["question"], answer)) is not None:
                yield _table_group(rng, question["question"], rows, right, answer)


def report_rows(table: Sequence[Sequence[str]]) -> list[str]:
    """Returns the rows of a report's table, each cell after its column's names; heads are the first unlabelled rows."""
    head = 0
    while head < len(table) - 1 and not (table[head][0].strip() and any(map(str.strip, table[head][1:]))):
        head += 1
    names = [fold(" ".join(row[at] for row in table[:head])) for at in range(len(table[0]))]
    for at in range(1, len(names)):
        names[at] = names[at] or names[at - 1]
    return [_said(names, list(map(fold, row))) for row in table[head:]]


def _text_group(question: str, texts: Sequence[str], answer: str) -> Iterator[Group]:
    for text in texts:
        if (span := located(text, answer)) and len(text) <= MOST_CHARACTERS:
            own = _holding(text, *span)
            rest = " ".join(text[a:b] for a, b in sentences(text) if (a, b) not in own)
            group = [Pair(question, text, True, own, span, 0)]
            yield [*group, *([Pair(question, rest, False, ())] if rest else [])]
            return


def _right_row(rows: Sequence[str], question: str, answer: str) -> int | None:
    """Returns the row that contains the answer and shares the most words with the question; None for a tie."""
    asked = set(words(question))
    holding = [(len(asked & set(words(row))), at) for at, row in enumerate(rows) if located(row, answer) is not None]
    holding.sort(reverse=True)
    if not holding or holding[0][0] == 0 or (len(holding) > 1 and holding[1][0] == holding[0][0]):
        return None
    return holding[0][1]


def airlines(rng: random.Random, *, held_out: bool = False) -> Iterator[Group]:
    """AIT-QA: questions about tables of airlines' reports, with row and column names on several levels."""
    tables = {}
    for line in (FOLDER / "aitqa_tables.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        tables[record["id"]] = _airline_rows(record)
    for line in (FOLDER / "aitqa_questions.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if measured(record["table_id"]) == held_out and len(record["answers"]) == 1:
            rows = tables[record["table_id"]]
            if (right := _right_row(rows, record["question"], record["answers"][0])) is not None:
                yield _table_group(rng, record["question"], rows, right, record["answers"][0])


def _airline_rows(record: dict[str, Any]) -> list[str]:
    names = [fold(" ".join(parts)) for parts in record["column_header"]]
    found = []
    for at, cells in enumerate(record["data"]):
        label = fold(" ".join(record["row_header"][at])) if at < len(record["row_header"]) else ""
        columns = [*(["" for _ in [label] if label]), *names][: len(cells) + bool(label)]
        columns += [""] * (len(cells) + bool(label) - len(columns))
        found.append(_said(columns, [*([label] if label else []), *map(fold, cells)]))
    return found


def wiki_tables(rng: random.Random, *, held_out: bool = False) -> Iterator[Group]:
    """WikiTableQuestions that one row answers: it contains the answer once and another cell that the question names."""
    archive = zipfile.ZipFile(FOLDER / "wikitablequestions.zip")
    tables: dict[str, list[list[str]]] = {}
    for record in csv.DictReader(io.StringIO(archive.read("questions.tsv").decode()), delimiter="\t"):
        name = record["context"]
        if measured(name) != held_out or "|" in record["targetValue"]:
            continue
        if name not in tables:
            text = archive.read(name).decode("utf-8", "replace")
            tables[name] = list(csv.reader(io.StringIO(text), escapechar="\\"))
        head, *body = tables[name]
        rows = [row for row in body if len(row) == len(head)]
        asked = f" {' '.join(words(record['utterance']))} "
        fitting = [
            at for at, row in enumerate(rows)
            if record["targetValue"] in row
            and any(_names(cell, asked) for cell in row if cell != record["targetValue"])
        ]  # fmt: skip
        if len(fitting) == 1:
            said = [_said(list(map(fold, head)), list(map(fold, row))) for row in rows]
            yield _table_group(rng, record["utterance"], said, fitting[0], record["targetValue"])


def _names(cell: str, asked: str) -> bool:
    own = " ".join(words(cell))
    return len(own) > 2 and f" {own} " in asked


def disclosures(rng: random.Random, *, held_out: bool = False) -> Iterator[Group]:
    """ContractNLI's training agreements: is the hypothesis so? Yes, no, or not mentioned."""
    data = json.loads((FOLDER / "contractnli_train_50.json").read_text(encoding="utf-8"))
    for document in data["documents"]:
        if measured(document["file_name"]) != held_out:
            continue
        spans = [fold(document["text"][start:end]) for start, end in document["spans"]]
        blocks = [list(range(at, min(at + 5, len(spans)))) for at in range(0, len(spans), 4)]
        texts = [" ".join(spans[at] for at in block) for block in blocks]
        nearness = Nearness(texts)
        for name, annotation in document["annotation_sets"][0]["annotations"].items():
            hypothesis = data["labels"][name]["hypothesis"]
            question = question_of(hypothesis) if rng.random() < 0.5 else reworded(hypothesis, rng)
            right = {at for at, block in enumerate(blocks) if set(block) & set(annotation["spans"])}
            near = [at for at in nearness.nearest(question)[:8] if at not in right]
            group = []
            if right:
                at = rng.choice(sorted(right))
                own = tuple(
                    found for place in annotation["spans"] if place in blocks[at]
                    and (found := located(texts[at], spans[place]))
                )  # fmt: skip
                kind = KINDS.index("yes" if annotation["choice"] == "Entailment" else "no")
                pair = Pair(question, texts[at][:MOST_CHARACTERS], True, own, None, kind)
                opposite = turned(pair)
                group += [pair, opposite] if opposite else [pair]
            group += [
                Pair(question, texts[at][:MOST_CHARACTERS], False, ())
                for at in rng.sample(near, min(1 if len(group) > 1 else 2, len(near)))
            ]
            yield group


_SAYS = re.compile(r"^(.+?) (shall not|shall|may not|may|must not|must|can) (.+)$")


def reworded(hypothesis: str, rng: random.Random) -> str:
    """Returns a hypothesis as a question that a person would ask."""
    said = hypothesis.rstrip(".")
    found = _SAYS.match(said)
    if found is None:
        return f"Is it true that {said[0].lower()}{said[1:]}?"
    subject, modal, rest = found.groups()
    subject = subject[0].lower() + subject[1:] if subject.split()[0] in ("All", "Some") else f"the {subject}"
    first, _, negated = modal.partition(" ")
    plain = {"shall": "does", "may": "may", "must": "must", "can": "can"}[first]
    forms = [f"Is it agreed that {subject} {modal} {rest}?"]
    if not negated and plain != "does":
        forms.append(f"{plain.capitalize()} {subject} {rest}?")
    if negated:
        forms.append(f"Is {subject} forbidden to {rest}?")
    return rng.choice(forms)


def clauses(rng: random.Random, *, held_out: bool = False) -> Iterator[Group]:
    """ACORD: lawyers' short queries and clauses that they graded 0 to 4; from 3 a clause fits, to 1 it does not."""
    archive = zipfile.ZipFile(FOLDER / "acord.zip")
    names = {name.rsplit("/", 1)[-1]: name for name in archive.namelist()}
    corpus = {
        record["_id"]: fold(record["text"])[:MOST_CHARACTERS]
        for record in map(json.loads, archive.read(names["corpus.jsonl"]).decode().splitlines())
    }
    graded: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    split = "valid.tsv" if held_out else "train.tsv"
    for record in csv.DictReader(io.StringIO(archive.read(names[split]).decode()), delimiter="\t"):
        graded[record["query-id"]][int(record["score"])].append(record["corpus-id"])
    for query, own in graded.items():
        right = [clause for score in (3, 4) for clause in own[score]]
        wrong = [clause for score in (0, 1) for clause in own[score]]
        for clause in right:
            group = [Pair(query, corpus[clause], True, None)]
            yield group + [Pair(query, corpus[other], False, ()) for other in rng.sample(wrong, min(2, len(wrong)))]
