"""What TinyDB's documentation promises, on our journal: each operation, then the same after reopening."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from tinydb import Query, TinyDB, where
from tinydb.operations import delete, increment
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from storage.documents import JournalDB
from storage.frames import Record, scan
from storage.loading import load_for_writing
from storage.port import Change, Keys
from storage.tinydb_store import open_store
from tests.fakes.stored_values import entry_of

BOATS = [
    {"name": "Ada", "crew": ["Li", "Bo"], "knots": 9},
    {"name": "Бриз", "crew": [], "knots": 12, "port": {"city": "Одеса"}},
    {"name": "Cod", "crew": ["Al"], "knots": 5},
]


def open_database(folder: Path):
    loaded = load_for_writing(folder / "journal")
    database = JournalDB(loaded.index.note)
    database.journal.start(loaded.reader, loaded.tables)
    database.journal.write_to(loaded.journal.append)
    return database


def everything(database: TinyDB) -> dict:
    return {name: {one.doc_id: dict(one) for one in database.table(name)} for name in database.tables()}


def payloads(folder: Path) -> list[str]:
    found = scan(io.BytesIO((folder / "journal").read_bytes()))
    return [one.payload.decode() for one in found if isinstance(one, Record)]


OPERATIONS = {
    "insert": lambda db: db.insert({"name": "Dot", 7: ("a", None), "x": {"y": 1.5}}),
    "insert a document with its number": lambda db: db.insert(Document({"name": "Eel"}, doc_id=40)),
    "insert after a number was given": lambda db: (db.insert(Document({}, doc_id=40)), db.insert({"name": "Fin"})),
    "insert several": lambda db: db.insert_multiple([{"n": n} for n in range(3)]),
    "search": lambda db: sorted(one.doc_id for one in db.search(where("knots") > 6)),
    "search nested": lambda db: db.search(Query().port.city == "Одеса"),
    "search in lists": lambda db: db.search(Query().crew.any(["Bo"])),
    "get by query": lambda db: db.get(where("name") == "Cod"),
    "get by number": lambda db: (db.get(doc_id=2), db.get(doc_id=9), db.get(doc_ids=[1, 3, 9])),
    "contains": lambda db: (db.contains(where("knots") == 12), db.contains(doc_id=9)),
    "count": lambda db: db.count(where("knots").exists()),
    "update all": lambda db: db.update({"seen": True}),
    "update some": lambda db: db.update({"knots": 10}, where("name") == "Ada"),
    "update by number": lambda db: db.update({"knots": 11}, doc_ids=[3, 9]),
    "update by function": lambda db: db.update(increment("knots"), where("knots") > 6),
    "update deep inside": lambda db: db.update(lambda one: one["crew"].append("Zo"), where("name") == "Cod"),
    "update several": lambda db: db.update_multiple(
        [({"a": 1}, where("knots") < 6), (delete("crew"), where("knots") > 9)]
    ),
    "update nothing": lambda db: db.update({"x": 1}, where("name") == "nobody"),
    "upsert one that is there": lambda db: db.upsert({"name": "Cod", "knots": 6}, where("name") == "Cod"),
    "upsert one that is not": lambda db: db.upsert({"name": "Gar"}, where("name") == "Gar"),
    "remove some": lambda db: db.remove(where("knots") < 10),
    "remove by number": lambda db: db.remove(doc_ids=[2, 9]),
    "truncate": lambda db: db.truncate(),
    "truncate, then insert": lambda db: (db.truncate(), db.insert({"new": 1})),
    "another table": lambda db: (db.table("crews").insert({"of": "Ada"}), db.tables()),
    "an empty table that is to stay": lambda db: (len(db.table("empty", persist_empty=True)), db.tables()),
    "drop a table": lambda db: (db.table("crews").insert({"of": "Ada"}), db.drop_table("crews"), db.tables()),
    "drop a table that is not there": lambda db: db.drop_table("nothing"),
    "drop all tables": lambda db: (db.drop_tables(), db.insert({"again": 1})),
    "iterate and measure": lambda db: (len(db), [one["name"] for one in db], db.all()),
}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_an_operation_does_what_it_does_in_stock_tinydb_and_lasts(operation, tmp_path):
    stock, ours = TinyDB(storage=MemoryStorage), open_database(tmp_path)
    for database in (stock, ours):
        database.insert_multiple([dict(one) for one in BOATS])
    assert operation(ours) == operation(stock)
    expected = TinyDB(tmp_path / "stock.json")  # through JSON, as stock TinyDB keeps it
    expected.storage.write(stock.storage.read())
    assert everything(ours) == everything(expected)
    assert everything(open_database(tmp_path)) == everything(expected)
    expected.close()


def test_a_search_after_a_change_sees_the_change(tmp_path):
    database = open_database(tmp_path)
    fast = where("knots") > 6
    database.insert_multiple(BOATS)
    assert len(database.search(fast)) == 2
    database.remove(where("name") == "Ada")
    assert len(database.search(fast)) == 1
    database.commit({"_default": {9: {"knots": 20}}})
    assert len(database.search(fast)) == 2


def test_an_operation_writes_one_record_with_what_changed_and_nothing_else(tmp_path):
    database = open_database(tmp_path)
    database.insert_multiple(BOATS)
    database.update({"knots": 10}, where("name") == "Ada")
    database.remove(doc_ids=[3])
    database.update({"knots": 10}, where("name") == "Ada")
    database.truncate()
    assert payloads(tmp_path)[1:] == [
        '[["_default","1",{"name":"Ada","crew":["Li","Bo"],"knots":10}]]',
        '[["_default","3",null]]',
        '[["_default","1",null],\n["_default","2",null]]',
    ]


def test_an_operation_that_fails_half_way_changes_nothing(tmp_path):
    database = open_database(tmp_path)
    database.insert_multiple(BOATS)
    before = everything(database)
    with pytest.raises(KeyError):
        database.update(delete("port"))
    with pytest.raises(ValueError, match="already exists"):
        database.insert_multiple([{"name": "Hal"}, Document({}, doc_id=1)])
    with pytest.raises(TypeError):
        database.update({"when": object()})
    assert everything(database) == before
    assert len(payloads(tmp_path)) == 1


def test_a_change_of_all_tables_is_one_record_with_a_line_for_each_document(tmp_path):
    with open_store(tmp_path, writable=True) as store:
        store.commit(Change(entries=(entry_of("a"), entry_of("b"))))
    lines = payloads(tmp_path)[0].splitlines()
    assert len(payloads(tmp_path)) == 1
    assert [line[:15] for line in lines] == ['[["entries","1"', '["entries","2",']


def test_entries_are_documents_that_tinydb_finds(tmp_path):
    with open_store(tmp_path, writable=True) as store:
        store.commit(Change(entries=(entry_of("a"), entry_of("b", title="Fog over the harbour"))))
        found = store.database.table("entries").search(where("title").search("Fog"))
        assert [one["id"] for one in found] == ["b"]


def test_what_is_changed_through_tinydb_is_found_by_key(tmp_path):
    with open_store(tmp_path, writable=True) as store:
        store.commit(Change(entries=(entry_of("a"), entry_of("b"))))
        entries = store.database.table("entries")
        entries.update({"guid": "new", "canonical_url": "new.example/a"}, where("id") == "a")
        entries.remove(where("id") == "b")
        entries.insert({"no": "entry of ours"})
        entries.insert({"id": "a", "source": "a second a", "first_seen": "never"})
    for writable in (True, False):
        with open_store(tmp_path, writable=writable) as store:
            moved = entry_of("a", guid="new", canonical_url="new.example/a")
            assert store.known(Keys(guids=frozenset({("harbour-post", "new")}))) == (moved,)
            assert store.known(Keys(urls=frozenset({"new.example/a"}))) == (moved,)
            assert store.known(Keys(guids=frozenset({("harbour-post", "guid-a")}), ids=frozenset({"b"}))) == ()
            assert store.known(Keys(urls=frozenset({"harbour.example/a", "harbour.example/b"}))) == ()
            assert list(store.entries()) == [moved]


def test_dropping_our_tables_leaves_an_empty_store_that_works(tmp_path):
    with open_store(tmp_path, writable=True) as store:
        store.commit(Change(entries=(entry_of("a"),)))
        store.database.drop_tables()
        assert list(store.entries()) == []
        store.commit(Change(entries=(entry_of("b"),)))
    with open_store(tmp_path, writable=False) as store:
        assert list(store.entries()) == [entry_of("b")]
