"""Request bodies as JSON. Unknown names and wrong types are refused, so that a typo is not silently ignored."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ragnano.assistant import Assistant
from ragnano.types import Scope

LONGEST_NAME = 1000
"""The most characters of a collection, a document's name or a date."""

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]


class Request(BaseModel):
    """Any body."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Scoped(Request):
    """What a question is asked of, by the names that the command line takes; without any, of everything."""

    collection: Name | None = None
    doc: Name | None = Field(default=None, description="a document's id, path or file name")
    dated_from: Name | None = Field(default=None, alias="from", description="2019, 2019-05 or 2019-05-01")
    dated_to: Name | None = Field(default=None, alias="to")
    kind: Name | None = Field(default=None, alias="type", description="pdf, docx, spreadsheet, mail …")

    def scope(self, assistant: Assistant) -> Scope:
        """Returns the scope that the fields describe. Raises NotFoundError, AmbiguousError, QuestionError."""
        return assistant.scope(
            self.collection, self.doc, dated_from=self.dated_from, dated_to=self.dated_to, kind=self.kind
        )

    def is_limited(self) -> bool:
        """Returns whether any limit is set."""
        limits = (self.collection, self.doc, self.dated_from, self.dated_to, self.kind)
        return any(limit is not None for limit in limits)


class Search(Scoped):
    """Clauses that bear on a question."""

    question: str
    k: int = Field(default=10, ge=1, le=200, description="how many passages")
    clause: bool = Field(default=False, description="each passage in its whole clause")
    references: bool = Field(default=False, description="the sections it refers to and the terms it uses as defined")


class QuestionBody(Scoped):
    """A question to be answered."""

    question: str
    model: Name | None = Field(default=None, description='a name of /v1/models, or "none" for quotes alone')
    stream: bool = Field(default=False, description="a JSON object a line, while the answer is made")


class Question(QuestionBody):
    """A question that stands alone."""

    receipt: bool = Field(default=False, description="with what the answer came from, for `ragnano replay`")


class FollowUp(QuestionBody):
    """A question of a conversation. With a limit, the conversation is asked of that from now on."""

    everything: bool = Field(default=False, description="leave the documents that the last answer was about")


class Words(Request):
    """Words that all stand in a question, its answer or the quoted words."""

    words: str = Field(min_length=1, max_length=LONGEST_NAME)


class Title(Request):
    """A conversation's new name."""

    title: str = Field(min_length=1, max_length=LONGEST_NAME)
