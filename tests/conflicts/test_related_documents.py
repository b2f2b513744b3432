"""Which documents belong together, and which amends which."""

import dataclasses

from ragnano.assistant import Assistant
from ragnano.conflicts.related_documents import amends, belong_together, later_of, may_amend
from ragnano.types import Document
from tests.conflicts.test_detect import add_amendment, add_contract


def document(**parts: object) -> Document:
    given = {"id": "0" * 64, "title": "Office Lease", "media_type": "text/plain", "pages": 1, "size": 1, **parts}
    return Document(**given)  # type: ignore[arg-type]


def test_documents_belong_together_by_both_parties_or_as_versions_of_one_file() -> None:
    lease = document(parties=("Brightwater LLC", "COPPERFINCH, INC."), paths=("/a/lease.pdf",))
    same = document(parties=("Copperfinch, Inc.", "Brightwater LLC"), title="Parking")
    neighbour = document(parties=("Brightwater LLC", "Quince Ltd"), paths=("/a/quince.pdf",))
    assert belong_together(lease, same) and not belong_together(lease, neighbour)
    dated = document(parties=("Brightwater LLC on March 1, 2019", "Copperfinch, Inc."))
    assert belong_together(lease, dated)
    policy, newer = (document(title="Travel Policy", paths=(f"/p/travel-policy-{tag}.md",)) for tag in ("2023", "v2"))
    other = document(title="Travel Policy", paths=("/p/contractors.md",))
    assert belong_together(policy, newer) and not belong_together(policy, other)


def test_an_amendment_names_what_it_amends(assistant: Assistant) -> None:
    original = assistant.catalogue.document(add_contract(assistant))
    amendment = assistant.catalogue.document(add_amendment(assistant, parties=()))
    assert amends(amendment, original, assistant.catalogue)
    assert not may_amend(original, amendment) and not may_amend(amendment, amendment)
    elsewhere = dataclasses.replace(original, title="Storage Agreement")
    assert not amends(amendment, elsewhere, assistant.catalogue)


def test_the_later_document_is_known_only_by_two_dates() -> None:
    old, new, undated = (document(date=date) for date in ("2023-01-31", "2024-01-01", None))
    assert (later_of(old, new), later_of(new, old)) == (1, 0)
    assert later_of(old, undated) is None and later_of(old, old) is None
