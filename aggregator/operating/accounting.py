"""What became of every entry that was ever taken in: sums that close, for each topic and for all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from aggregator.ingesting.intake import intakes
from aggregator.publishing.catch import Catch
from feeds.render import Prepared
from feeds.topics import collapsed
from storage.port import Store

ALL = ""
"""In place of a topic's id: all of them together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How the entries that were taken in ended, as a topic sees it: each in one way."""

    topic: str
    """`ALL`: an entry counts by the best end that it has in any topic, published before copy before passed over."""
    taken_in: int
    """Counted as they came."""
    published: int
    """Its feed itself shows them."""
    passed_over: int
    """It takes them, and they are older than its feed goes back: by `limit`, and archives have them, or by age."""
    copy: int
    """It takes them, and another entry stands for them: the text that they repeat, or, with `collapse = "stories"`,
    another telling."""
    not_matched: int
    held: int
    """Kept from every topic, with a reason."""
    pruned: int
    """Aged out of the store; counted as they left."""
    failed: int
    """They could not be kept, or no format can carry them."""

    @property
    def ends(self) -> int:
        """The sum of all ends."""
        return self.published + self.passed_over + self.copy + self.not_matched + self.held + self.pruned + self.failed

    @property
    def unaccounted(self) -> int:
        """Entries that came and are nowhere, or below 0, that are there and never came; 0: the sums close."""
        return self.taken_in - self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounting:
    """All accounts."""

    overall: Account
    topics: tuple[Account, ...]
    """In the order of the config."""

    @property
    def closes(self) -> bool:
        return not any(one.unaccounted for one in (self.overall, *self.topics))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ends:
    """Ids of entries, by how they ended in one topic or in all: those that it took."""

    published: AbstractSet[str] = frozenset()
    copy: AbstractSet[str] = frozenset()
    passed_over: AbstractSet[str] = frozenset()
    failed: AbstractSet[str] = frozenset()

    def __or__(self, other: _Ends) -> _Ends:
        published = self.published | other.published
        copy = (self.copy | other.copy) - published
        passed_over = (self.passed_over | other.passed_over) - published - copy
        failed = (self.failed | other.failed) - published - copy - passed_over
        return _Ends(published=published, copy=copy, passed_over=passed_over, failed=failed)


def account(store: Store, catches: Iterable[Catch], feed_of: Callable[[Catch], Prepared]) -> Accounting:
    """The accounts of what `store` holds and held; `feed_of` gives a topic's feed as it would be published now.

    What came and what left was counted in the commits in which it did, what is stored is counted now: that the two
    agree is what an account is for. Raises StoreError.
    """
    listed = [(catch.topic.id, _ends(catch, feed_of(catch))) for catch in catches]
    whole = _Ends()
    for _, ends in listed:
        whole |= ends
    counted, counts = tuple(intakes(store).values()), store.counts()
    stored, held = counts.entries, counts.held
    pruned, failed = sum(one.pruned for one in counted), sum(one.failed for one in counted)
    taken_in = sum(one.taken for one in counted) + failed

    def of(topic: str, ends: _Ends) -> Account:
        took = sum(map(len, (ends.published, ends.copy, ends.passed_over, ends.failed)))
        return Account(
            topic=topic,
            taken_in=taken_in,
            published=len(ends.published),
            passed_over=len(ends.passed_over),
            copy=len(ends.copy),
            not_matched=stored - held - took,
            held=held,
            pruned=pruned,
            failed=failed + len(ends.failed),
        )

    return Accounting(overall=of(ALL, whole), topics=tuple(of(topic, ends) for topic, ends in listed))


def _ends(catch: Catch, feed: Prepared) -> _Ends:
    free = [one for one in catch.candidates.values() if not (one.placement and one.placement.held)]
    tellings = collapsed(catch.topic.collapse, free)
    listed = {one.entry.id for one in feed.feed.entries}
    refused = {one.entry for one in feed.refused}
    return _Ends(
        published=listed - refused,
        copy={entry.id for one in tellings for entry in (*one.hidden, *one.others)},
        passed_over={one.shown.id for one in tellings} - listed,
        failed=refused,
    )
