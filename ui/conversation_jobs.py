"""Open conversations of this server, and the question that each is answering. Independent of the pages.

A question is answered on a thread of its own, so that the answer is kept while the user opens another page or
refreshes. The text of conversations is in the history; this module holds only the open ones.
"""

import itertools
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import streamlit as st
from shared import Questions, questions, unexpected

from ragnano.assistant import Assistant
from ragnano.conversations import Conversation
from ragnano.errors import RagnanoError
from ragnano.types import Answer, Scope

MOST_OPEN = 64
"""Conversations kept in memory; the least recently used are dropped first, and can be reloaded from the history."""


@dataclass(frozen=True, slots=True)
class PendingQuestion:
    """A question to ask: its text, the model, and the scope `of` for this question alone."""

    question: str
    model: str | None = None
    of: Scope | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that got no answer: stopped by the user if `trouble` is "", otherwise `trouble` is the reason."""

    pending: PendingQuestion
    trouble: str = ""


_numbers = itertools.count(1)


class _Stopped(Exception):
    """Raised in the callbacks of an answer, to abort it; a stopped question is not kept."""


class Job:
    """A question that is being answered. Its thread writes the fields, pages read them."""

    def __init__(self, pending: PendingQuestion, queue: Questions) -> None:
        self.pending = pending
        self.number = next(_numbers)
        """Identifies the question among all of this server."""
        self._queue = queue
        self.read_as = pending.question
        self.direct: Answer | None = None
        """The direct answer with its quotes, available before the model has written its text."""
        self.preview = ""
        self.compared = (0, 0)
        """How many of how many documents have been compared."""
        self.ahead: Callable[[], int] = lambda: 0
        self._stop = threading.Event()
        self._done = threading.Event()

    def stop(self) -> None:
        """Stop the question, at the next word of its answer or before the first."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Wait up to this many seconds; returns whether the question is done."""
        return self._done.wait(seconds)

    def run(self, conversation: Conversation) -> Unanswered | None:
        """Ask the question; returns the reason if there is no answer, else None."""
        try:
            with self._queue.one_more() as self.ahead:
                conversation.ask(
                    self.pending.question,
                    of=self.pending.of,
                    model=self.pending.model,
                    on_direct=self._say_directly,
                    on_text=self._write,
                    on_reading=self._reads,
                    cancelled=self._checked,
                    on_progress=self._counts,
                )
        except _Stopped:
            return Unanswered(self.pending)
        except RagnanoError as error:
            return Unanswered(self.pending, str(error))
        # Error boundary towards the user, as in `shared.errors_shown`.
        except Exception as error:  # noqa: BLE001
            return Unanswered(self.pending, unexpected(error))
        return None

    def finish(self) -> None:
        """Wake the threads that wait for this question."""
        self._done.set()

    def _write(self, piece: str) -> None:
        self._checked()
        self.preview += piece

    def _say_directly(self, answer: Answer) -> None:
        self._checked()
        self.direct = answer

    def _counts(self, done: int, total: int) -> None:
        self._checked()
        self.compared = (done, total)

    def _reads(self, question: str, _scope: Scope) -> None:
        self._checked()
        self.read_as = question

    def _checked(self) -> bool:
        if self._stop.is_set():
            raise _Stopped
        return False


class Talk:
    """A conversation and the question it is answering now."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.job: Job | None = None
        self.waiting: deque[PendingQuestion] = deque()
        self.unanswered: Unanswered | None = None
        self._lock = threading.Lock()

    @property
    def id(self) -> str:
        """The id in the history, now or after the first answer."""
        return self.conversation.id_to_be

    @property
    def begun(self) -> bool:
        """Whether a question was asked."""
        return bool(self.conversation.turns or self.job or self.unanswered)

    def ask(self, pending: PendingQuestion) -> None:
        """Answer this question after the current one."""
        queue = questions()
        with self._lock:
            self.waiting.append(pending)
            if self.job is None:
                self._next(queue)

    def _next(self, queue: Questions) -> None:
        self.job, self.unanswered = Job(self.waiting.popleft(), queue), None
        threading.Thread(target=self._work, args=(self.job, queue), name="answer", daemon=True).start()

    def _work(self, job: Job, queue: Questions) -> None:
        left = job.run(self.conversation)
        with self._lock:
            self.unanswered, self.job = left, None
            if self.waiting:
                self._next(queue)
        job.finish()


class Talks:
    """The open conversations by id; all tabs that show one share the same object."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: OrderedDict[str, Talk] = OrderedDict()

    def begin(self, assistant: Assistant) -> Talk:
        """Begin a new conversation; it is kept from its first answer on."""
        return self._keep(Talk(assistant.converse()))

    def find(self, assistant: Assistant, name: str) -> Talk | None:
        """Return the conversation with this id as it is in the history, or None if there is none (any more)."""
        with self._lock:
            talk = self._open.get(name)
        try:
            if talk is None:
                # The address may contain anything; only a complete id is valid.
                known = assistant.catalogue.conversation(name).id == name
                talk = self._keep(Talk(assistant.converse(name))) if known else None
            else:
                talk.conversation.reread()
                self._keep(talk)
        except RagnanoError:
            with self._lock:
                self._open.pop(name, None)
            return None
        return talk

    def drop(self, names: Iterable[str]) -> None:
        """Forget deleted conversations and stop the questions they are answering."""
        with self._lock:
            for talk in filter(None, (self._open.pop(name, None) for name in names)):
                if job := talk.job:
                    job.stop()

    def _keep(self, talk: Talk) -> Talk:
        with self._lock:
            talk = self._open.setdefault(talk.id, talk)
            self._open.move_to_end(talk.id)
            idle = [name for name, other in self._open.items() if not other.job and other is not talk]
            for name in idle[: max(len(self._open) - MOST_OPEN, 0)]:
                del self._open[name]
        return talk


@st.cache_resource(show_spinner=False)
def talks() -> Talks:
    """The open conversations of this server."""
    return Talks()
