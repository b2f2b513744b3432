"""Scores questions with known answers (`questions.json`): right pages cited, unanswerable questions refused.

The file is a list of {"question", "expected", "document", "page"}; the last three are null for a question that the
documents do not answer. `document` is a file name.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath
from statistics import median

from ragnano.errors import ConfigError
from ragnano.text.words import content_stems
from ragnano.types import Answer

DIRECT_WORDS = 25
"""Words; a longer direct answer counts as missing."""


@dataclass(frozen=True, slots=True)
class Known:
    """A question and its known answer; `document` and `page` are None when there is none."""

    question: str
    expected: str | None
    document: str | None
    page: int | None


@dataclass(frozen=True, slots=True)
class Judged:
    """The outcome of one question. `right` means that the right page was cited, or the question rightly refused.

    `direct` is the direct answer.
    """

    known: Known
    verdict: str
    answer: str
    confidence: float
    cited: tuple[tuple[str, int], ...]
    right: bool
    holds_expected: bool
    direct: str | None = None
    direct_holds_expected: bool = False


@dataclass(frozen=True, slots=True)
class QuestionScores:
    """The counts, and the medians in seconds and tokens.

    The median total time covers all questions; the others cover those that reached the model.
    """

    answerable: int
    right_page: int
    expected_words: int
    unanswerable: int
    refused: int
    wrongly_refused: int
    median_total_s: float
    median_first_token_s: float | None
    median_prompt_tokens: float
    judged: tuple[Judged, ...]
    direct_holds_expected: int = 0


def read_questions(path: Path) -> tuple[Known, ...]:
    """Reads the questions of a `questions.json`. Raises ConfigError when it is missing or has another form."""
    try:
        items = json.loads(path.read_text(encoding="utf-8"))
        return tuple(Known(**item) for item in items)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}; give --data a folder with questions.json") from None
    except (json.JSONDecodeError, TypeError) as error:
        raise ConfigError(f"{path} is not a list of question, expected, document, page: {error}") from None


def score_questions(
    questions: Iterable[Known], ask: Callable[[str], Answer], progress: Callable[[int], None] | None = None
) -> QuestionScores:
    """Asks every question and counts the outcomes. `progress` receives the number of questions done."""
    judged: list[Judged] = []
    answers: list[Answer] = []
    for done, known in enumerate(questions, start=1):
        answer = ask(known.question)
        answers.append(answer)
        judged.append(_judge(known, answer))
        if progress:
            progress(done)
    answerable = [item for item in judged if item.known.document is not None]
    others = [item for item in judged if item.known.document is None]
    first = [answer.timings.first_token_s for answer in answers if answer.timings.first_token_s is not None]
    prompts = [answer.tokens.prompt for answer in answers if answer.tokens.prompt]
    return QuestionScores(
        answerable=len(answerable),
        right_page=sum(item.right for item in answerable),
        expected_words=sum(item.holds_expected for item in answerable),
        unanswerable=len(others),
        refused=sum(item.right for item in others),
        wrongly_refused=sum(item.verdict == "not_found" for item in answerable),
        median_total_s=round(median(answer.timings.total_s for answer in answers), 3) if answers else 0.0,
        median_first_token_s=round(median(first), 3) if first else None,
        median_prompt_tokens=median(prompts) if prompts else 0,
        judged=tuple(judged),
        direct_holds_expected=sum(item.direct_holds_expected for item in answerable),
    )


def _judge(known: Known, answer: Answer) -> Judged:
    cited = tuple((PurePath(citation.path).name, citation.page) for citation in answer.citations)
    if known.document is None:
        right = answer.verdict == "not_found"
    else:
        right = answer.verdict != "not_found" and (known.document, known.page) in cited
    answer_text = answer.answer + " " + " ".join(citation.quote for citation in answer.citations)
    direct = answer.direct.text if answer.direct else None
    return Judged(
        known,
        answer.verdict,
        answer.answer,
        answer.confidence,
        cited,
        right,
        _holds(answer_text, known.expected),
        direct,
        direct is not None and len(direct.split()) <= DIRECT_WORDS and _holds(direct, known.expected),
    )


def _holds(text: str, expected: str | None) -> bool:
    """Returns whether the text contains at least 60 % of the expected words, compared by stem."""
    stems, expected_stems = set(content_stems(text)), content_stems(expected or "")
    return bool(expected_stems) and sum(stem in stems for stem in expected_stems) >= 0.6 * len(expected_stems)
