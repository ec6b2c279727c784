"""The shelf: every published document under its path, replaced as a whole.

One writer swaps, any number of readers look; since what is on it is never changed, nobody needs a lock and nobody ever
sees half of a change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from types import MappingProxyType

from feeds.model import Document

NOT_FOUND = "/404.html"
"""The page for people who ask for what is not there."""

_NOTHING: Mapping[str, Document] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """What only those get who know a token."""

    token: str = field(repr=False)
    documents: Mapping[str, Document]
    """By path without the token: `/feeds/example.atom` is served at `/feeds/{token}/example.atom`."""
    moved: Mapping[str, str] = field(default_factory=dict)
    """Former ids of its topic, as below."""
    coming: AbstractSet[str] = frozenset()
    """Paths without the token, as below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """All that is published at one moment."""

    documents: Mapping[str, Document] = field(default_factory=lambda: _NOTHING)
    """By path, for everybody."""
    private: tuple[Private, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    """Topic ids of former times, and the one that took the place of each."""
    gone: AbstractSet[str] = frozenset()
    """Ids of topics that were published and are no more."""
    coming: AbstractSet[str] = frozenset()
    """Paths that documents link to and that will have a document soon."""


class Shelf:
    """Paths (`/feeds/example.atom`) to documents; empty until the first swap."""

    def __init__(self) -> None:
        self._stock = Stock()
        self._followers: list[Callable[[], None]] = []

    @property
    def stock(self) -> Stock:
        """What is published at this moment; a later swap does not change what you hold."""
        return self._stock

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents for everybody, likewise."""
        return self._stock.documents

    def swap(
        self,
        documents: Mapping[str, Document],
        *,
        private: tuple[Private, ...] = (),
        moved: Mapping[str, str] | None = None,
        gone: AbstractSet[str] = frozenset(),
        coming: AbstractSet[str] = frozenset(),
    ) -> None:
        """Publish all this at once in place of what there was."""
        self._stock = Stock(
            documents=MappingProxyType(dict(documents)),
            private=private,
            moved=dict(moved or {}),
            gone=gone,
            coming=coming,
        )
        for told in tuple(self._followers):
            told()

    def follow(self, told: Callable[[], None]) -> Callable[[], None]:
        """Call `told` after every swap, in the thread that swaps; the answer ends that."""
        self._followers.append(told)
        return lambda: self._followers.remove(told)
