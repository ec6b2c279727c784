"""TinyDB on the journal, through its own extension points; the only importer of tinydb.

`JournalDB` is an ordinary `tinydb.TinyDB`: tables, documents, `Query` search, update, upsert, remove. Its `Storage`
holds all documents in memory and writes only what changed, as one record; its `Table` finds out what that is.

A record's payload is a JSON array with one line for each document, so that each can be found and read alone:

    ["entries","17",{…}]   the document stands now        ["entries"]        the table exists, even without documents
    ["entries","17",null]  the document was removed       ["entries",null]   the table was dropped
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, cast

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from feeds.errors import StoreError
from storage.codec import Document, share_strings
from storage.frames import Record

Documents = dict[str, Document]
"""A table: documents by their number in TinyDB, as text."""
Edits = Mapping[str, Mapping[str, Document | None] | None]
"""What changes: by table, by number; None for what goes."""
Append = Callable[[bytes], object]
"""Makes a payload durable, or raises a `StoreError`."""
Watch = Callable[[str, str, Document | None, Document | None], None]
"""Told of every document that changed: table, number, what it was, what it is."""


class JournalStorage(Storage):
    """All tables in memory; what changes goes to the journal first.

    Documents are replaced, never changed in place: whoever holds one has a snapshot.
    """

    def __init__(self, watch: Watch) -> None:
        self._tables: dict[str, Documents] = {}
        self._append: Append = _refuse
        self._watch = watch

    def replay(self, record: Record) -> None:
        """Take in a record that is already in the journal; raises `ValueError` when it is not one of this module's."""
        try:
            lines = json.loads(record.payload)
            for table, *rest in lines:
                self._apply(table, *rest)
        except (TypeError, KeyError) as error:
            raise ValueError(f"this is no change of documents ({error})") from error

    def write_to(self, append: Append) -> None:
        """From now on changes are welcome and go through `append`."""
        self._append = append

    def commit(self, edits: Edits) -> None:
        """Make `edits`, plain JSON, durable as one record, then visible; raises `StoreError`, and changes nothing."""
        lines = list(_lines(edits))
        if lines:
            self._append(_payload(lines))
            for table, *rest in lines:
                self._apply(table, *rest)

    def _apply(self, table: str, *rest: Any) -> None:  # noqa: ANN401 - what JSON brings
        match rest:
            case ():
                self._tables.setdefault(table, {})
            case (None,):
                for number, gone in self._tables.pop(table, {}).items():
                    self._watch(table, number, gone, None)
            case (str(number), None):
                gone = self._tables[table].pop(number)
                self._watch(table, number, gone, None)
            case (str(number), dict(document)):
                documents = self._tables.setdefault(table, {})
                before = documents.get(number)
                documents[number] = after = share_strings(document)
                self._watch(table, number, before, after)
            case _:
                raise ValueError(f"no line of a record: {table!r}, {rest!r}")

    def read(self) -> dict[str, Documents] | None:
        """The tables as they are: the documents are not to be changed. None as long as there are none."""
        return dict(self._tables) or None

    def write(self, data: Mapping[str, Mapping[str, Document]]) -> None:
        """Make the tables equal `data`: what TinyDB does to drop tables. Only the difference is written."""
        edits: dict[str, Mapping[str, Document | None] | None] = dict.fromkeys(self._tables.keys() - data.keys())
        for name, documents in data.items():
            stored = self._tables.get(name)
            if stored is not documents:
                difference = _difference(stored or {}, {str(key): plain(value) for key, value in documents.items()})
                if difference or stored is None:
                    edits[name] = difference
        self.commit(edits)


class JournalTable(Table):
    """A table that writes the documents that an operation changed, and no others."""

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        """Let `updater` change a draft of the table, then write what differs; when it raises, nothing has changed."""
        stored: Documents | None = (self._storage.read() or {}).get(self.name)
        draft = _Draft(stored or {})
        updater(cast("dict[int, Mapping[str, Any]]", draft))
        edits = draft.edits()
        if edits or stored is None:
            cast("JournalStorage", self._storage).commit({self.name: edits})
        self.clear_cache()

    def next_number(self) -> str:
        """A number that no document of this table has."""
        return str(self._get_next_id())  # type: ignore[no-untyped-call] # tinydb leaves this one unannotated


class JournalDB(TinyDB):
    """A `tinydb.TinyDB` whose commits are records of a journal: `JournalDB(watch)`."""

    default_storage_class = JournalStorage  # type: ignore[assignment] # tinydb's own documented extension point
    table_class = JournalTable

    @property
    def journal(self) -> JournalStorage:
        return cast("JournalStorage", self.storage)

    def documents(self, table: str) -> Mapping[str, Document]:
        """The documents of a table by number, not to be changed."""
        return (self.journal.read() or {}).get(table, {})

    def next_number(self, table: str) -> str:
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
        """Copies of what was asked for, for TinyDB changes documents in place; None: deleted."""

    def __getitem__(self, number: int) -> Document:
        if number not in self._touched:
            self._touched[number] = _copy(self._stored[str(number)])
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
        return str(number) in self._stored

    def __iter__(self) -> Iterator[int]:
        stored = [int(number) for number in self._stored]
        yield from (number for number in stored if number in self)
        yield from (number for number in list(self._touched) if number in self and str(number) not in self._stored)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Remove all: the inherited way looks for the first document again after each one."""
        self._touched = dict.fromkeys(map(int, self._stored))

    def edits(self) -> dict[str, Document | None]:
        """What differs from the stored table, as plain JSON."""
        changed = {
            str(number): None if document is None else plain(document)
            for number, document in self._touched.items()
            if document != self._stored.get(str(number))
        }
        return {number: document for number, document in changed.items() if document != self._stored.get(number)}


def plain(document: Mapping[str, Any]) -> Document:
    """`document` as it will be after reading it back; raises `TypeError` for what JSON cannot hold, as TinyDB does."""
    return cast("Document", json.loads(json.dumps(dict(document))))


def _copy(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {key: _copy(one) for key, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list) else value


def _difference(old: Documents, new: Documents) -> dict[str, Document | None]:
    gone: dict[str, Document | None] = dict.fromkeys(old.keys() - new.keys())
    return gone | {number: document for number, document in new.items() if document != old.get(number)}


def _lines(edits: Edits) -> Iterator[list[Any]]:
    for table, documents in edits.items():
        if documents:
            yield from ([table, number, document] for number, document in documents.items())
        else:
            yield [table] if documents is not None else [table, None]


def _payload(lines: list[list[Any]]) -> bytes:
    """One JSON array, one line for each document; lone surrogates go through."""
    text = ",\n".join([_ENCODER.encode(line) for line in lines])
    return f"[{text}]".encode("utf-8", "surrogatepass")


_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))


def _refuse(payload: bytes) -> None:
    raise StoreError(f"the store was opened for reading only: {len(payload)} bytes of changes were not written")
