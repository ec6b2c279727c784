"""What holds for every document and every memory, drawn from few enough values that everything collides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.identity import Clues, assign_ids, judge
from feeds.dedupe.recall import clues_of
from feeds.model import Entry, Revised
from tests.fakes.seen_entries import HOUR, MONDAY, seen

GUIDS = st.sampled_from(["", "1", "2", "http://a.example/1", "https://a.example/1"])
URLS = st.sampled_from(
    ["", "https://a.example/", "https://a.example/1", "https://a.example/1?utm_id=3", "https://a.example/2"]
)
TITLES = st.sampled_from(["Morning", "Noon", "Evening"])
SUMMARIES = st.sampled_from(["", "Short.", "Longer."])
DATES = st.sampled_from([None, MONDAY - HOUR, MONDAY - 2 * HOUR])


def documents(source: str = "daily", at=MONDAY) -> st.SearchStrategy[list[Entry]]:
    entries = st.builds(
        seen, GUIDS, URLS, TITLES, summary=SUMMARIES, published=DATES, source=st.just(source), at=st.just(at)
    )
    return st.lists(entries, max_size=6)


CLUES = st.lists(st.builds(Clues, guid=GUIDS, canonical_url=URLS, fingerprint=TITLES), max_size=8)


class Remembered:
    """A store's part in it: everything is kept, everything is known."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}

    def take(self, document: list[Entry]):
        judged = judge(document, known=list(self.entries.values()))
        self.entries |= {one.entry.id: one.entry for one in judged}
        return judged


HISTORIES = st.tuples(
    documents(at=MONDAY),
    documents("digest", MONDAY + HOUR),
    documents(at=MONDAY + 2 * HOUR),
    documents(at=MONDAY + 3 * HOUR),
)


@given(CLUES, st.randoms(use_true_random=False))
def test_ids_do_not_depend_on_the_order_of_the_document(clues, chance):
    shuffled = chance.sample(range(len(clues)), len(clues))
    ids = assign_ids("daily", clues)
    assert assign_ids("daily", [clues[n] for n in shuffled]) == tuple(ids[n] for n in shuffled)


@given(CLUES)
def test_ids_are_equal_exactly_when_the_clues_are(clues):
    ids = assign_ids("daily", clues)
    assert len(set(ids)) == len(set(clues))
    assert len(set(zip(ids, clues, strict=True))) == len(set(clues))


@given(HISTORIES)
def test_every_entry_has_one_verdict_in_its_place(history):
    remembered = Remembered()
    for document in history:
        judged = remembered.take(document)
        assert [(one.entry.source, one.entry.title, one.entry.summary) for one in judged] == [
            (entry.source, entry.title, entry.summary) for entry in document
        ]


@given(HISTORIES)
def test_judging_a_document_again_finds_nothing_new(history):
    remembered = Remembered()
    for document in history:
        judged = remembered.take(document)
        again = [replace(entry, first_seen=entry.first_seen + timedelta(days=1)) for entry in document]
        kinds = [type(one.verdict).__name__ for one in judge(again, known=list(remembered.entries.values()))]
        assert kinds == ["Same"] * len(judged)


@given(HISTORIES)
def test_nothing_that_a_document_told_apart_is_merged_and_nothing_known_is_lost(history):
    remembered = Remembered()
    for document in history:
        before = dict(remembered.entries)
        judged = remembered.take(document)
        assert len({one.entry.id for one in judged}) == len({clues_of(entry) for entry in document})
        for known in before.values():
            now = remembered.entries[known.id]
            assert (now.source, now.first_seen) == (known.source, known.first_seen)


@given(HISTORIES)
def test_a_revision_keeps_what_it_replaces(history):
    remembered = Remembered()
    for document in history:
        before = dict(remembered.entries)
        for one in remembered.take(document):
            assert (one.revision is not None) == isinstance(one.verdict, Revised)
            if one.revision:
                old = before[one.entry.id]
                assert (one.revision.title, one.revision.number) == (old.title, old.revision)
                assert (one.entry.revision, one.entry.updated >= old.updated) == (old.revision + 1, True)


@given(documents(), st.randoms(use_true_random=False))
def test_what_is_known_may_come_in_any_order(document, chance):
    remembered = Remembered()
    remembered.take(document)
    known = list(remembered.entries.values())
    later = [replace(entry, summary="Edited.") for entry in document]
    assert judge(later, known=known) == judge(later, known=chance.sample(known, len(known)))
