"""The model may only leave words out: any other shortening of a sentence is rejected."""

import pytest

from ragnano.tasks.sentence_shortening import only_leaves_out, shorten
from tests.conftest import FakeChatModel

RENT = (
    "Tenant shall pay the base rent set out in Exhibit A in advance on the first day of each month, "
    "without demand or set-off, to the account that Landlord has named in writing."
)
EXTEND = (
    "Tenant may extend the Term once, for five (5) years, by written notice given at least twelve (12) months before "
    "the Term ends, if no default of Tenant exists at that time."
)
ASSIGN = (
    "Tenant shall not assign this Lease or sublet any part of the Premises to a third party without Landlord’s prior "
    "written consent, which Landlord shall not unreasonably withhold, condition or delay."
)
END = (
    "Either party may terminate this Agreement for convenience by giving the other party at least sixty (60) days’ "
    "prior written notice, in which case Customer shall pay for the Services performed up to that date."
)
TELL = (
    "The recipient may disclose the plans to those of its directors, employees and advisers who need to know them for "
    "the bid and are bound by duties of confidence."
)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        (RENT, "Tenant shall pay the base rent in advance on the first day of each month, without demand or set-off."),
        (ASSIGN, "Tenant shall not assign this Lease or sublet the Premises without Landlord’s prior written consent."),
        (END, "Either party may terminate this Agreement by giving at least sixty days’ notice."),
        (END, "Either party may terminate this Agreement by giving at least 60 days’ notice."),
    ],
)
def test_fewer_of_the_same_words_are_believed(text: str, short: str) -> None:
    assert only_leaves_out(short, text)


@pytest.mark.parametrize(
    ("text", "short", "why"),
    [
        (RENT, "Landlord shall pay the base rent to Tenant in advance, without demand or set-off.", "parties swapped"),
        (RENT, "Tenant shall pay the base rent on the tenth day of each month, without set-off.", "a word of its own"),
        (RENT, "Tenant shall pay the base rent in advance on the first day of each month.", "what is without goes"),
        (EXTEND, "Tenant may extend the Term once, for five years, by twelve months notice.", "the condition is gone"),
        (EXTEND, "Tenant may extend the Term for 50 years if no default exists.", "an invented figure"),
        (ASSIGN, "Tenant shall assign this Lease without Landlord’s consent.", "the negation is gone"),
        (END, "Either party may terminate this Agreement for convenience by giving notice.", "the figure is gone"),
        (END, "Either party shall terminate this Agreement by giving sixty days’ notice.", "a right becomes a duty"),
        (END, END.removesuffix(" up to that date."), "hardly shorter"),
        (ASSIGN, "Tenant shall not assign the Premises without Landlord’s prior written consent.", "two duties in one"),
        (
            "Quillmark shall not refuse consent if the new owner is an insurer with comparable credit that agrees in "
            "writing to the user limits.",
            "Quillmark shall not refuse consent if the new owner is an insurer with credit.",
            "any insurer",
        ),
        (TELL, "The recipient may disclose the plans.", "to anybody"),
        (END, "", "nothing"),
    ],
)
def test_all_else_is_refused(text: str, short: str, why: str) -> None:
    assert not only_leaves_out(short, text), why


def test_the_sentence_is_an_untrusted_part_and_tokens_are_counted() -> None:
    model = FakeChatModel("Tenant shall pay the base rent, without demand or set-off.")
    result = shorten(model, RENT, max_tokens=50)  # type: ignore[arg-type]
    (prompt,) = model.prompts
    assert [part.text for part in prompt.parts if not part.trusted] == [RENT]
    assert result.text == "Tenant shall pay the base rent, without demand or set-off."
    assert result.tokens.prompt > 0 and result.tokens.answer == 10


def test_a_short_sentence_never_reaches_the_model() -> None:
    model = FakeChatModel("x")
    assert shorten(model, "The rent is $5.", max_tokens=50).text is None  # type: ignore[arg-type]
    assert model.prompts == []
