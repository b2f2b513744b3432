"""Asks a receipt's question again and reports what has changed, earliest cause first.

Two receipts are compared: the given one and one made now. Missing documents are reported before anything is asked.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal

from ragnano.assistant import QUOTES_ONLY, Assistant
from ragnano.errors import ModelMissing, RagnanoError, ReceiptError
from ragnano.models import load_catalogue
from ragnano.receipts import DECISIVE, Conditions, Receipt, Trace, conditions_of, make_receipt
from ragnano.types import Answer, Scope

Step = Literal[
    "document", "index", "scope", "model", "engine", "settings", "version", "evidence", "prompt", "reply", "answer"
]

UNCOMPARED = ("receipt", "tokens", "model")
"""Parts of an answer that are neither its words nor its proof: the short digest contains ragnano's version, and a
user's own model file may have moved (its bytes are compared)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `detail` says, for people, what it was and what it is now."""

    step: Step
    detail: str


@dataclass(frozen=True, slots=True)
class Replay:
    """`same`: the answer, its citations and its verdict are byte for byte those of the receipt. `answer` is the new
    answer, None when the question could not be asked. `changes` are in the order in which they take effect."""

    same: bool
    changes: tuple[Change, ...]
    answer: Answer | None


def ask_with_receipt(
    assistant: Assistant,
    question: str,
    scope: Scope | None = None,
    *,
    model: str | None = None,
    on_direct: Callable[[Answer], None] | None = None,
    on_text: Callable[[str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[Answer, Receipt]:
    """Like `Assistant.ask`, but also returns the answer's receipt."""
    trace = Trace()
    answer = assistant.ask(
        question,
        scope,
        model=model,
        on_direct=on_direct,
        on_text=on_text,
        cancelled=cancelled,
        on_progress=on_progress,
        trace=trace,
    )
    return answer, make_receipt(answer, scope or Scope(), trace, assistant.settings, assistant.catalogue)


def settings_of(receipt: Receipt) -> dict[str, Any]:
    """Returns the settings that the receipt's answer was made with, for `Settings.load`. Raises ReceiptError.

    Contains only the names that this version defines; `replay` reports the others.
    """
    recorded: Mapping[str, Any] = receipt.conditions.settings
    embedders = {spec.name for spec in load_catalogue() if spec.kind == "embedder"}
    if "embedder" in recorded and recorded["embedder"] not in embedders:
        raise ReceiptError(f"the receipt's embedder {recorded['embedder']!r} is none of {', '.join(sorted(embedders))}")
    return {name: value for name, value in recorded.items() if name in DECISIVE}


def replay(assistant: Assistant, receipt: Receipt, *, model: str | None = None) -> Replay:
    """Asks again with the receipt's question and scope, and with its model unless `model` names another.

    The assistant must have been opened with `settings_of` the receipt. Nothing is asked when the receipt's model is a
    user's own file that was not named again: a receipt from elsewhere must not choose which files are opened.
    """
    then, scope = receipt.conditions, receipt.scope.scope()
    name = model or then.model.name
    now = conditions_of(name, scope, assistant.settings, assistant.catalogue)
    before = [*_documents(receipt, assistant), *_conditions(then, now)]
    if model is None and _is_file(name) and name != assistant.settings.chat_model:
        before.append(Change("model", f"the model was the file {name!r}: name it with --model to ask with it again"))
        return Replay(False, tuple(before), None)
    try:
        answer, made = ask_with_receipt(assistant, receipt.question, scope, model=name)
    except ModelMissing as error:
        return Replay(False, (*before, Change("model", str(error))), None)
    except RagnanoError as error:
        return Replay(False, (*before, Change("answer", f"it could not be asked again: {error}")), None)
    words = tuple(_answers(receipt, made))
    return Replay(not words, (*before, *_steps(receipt, made), *words), answer)


def _is_file(model: str) -> bool:
    return model != QUOTES_ONLY and model.lower().endswith(".gguf")


def _documents(receipt: Receipt, assistant: Assistant) -> Iterator[Change]:
    """Reports documents that gave evidence and are now gone, changed at the same path, or moved."""
    by_path = {path: document for document in assistant.documents() for path in document.paths}
    for was in receipt.documents:
        name = PurePath(was.path).name
        if assistant.catalogue.has(was.id):
            path = assistant.catalogue.document(was.id).path
            if path != was.path:
                yield Change("document", f"{name} stood at {was.path}, and stands at {path} now")
        elif was.path in by_path:
            yield Change("document", f"{name} has other bytes now: was {was.id[:12]}, is {by_path[was.path].id[:12]}")
        else:
            yield Change("document", f"{name} ({was.id[:12]}) is no longer in the index")


def _conditions(then: Conditions, now: Conditions) -> Iterator[Change]:
    for name, was, is_now in _differences(then.index.made_with, now.index.made_with):
        yield Change("index", f"its {name} was {was}, is {is_now}")
    if then.index.scope != now.index.scope:
        yield Change("scope", _sets("the scope", then.index.scope.documents, now.index.scope.documents))
    elif then.index.all != now.index.all:
        # Documents outside the scope influence how rare a word is, and therefore what is found.
        yield Change("scope", _sets("the index outside the scope", then.index.all.documents, now.index.all.documents))
    if then.model.sha256 != now.model.sha256:
        yield Change("model", f"the weights of {then.model.name} were {_short(then)}, are {_short(now)}")
    then_engine, now_engine = (one.model.engine.model_dump() if one.model.engine else {} for one in (then, now))
    for name, was, is_now in _differences(then_engine, now_engine):
        yield Change("engine", f"its {name.replace('_', ' ')} was {was}, is {is_now}")
    for name, was, is_now in _differences(then.machine.model_dump(), now.machine.model_dump()):
        yield Change("engine", f"the machine's {name} was {was}, is {is_now}")
    for name, was, is_now in _differences(then.settings, now.settings):
        yield Change("settings", f"{name} was {was}, is {is_now}")
    yield from _versions(then, now)


def _versions(then: Conditions, now: Conditions) -> Iterator[Change]:
    then_maker, now_maker = then.maker, now.maker
    if then_maker.ragnano != now_maker.ragnano:
        yield Change("version", f"made by ragnano {then_maker.ragnano}, asked again with {now_maker.ragnano}")
    elif then_maker.code != now_maker.code:
        yield Change("version", f"made by other code of ragnano {then_maker.ragnano}")
    if then_maker.python != now_maker.python:
        yield Change("version", f"Python was {then_maker.python}, is {now_maker.python}")
    for name, old, new in _differences(then_maker.libraries, now_maker.libraries):
        yield Change("version", f"{name} was {old}, is {new}")


def _steps(then: Receipt, now: Receipt) -> Iterator[Change]:
    """Reports what differs between the conditions and the answer. Repeats no text of a document."""
    if then.evidence != now.evidence:
        shared = sum(extract in now.evidence for extract in then.evidence)
        count = f"{len(then.evidence)} then, {len(now.evidence)} now, {shared} of them the same with the same score"
        yield Change("evidence", f"other extracts: {count}")
    prompts_then, prompts_now = ([one.prompt_sha256 for one in receipt.exchanges] for receipt in (then, now))
    if len(prompts_then) != len(prompts_now):
        yield Change("prompt", f"the model was asked {_times(len(prompts_then))} then, {_times(len(prompts_now))} now")
    elif prompts_then != prompts_now:
        yield Change("prompt", "the model was given another prompt")
    replies, replies_now = ([(one.reply, one.finish) for one in receipt.exchanges] for receipt in (then, now))
    if replies != replies_now:
        yield Change("reply", "the model did not reply the same")


def _answers(then: Receipt, now: Receipt) -> Iterator[Change]:
    yield from _direct(then.answer, now.answer)
    for name, was, is_now in _differences(_but_direct(then.answer), _but_direct(now.answer)):
        # A part that one version of ragnano lacks and that is empty in the other does not change the answer.
        empty = "not known" in (was, is_now) and not (then.answer.get(name) or now.answer.get(name))
        if name not in UNCOMPARED and not empty:
            short = isinstance(was, str | float) and isinstance(is_now, str | float)
            words = _PARTS.get(name, name)
            yield Change("answer", f"{words}: was {was!r}, is {is_now!r}" if short else f"{words}: not the same")


def _direct(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    """Compares the direct answers if the receipt records whether there was one; older receipts do not."""
    if "direct" in then and then["direct"] != now.get("direct"):
        was, is_now = (_direct_text(answer) for answer in (then, now))
        other = f"was {was}, is {is_now}" if was != is_now else "the same words, presented differently"
        yield Change("answer", f"the direct answer: {other}")


def _direct_text(answer: Mapping[str, Any]) -> str:
    direct = answer.get("direct")
    return repr(direct["text"]) if isinstance(direct, dict) and isinstance(direct.get("text"), str) else "none"


def _but_direct(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "direct"}


_PARTS = {
    "answer": "its words",
    "nearest": "nearest clauses",
    "about": "documents it is about",
}


def _differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yields (name, then, now) for every name whose value differs; a missing name has the value "not known"."""
    for name in dict.fromkeys([*then, *now]):
        was, is_now = then.get(name, "not known"), now.get(name, "not known")
        if was != is_now:
            yield name, was, is_now


def _sets(label: str, then: int, now: int) -> str:
    return f"other documents in {label}: {then} then, {now} now"


def _short(conditions: Conditions) -> str:
    return conditions.model.sha256[:12] if conditions.model.sha256 else "not here"


def _times(count: int) -> str:
    return {0: "not at all", 1: "once"}.get(count, f"{count} times")
