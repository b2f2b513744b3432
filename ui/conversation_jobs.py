"""Conversations of this server, and the question that each is answering. Knows no page.

A question is answered on a thread of its own: a reader who looks at another page meanwhile, or refreshes, finds its
answer all the same. Words of a conversation are in the history; here is only what is open.
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
"""Conversations kept in memory; those not looked at for longest go first, and come back from the history."""


@dataclass(frozen=True, slots=True)
class PendingQuestion:
    """What is asked: as typed, by which model, and with `of` as it stands of this scope alone."""

    question: str
    model: str | None = None
    of: Scope | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that came to nothing: stopped by the reader when `trouble` is "", else why."""

    asked: PendingQuestion
    trouble: str = ""


_numbers = itertools.count(1)


class _Stopped(Exception):
    """Leaves the library from inside an answer: a stopped question is not kept."""


class Job:
    """A question that is being answered. Fields are written by its thread and read by pages."""

    def __init__(self, asked: PendingQuestion, queue: Questions) -> None:
        self.asked = asked
        self.number = next(_numbers)
        """Tells it from the other questions of this server."""
        self._queue = queue
        self.read_as = asked.question
        self.direct: Answer | None = None
        """The direct answer with its quotes, there before the model has written its own words."""
        self.preview = ""
        self.ahead: Callable[[], int] = lambda: 0
        self._stop = threading.Event()
        self._done = threading.Event()

    def stop(self) -> None:
        """Give the question up: at the next word of its answer, or before the first."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Whether it is done within these seconds."""
        return self._done.wait(seconds)

    def run(self, conversation: Conversation) -> Unanswered | None:
        """Ask, and what came of it when that is no answer."""
        try:
            with self._queue.one_more() as self.ahead:
                conversation.ask(
                    self.asked.question,
                    of=self.asked.of,
                    model=self.asked.model,
                    on_direct=self._say_directly,
                    on_text=self._write,
                    on_reading=self._reads,
                    cancelled=self._checked,
                )
        except _Stopped:
            return Unanswered(self.asked)
        except RagnanoError as error:
            return Unanswered(self.asked, str(error))
        # The border to the reader, as in `shared.errors_shown`.
        except Exception as error:  # noqa: BLE001
            return Unanswered(self.asked, unexpected(error))
        return None

    def finish(self) -> None:
        """Let go those who wait."""
        self._done.set()

    def _write(self, piece: str) -> None:
        self._checked()
        self.preview += piece

    def _say_directly(self, answer: Answer) -> None:
        self._checked()
        self.direct = answer

    def _reads(self, question: str, _scope: Scope) -> None:
        self._checked()
        self.read_as = question

    def _checked(self) -> bool:
        if self._stop.is_set():
            raise _Stopped
        return False


class Talk:
    """A conversation and what it is answering now."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.job: Job | None = None
        self.waiting: deque[PendingQuestion] = deque()
        self.unanswered: Unanswered | None = None
        self._lock = threading.Lock()

    @property
    def id(self) -> str:
        """As the history has it, or will."""
        return self.conversation.id_to_be

    @property
    def begun(self) -> bool:
        """Whether anything was asked."""
        return bool(self.conversation.turns or self.job or self.unanswered)

    def ask(self, asked: PendingQuestion) -> None:
        """Answer this, after what is being answered now."""
        queue = questions()
        with self._lock:
            self.waiting.append(asked)
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
    """The open conversations, by id: all tabs that look at one see the same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: OrderedDict[str, Talk] = OrderedDict()

    def begin(self, helper: Assistant) -> Talk:
        """A new one; it is kept from its first answer on."""
        return self._keep(Talk(helper.converse()))

    def find(self, helper: Assistant, name: str) -> Talk | None:
        """The one with this id, as the history has it now; None when there is none (any more)."""
        with self._lock:
            talk = self._open.get(name)
        try:
            if talk is None:
                # The address may hold anything; only a whole id is one.
                known = helper.catalogue.conversation(name).id == name
                talk = self._keep(Talk(helper.converse(name))) if known else None
            else:
                talk.conversation.reread()
                self._keep(talk)
        except RagnanoError:
            with self._lock:
                self._open.pop(name, None)
            return None
        return talk

    def drop(self, names: Iterable[str]) -> None:
        """Forget these: they have been deleted. What they are answering is stopped."""
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
    """Of this server."""
    return Talks()
