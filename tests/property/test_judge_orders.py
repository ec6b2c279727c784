"""Where entries stand does not depend on how they arrived, nor on whether there was a restart between them."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from aggregator.ingesting.judge import Judge, commit_judged
from feeds.dedupe.fingerprint import fingerprint
from feeds.dedupe.shingles import TEXT, text_part
from feeds.dedupe.sketch import write_parts
from feeds.dedupe.terms import LABEL, Terms
from feeds.errors import StoreFailed
from feeds.model import Entry, Placement
from storage.memory import MemoryStore
from storage.port import Change, Store
from tests.budget import examples
from tests.fakes.seen_entries import seen
from tests.fakes.stores import new_store
from tests.fakes.wire import FERRY, HOUR, MONDAY, TREATY, near_copies

TERMS = Terms()
TEXTS = [*near_copies(TREATY), *near_copies(FERRY), f"{TREATY} {FERRY}", "Fog over Lindholm closes the port for a day."]
TITLES = ("River treaty signed in Lindholm", "Ferry runs aground off Sandholm", "Fog over Lindholm")


def sketched(title: str, text: str) -> str:
    return write_parts({TEXT: text_part(title, text), LABEL: TERMS.of(title, text, "en")})


@st.composite
def told(draw, *, days: int) -> list[Entry]:
    """Up to eight entries of five sources, seen within so many days."""
    entries = []
    hours = 24 * days
    for number in range(draw(st.integers(2, 8))):
        source, text, title = draw(st.integers(0, 4)), draw(st.sampled_from(TEXTS)), draw(st.sampled_from(TITLES))
        hour = draw(st.integers(0, hours))
        address = draw(st.integers(0, 3))
        url = f"https://source-{source}.example/{number}" if address else f"https://shared.example/{number % 2}"
        entry = seen(
            f"guid-{number}",
            url,
            title,
            summary=text,
            source=f"source-{source}",
            at=MONDAY + hour * HOUR,
            published=MONDAY + (hour - draw(st.sampled_from([0, 1, 30]))) * HOUR,
            language=draw(st.sampled_from(["en", "en", "uk"])),
            sketch=sketched(title, text),
        )
        entries.append(entry)
    return entries


def take(store: Store, judge: Judge, entries: list[Entry]) -> None:
    commit_judged(store, judge, Change(entries=tuple(entries)), new=entries)


def placed(store: Store) -> dict[str, tuple[str | None, str | None]]:
    found = store.placements(entry.id for entry in store.entries())
    linked = {one: (placement.copy_of, placement.edition_of) for one, placement in found.items()}
    return {one: links for one, links in linked.items() if any(links)}


@examples(40)
@given(told(days=4), st.data())
def test_copies_do_not_depend_on_the_order_of_arrival(entries, data):
    answers = []
    for order in (entries, data.draw(st.permutations(entries))):
        store = new_store()
        judge = Judge(store, ranks={"source-3": 2})
        for entry in order:
            take(store, judge, [entry])
        answers.append(placed(store))
    together = new_store()
    take(together, Judge(together, ranks={"source-3": 2}), entries)
    assert answers[0] == answers[1] == placed(together)


@st.composite
def passes(draw) -> list[tuple[list[Entry], list[Entry]]]:
    """The entries of `told` one after the other, and edits of some of them: (new, edited) of each pass."""
    entries = sorted(draw(told(days=draw(st.sampled_from([1, 10])))), key=lambda entry: entry.first_seen)
    found: list[tuple[list[Entry], list[Entry]]] = []
    latest: dict[str, Entry] = {}
    for entry in entries:
        if latest and draw(st.integers(0, 2)) == 0:
            known = latest[draw(st.sampled_from(sorted(latest)))]
            title, text = draw(st.sampled_from(TITLES)), draw(st.sampled_from(TEXTS))
            latest[known.id] = replace(
                known,
                title=title,
                summary=text,
                fingerprint=fingerprint(title, text),
                sketch=sketched(title, text),
                revised=entry.first_seen,
                revision=known.revision + 1,
            )
            found.append(([], [latest[known.id]]))
        latest[entry.id] = entry
        found.append(([entry], []))
    return found


class Refusing(MemoryStore):
    """Refuses the next commit, if it is told to."""

    refuses = False

    def commit(self, change: Change) -> None:
        if self.refuses:
            self.refuses = False
            raise StoreFailed("no room")
        super().commit(change)


def through(
    listed: list[tuple[list[Entry], list[Entry]]], *, restarts: Collection[int] = (), refused: Collection[int] = ()
) -> dict[str, Placement]:
    """The placements in the end, with new judges before some passes and commits of some refused at first."""
    store = Refusing()
    judge = Judge(store)
    for number, (new, edited) in enumerate(listed):
        if number in restarts:
            judge = Judge(store)
        change = Change(entries=(*new, *edited))
        if number in refused:
            store.refuses = True
            with suppress(StoreFailed):
                commit_judged(store, judge, change, new=new, edited=edited)
        commit_judged(store, judge, change, new=new, edited=edited)
    return dict(store.placements(entry.id for entry in store.entries()))


@examples(40)
@given(passes(), st.sets(st.integers(0, 15)))
def test_restarts_change_no_placement(listed, numbers):
    assert through(listed, restarts=numbers) == through(listed)


@examples(40)
@given(passes(), st.sets(st.integers(0, 15), min_size=1))
def test_commits_that_are_refused_leave_no_trace(listed, numbers):
    assert through(listed, refused=numbers) == through(listed)
