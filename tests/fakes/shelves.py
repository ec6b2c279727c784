"""What a database holds of what is published, in memory: for those who write there, and those who follow."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

from feeds.errors import StoreError
from feeds.model import Document
from storage.published import Key, Known, NothingPublished, Swapped, sign_of


class MemoryShelf:
    """`storage.published.Documents`, and what `connect` gives follows it."""

    def __init__(self) -> None:
        self.documents: dict[Key, Document] = {}
        self.rest = b""
        self.versions: list[tuple[dict[Key, Document | None], bytes]] = []
        self.first = 0
        """The version before the first one: no database gives a number that another one gave before."""
        self.refusal = ""
        """Why nothing can be done; empty: it can."""
        self.looks = 0
        """How often somebody asked what is there."""
        self.connections = 0
        self.changed = threading.Condition()

    def known(self) -> Known:
        self._refuse()
        self.looks += 1
        return Known(signs={key: sign_of(one) for key, one in self.documents.items()}, rest=self.rest)

    def swap(self, changed: Mapping[Key, Document], gone: Iterable[Key], *, rest: bytes) -> None:
        self._refuse()
        taken = dict.fromkeys(gone)
        with self.changed:
            self.documents = {key: one for key, one in (self.documents | changed).items() if key not in taken}
            self.rest = rest
            self.versions.append(({**changed, **taken}, rest))
            self.changed.notify_all()

    def forget(self) -> None:
        """Be another database, in which nothing was ever published."""
        with self.changed:
            self.first += len(self.versions)
            self.documents, self.rest, self.versions = {}, b"", []

    def connect(self) -> MemoryFollowed:
        self._refuse()
        self.connections += 1
        return MemoryFollowed(self)

    def refuse(self, reason: str) -> None:
        """From now on, everything, also what is under way; "": nothing."""
        with self.changed:
            self.refusal = reason
            self.changed.notify_all()

    def _refuse(self) -> None:
        if self.refusal:
            raise StoreError(self.refusal)


class MemoryFollowed:
    def __init__(self, shelf: MemoryShelf) -> None:
        self._shelf = shelf
        self._heard = 0
        self._cut = False

    def listen(self) -> None:
        self._heard = len(self._shelf.versions)

    def newer(self, version: int) -> Swapped | None:
        shelf = self._shelf
        with shelf.changed:
            self._refuse()
            if not shelf.versions:
                raise NothingPublished
            self._heard = len(shelf.versions)
            latest = shelf.first + self._heard
            if version == latest:
                return None
            if not shelf.first < version < latest:
                return Swapped(version=latest, rest=shelf.rest, whole=True, documents=shelf.documents)
            found: dict[Key, Document | None] = {}
            for documents, _ in shelf.versions[version - shelf.first :]:
                found |= documents
            return Swapped(version=latest, rest=shelf.rest, whole=False, documents=found)

    def heard(self, seconds: float) -> bool:
        shelf = self._shelf
        with shelf.changed:
            shelf.changed.wait_for(
                lambda: len(shelf.versions) != self._heard or shelf.refusal or self._cut, timeout=seconds
            )
            self._refuse()
            return len(shelf.versions) != self._heard

    def cut(self) -> None:
        with self._shelf.changed:
            self._cut = True
            self._shelf.changed.notify_all()

    def close(self) -> None:
        pass

    def _refuse(self) -> None:
        if self._cut or self._shelf.refusal:
            raise StoreError(self._shelf.refusal or "cut")
