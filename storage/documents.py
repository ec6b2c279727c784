"""TinyDB on the journal, through its own extension points; the only importer of tinydb.

`JournalDB` is an ordinary `tinydb.TinyDB`: tables, documents, `Query` search, update, upsert, remove. Its `Storage`
knows where in the journal each document stands, reads it when it is asked for, and writes only what changed, as one
record (`storage.lines`); its `Table` finds out what that is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, cast

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from feeds.errors import StoreError, StoreFailed
from storage.codec import Document
from storage.frames import Record
from storage.lines import Edits, Line, Place, length_of, lines_in, payload_of
from storage.places import NONE, Places
from storage.reading import JournalReader

Append = Callable[[bytes], Record]
"""Makes a payload durable, or raises a `StoreError`."""
Watch = Callable[[str, int, Document | None, Document | None], None]
"""Told of every document that changed: table, number, what it was, what it is."""


class JournalStorage(Storage):
    """Which documents there are, and where; what changes goes to the journal first."""

    def __init__(self, watch: Watch) -> None:
        self._tables: dict[str, Places] = {}
        self._reader: JournalReader | None = None
        self._append: Append = _refuse
        self._watch = watch
        self.live = 0
        """Bytes of the journal that are documents which still stand."""
        self.behind = ""
        """Why less is known here than the journal holds; empty: all of it is known."""

    def start(self, reader: JournalReader, tables: dict[str, Places]) -> None:
        """Begin with documents that `reader` has; the watch knows them already."""
        self._reader = reader
        self._tables = tables
        self.live = sum(map(_size_of_all, tables.values()))

    def switch(self, reader: JournalReader, tables: dict[str, Places]) -> object:
        """Go on with the same documents in another file; returns what is no longer needed."""
        old = (self._reader, self._tables)
        self._reader, self._tables = reader, tables
        return old

    def write_to(self, append: Append) -> None:
        """From now on changes are welcome and go through `append`."""
        self._append = append

    def commit(self, edits: Edits) -> None:
        """Make `edits`, plain JSON, durable as one record, then visible; raises `StoreError`, and changes nothing.

        Where memory ends in between, nothing more is taken: the record is in the journal, and not all of it known here.
        """
        if self.behind:
            raise StoreFailed(f"{self.behind}; the store takes nothing more until it is opened again")
        payload = payload_of(edits)
        if not payload:
            return
        changed = [(table, number) for table, documents in edits.items() for number in documents or ()]
        dropped = [(table, n) for table, documents in edits.items() if documents is None for n in self.places(table)]
        before = {one: self._at(*one) for one in (*changed, *dropped)}
        record = self._append(payload)
        try:
            for line in lines_in(payload, record.begin):
                self._move(line)
            for (table, number), document in before.items():
                self._watch(table, number, document, (edits[table] or {}).get(number))
        except BaseException as error:
            self.behind = f"{self.reader.path} has a change that could not be taken in ({type(error).__name__})"
            if isinstance(error, Exception):
                raise StoreFailed(f"{self.behind}; nothing of it is acknowledged") from error
            raise

    @property
    def reader(self) -> JournalReader:
        """What has the documents; asked for only where there are some."""
        return cast("JournalReader", self._reader)

    def places(self, table: str) -> Places:
        """Where the documents of a table stand; not to be changed."""
        return self._tables.get(table, NONE)

    def tables(self) -> Mapping[str, Places]:
        """All tables; not to be changed."""
        return self._tables

    def read(self) -> dict[str, Documents] | None:  # type: ignore[override] # TinyDB needs no more than a Mapping
        """The tables as they are now, read as they are asked for. None as long as there are none."""
        return {name: Documents(name, places.copy(), self._reader) for name, places in self._tables.items()} or None

    def stored(self, table: str) -> Documents | None:
        """A table as it is at any time, read as it is asked for; None: it is not there."""
        places = self._tables.get(table)
        return None if places is None else Documents(table, places, self._reader)

    def write(self, data: Mapping[str, Mapping[str, Document]]) -> None:
        """Make the tables equal `data`: what TinyDB does to drop tables. Only the difference is written."""
        edits: dict[str, Mapping[int, Document | None] | None] = dict.fromkeys(self._tables.keys() - data.keys())
        for name, documents in data.items():
            places = self._tables.get(name)
            if isinstance(documents, Documents) and documents.places == places:
                continue
            difference = _difference(self.stored(name) or {}, documents)
            if difference or places is None:
                edits[name] = difference
        self.commit(edits)

    def _at(self, table: str, number: int) -> Document | None:
        place = self.places(table).get(number)
        return None if place is None else self.reader.document(table, place)

    def _move(self, line: Line) -> None:
        if line.number is None:
            self.live -= _size_of_all(self.places(line.table)) if line.place is None else 0
        else:
            self.live += _size(line.place) - _size(self.places(line.table).get(line.number))
        move(self._tables, line)


def _size(place: Place | None) -> int:
    """Bytes of the journal that a document takes: with its table and number, about 30 more than its JSON."""
    return 0 if place is None else length_of(place) + 30


def _size_of_all(places: Places) -> int:
    return places.size + 30 * len(places)


def move(tables: dict[str, Places], line: Line) -> None:
    """Take in what a line says; raises `ValueError` when it removes what is not there."""
    match line.number, line.place:
        case None, None:
            tables.pop(line.table, None)
        case None, _:
            tables.setdefault(line.table, Places())
        case number, None:
            if tables.get(line.table, NONE).pop(number, None) is None:
                raise ValueError(f"document {number} of {line.table!r} is removed, and was never there")
        case number, place:
            (tables.get(line.table) or tables.setdefault(line.table, Places()))[number] = place


class Documents(Mapping[str, Document]):
    """Documents by number, as TinyDB wants them, each read from the journal when it is asked for."""

    def __init__(self, table: str, places: Places, reader: JournalReader | None) -> None:
        self.places = places
        self._table = table
        self._reader = cast("JournalReader", reader)  # who has places has something to read them from

    def __getitem__(self, number: str) -> Document:
        place = self.places[int(number)]
        return self._reader.document(self._table, place)

    def __contains__(self, number: object) -> bool:
        return int(cast("str", number)) in self.places

    def __iter__(self) -> Iterator[str]:
        return map(str, self.places)

    def __len__(self) -> int:
        return len(self.places)


class JournalTable(Table):
    """A table that writes the documents that an operation changed, and no others."""

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        """Let `updater` change a draft of the table, then write what differs; when it raises, nothing has changed."""
        storage = cast("JournalStorage", self._storage)
        stored = storage.stored(self.name)
        draft = _Draft(Documents(self.name, Places(), None) if stored is None else stored)
        updater(cast("dict[int, Mapping[str, Any]]", draft))
        edits = draft.edits()
        if edits or stored is None:
            storage.commit({self.name: edits})
        self.clear_cache()

    def next_number(self) -> int:
        """A number that no document of this table has."""
        return cast("int", self._get_next_id())  # type: ignore[no-untyped-call] # tinydb leaves this one unannotated


class JournalDB(TinyDB):
    """A `tinydb.TinyDB` whose commits are records of a journal: `JournalDB(watch)`."""

    default_storage_class = JournalStorage  # type: ignore[assignment] # tinydb's own documented extension point
    table_class = JournalTable

    @property
    def journal(self) -> JournalStorage:
        return cast("JournalStorage", self.storage)

    def next_number(self, table: str) -> int:
        """A number that no document of `table` has."""
        return cast("JournalTable", self.table(table)).next_number()

    def commit(self, edits: Edits) -> None:
        """Write changes of several tables, plain JSON, as one record; raises `StoreError`, and changes nothing."""
        self.journal.commit(edits)
        for name in edits:
            self.table(name).clear_cache()


class _Draft(MutableMapping[int, Document]):
    """A table that remembers what was done to it; the stored documents stay as they are."""

    def __init__(self, stored: Documents) -> None:
        self._stored = stored
        self._touched: dict[int, Document | None] = {}
        """What was read, for TinyDB changes documents in place, and what was put there; None: deleted."""

    def __getitem__(self, number: int) -> Document:
        if number not in self._touched:
            self._touched[number] = self._stored[str(number)]
        document = self._touched[number]
        if document is None:
            raise KeyError(number)
        return document

    def __setitem__(self, number: int, document: Document) -> None:
        self._touched[number] = document

    def __delitem__(self, number: int) -> None:
        if number not in self:
            raise KeyError(number)
        self._touched[number] = None

    def __contains__(self, number: object) -> bool:
        if number in self._touched:
            return self._touched[number] is not None
        return number in self._stored.places

    def __iter__(self) -> Iterator[int]:
        stored = self._stored.places
        yield from (number for number in list(stored) if number in self)
        yield from (number for number in list(self._touched) if number in self and number not in stored)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Remove all: the inherited way looks for the first document again after each one."""
        self._touched = dict.fromkeys(self._stored.places)

    def edits(self) -> dict[int, Document | None]:
        """What differs from the stored table, as plain JSON."""
        changed = {number: document and plain(document) for number, document in self._touched.items()}
        return {
            number: document
            for number, document in changed.items()
            if (document is None or document != self._stored.get(str(number)))
            and not (document is None and number not in self._stored.places)
        }


def plain(document: Mapping[str, Any]) -> Document:
    """`document` as it will be after reading it back; raises `TypeError` for what JSON cannot hold, as TinyDB does."""
    return cast("Document", json.loads(json.dumps(dict(document))))


def _difference(old: Mapping[str, Document], new: Mapping[str, Document]) -> dict[int, Document | None]:
    after = {str(key): plain(value) for key, value in new.items()}
    gone: dict[int, Document | None] = {int(key): None for key in old if key not in after}
    return gone | {int(key): document for key, document in after.items() if document != old.get(key)}


def _refuse(payload: bytes) -> Record:
    raise StoreError(f"the store was opened for reading only: {len(payload)} bytes of changes were not written")
