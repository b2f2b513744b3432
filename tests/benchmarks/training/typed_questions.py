"""Changes a question as people type it in a hurry: in lower case, without small words, with a slip of the keyboard.

The same few thousand questions are read several times in a training; changed questions keep the reader from learning
their exact wording, and are what people really ask.
"""

import random

SHORT = 3  # letters at most of a word that may be left out
LONG = 5  # letters at least of a word that may get a slip: shorter ones would become other words


def typed(question: str, rng: random.Random) -> str:
    """Returns the question with one or two of the changes; never an empty one."""
    changes = rng.sample([_hurried, _without_small_words, _slipped], rng.randint(1, 2))
    for change in changes:
        question = change(question, rng)
    return question


def _hurried(question: str, rng: random.Random) -> str:
    return question.lower().rstrip(" ?") or question


def _without_small_words(question: str, rng: random.Random) -> str:
    words = question.split()
    kept = [word for word in words if len(word) > SHORT or not word.isalpha() or rng.random() < 0.5]
    return " ".join(kept) if len(kept) > 1 else question


def _slipped(question: str, rng: random.Random) -> str:
    """Swaps two neighbouring letters of a word, or loses one; a word with a digit or an inner capital is left alone."""
    words = question.split()
    fit = [at for at, word in enumerate(words) if len(word) >= LONG and word.isalpha() and word[1:].islower()]
    if not fit:
        return question
    at = rng.choice(fit)
    word = words[at]
    place = rng.randrange(1, len(word) - 1)
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    words[at] = swapped if rng.random() < 0.5 else word[:place] + word[place + 1 :]
    return " ".join(words)
