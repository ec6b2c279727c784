"""What holds whatever a source is known by, and whatever it does to the names of its entries."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.identity import judge
from feeds.dedupe.recall import clues_of
from feeds.model import Entry, Held, Identity, Same
from tests.fakes.seen_entries import HOUR, MONDAY, seen
from tests.property.test_dedupe_rules import documents

IDENTITIES = st.sampled_from(Identity)
BODY = "of the day is told here in as many words as it takes to tell it apart from all others"


def take(known: dict[str, Entry], document: list[Entry], identity: Identity) -> list:
    judged = judge(document, known=list(known.values()), identity=identity)
    known |= {one.entry.id: one.entry for one in judged}
    return list(judged)


@given(IDENTITIES, st.lists(documents(), max_size=3))
def test_every_entry_has_one_verdict_and_none_is_met_twice(identity, history):
    known: dict[str, Entry] = {}
    for n, document in enumerate(history):
        later = [replace(entry, first_seen=MONDAY + n * HOUR) for entry in document]
        judged = take(known, later, identity)
        assert len(judged) == len(document)
        assert len({one.entry.id for one in judged}) == len({clues_of(entry) for entry in document})


@given(IDENTITIES, st.lists(documents(), max_size=2))
def test_a_document_read_again_says_nothing_new(identity, history):
    known: dict[str, Entry] = {}
    for document in history:
        judged = take(known, document, identity)
        again = take(dict(known), document, identity)
        assert [one.entry.id for one in again] == [one.entry.id for one in judged]
        assert all(isinstance(one.verdict, Same) for one in again)


def articles(numbers: list[int]) -> list[Entry]:
    return [
        seen(f"{n}", f"https://daily.example/{n}", f"Number {n}", summary=f"{n} {BODY}", published=MONDAY - n * HOUR)
        for n in numbers
    ]


def renamed(entry: Entry, n: int, *, at, shift: timedelta, address: bool) -> Entry:
    url = f"https://new.example/{n}" if address else entry.url
    return seen(f"node-{n}", url, entry.title, summary=entry.summary, at=at, published=entry.published + shift)


@given(
    st.lists(st.integers(1, 60), min_size=3, max_size=12, unique=True),
    st.randoms(use_true_random=False),
    st.sampled_from([timedelta(0), timedelta(hours=3), timedelta(hours=-8)]),
    st.booleans(),
)
def test_after_a_redesign_every_known_entry_is_met_and_nothing_old_is_news(numbers, chance, shift, address):
    known = articles(numbers)
    document = [renamed(entry, n, at=MONDAY + HOUR, shift=shift, address=address) for n, entry in enumerate(known)]
    dug_up = seen("old", "https://new.example/old", "From the archive", published=MONDAY - 99 * HOUR, at=MONDAY + HOUR)
    shuffled = chance.sample([*document, dug_up], len(document) + 1)
    judged = judge(shuffled, known=known)
    met = {one.entry.id for one in judged if not isinstance(one.verdict, Held)}
    assert met == {entry.id for entry in known}
    assert [one.entry.title for one in judged if isinstance(one.verdict, Held)] == ["From the archive"]
