"""What is on the shelf gets into the database, for servers on other machines: what is different, as one swap."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from aggregator.cluster.rest import packed_rest
from aggregator.publishing.shelf import Stock
from aggregator.serving.front.differences import places
from feeds.model import Document
from storage.opening import Where, documents_beside
from storage.port import Store
from storage.published import Documents, Key, Known, sign_of

Elsewhere = Callable[[Stock], None]
"""Brings what is on the shelf to other machines; raises StoreError."""


def shelved(store: Store, where: Where, *, max_age: Callable[[], timedelta]) -> Elsewhere:
    """What brings it into the database behind `store`, which is open for writing at `where`; `nowhere` if it has none.

    `max_age` is for documents that do not say how long they are fresh.
    """
    documents = documents_beside(store, where)
    return Shelving(documents, max_age=max_age) if documents else nowhere


def nowhere(_: Stock) -> None:
    """Bring it to no other machine."""


class Shelving:
    """Keeps the database at what is published. For one caller at a time, who has the store."""

    def __init__(self, documents: Documents, *, max_age: Callable[[], timedelta]) -> None:
        """`max_age` is for documents that do not say how long they are fresh."""
        self._documents = documents
        self._max_age = max_age
        self._shown: tuple[Stock, timedelta] | None = None
        self._known: Known | None = None
        """What is there; None: that is not known, as at the start and after a refusal."""
        self._here: Mapping[Key, Document] = {}
        """Those of them that this one brought: thousands are the very same the next time, and need not be compared."""

    def __call__(self, stock: Stock) -> None:
        """Bring `stock` there. Raises StoreError; the next call then begins with a look at what is there.

        An archive that is still to come stays as another one left it: servers go on with it until the new one is there.
        """
        max_age = self._max_age()
        if self._known and self._shown and self._shown[0] is stock and self._shown[1] == max_age:
            return
        known, self._known = self._known or self._documents.known(), None
        here = {(place, path): made for place, found in enumerate(places(stock)) for path, made in found.items()}
        fresh = {key: sign_of(made) for key, made in here.items() if self._here.get(key) is not made}
        self._here = {}
        changed = {key: here[key] for key, sign in fresh.items() if known.signs.get(key) != sign}
        gone = {key for key in known.signs.keys() - here.keys() if not _is_coming(key, stock)}
        rest = packed_rest(stock, max_age=max_age)
        if changed or gone or rest != known.rest:
            self._documents.swap(changed, gone, rest=rest)
        signs = {key: sign for key, sign in known.signs.items() if key not in gone} | fresh
        self._known, self._here = Known(signs=signs, rest=rest), here
        self._shown = stock, max_age


def _is_coming(key: Key, stock: Stock) -> bool:
    place, path = key
    if place == 0:
        return path in stock.coming
    return place <= len(stock.private) and path in stock.private[place - 1].coming
