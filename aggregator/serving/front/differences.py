"""How a shelf gets into another process: what is different goes across, and is published there at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import timedelta
from itertools import zip_longest

from aggregator.publishing.shelf import Private, Shelf, Stock
from aggregator.serving.front.wire import Behind, Drop, Put, Swap, ToFront, WireError
from feeds.model import Document

_NOTHING: Mapping[str, Document] = {}
_ABOUT = tuple(one.name for one in fields(Document) if one.name not in {"body", "gzip"})


def differences(
    before: Stock, after: Stock, *, number: int, max_age: timedelta
) -> Iterator[tuple[ToFront, tuple[bytes, ...]]]:
    """What turns `before`, which is there, into `after`: messages with their bodies in parts, the last one a `Swap`."""
    for place, (old, new) in enumerate(zip_longest(places(before), places(after), fillvalue=_NOTHING)):
        for path in old.keys() - new.keys():
            yield Drop(place=place, path=path), ()
        for path, made in new.items():
            known = old.get(path)
            if known is not made and known != made:
                yield _put(place, path, made), (made.body, made.gzip)
    yield swap_of(after, number=number, max_age=max_age), ()


def swap_of(stock: Stock, *, number: int, max_age: timedelta) -> Swap:
    """All that is published besides documents; the same for the same stock."""
    return Swap(
        number=number,
        private=tuple(
            Behind(token=one.token, moved=tuple(one.moved.items()), coming=tuple(sorted(one.coming)))
            for one in stock.private
        ),
        moved=tuple(stock.moved.items()),
        gone=tuple(sorted(stock.gone)),
        coming=tuple(sorted(stock.coming)),
        max_age=max_age,
    )


def places(stock: Stock) -> list[Mapping[str, Document]]:
    """The documents for everybody, then those behind each token."""
    return [stock.documents, *(one.documents for one in stock.private)]


def _put(place: int, path: str, made: Document) -> Put:
    about = {name: getattr(made, name) for name in _ABOUT}  # a field that has no place in `Put` stops every publishing
    return Put(place=place, path=path, plain=len(made.body), **about)


class Replica:
    """The shelf on the other side: what arrives is kept apart until a `Swap` publishes all of it."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.max_age = timedelta()
        """For documents that do not say how long they are fresh."""
        self._places: list[dict[str, Document]] = [{}]

    def take(self, message: ToFront, body: bytes) -> None:
        """One document more or less at the next swap. Raises WireError."""
        match message:
            case Put():
                self._put(message, body)
            case Drop(place=place, path=path):
                self.lay(place, path, None)
            case _:
                raise WireError(f"{type(message).__name__} out of turn")

    def _put(self, message: Put, body: bytes) -> None:
        if message.plain > len(body):
            raise WireError("half a document")
        about = {name: getattr(message, name) for name in _ABOUT}
        made = Document(body=body[: message.plain], gzip=body[message.plain :], **about)
        self.lay(message.place, message.path, made)

    def clear(self) -> None:
        """Have no document from the next swap on, but for what is laid there until then."""
        self._places = [{}]

    def lay(self, place: int, path: str, document: Document | None) -> None:
        """Have `document` there from the next swap on; None: no document."""
        if document is None:
            self._place(place).pop(path, None)
        else:
            self._place(place)[path] = document

    def swap(self, message: Swap) -> None:
        """Publish all that came, in place of what there was."""
        self._place(len(message.private))
        del self._places[len(message.private) + 1 :]
        self.max_age = message.max_age
        self.shelf.swap(
            self._places[0],
            private=tuple(
                Private(
                    token=one.token,
                    documents=dict(documents),
                    moved=dict(one.moved),
                    coming=frozenset(one.coming),
                )
                for one, documents in zip(message.private, self._places[1:], strict=True)
            ),
            moved=dict(message.moved),
            gone=frozenset(message.gone),
            coming=frozenset(message.coming),
        )

    def _place(self, number: int) -> dict[str, Document]:
        while len(self._places) <= number:
            self._places.append({})
        return self._places[number]
