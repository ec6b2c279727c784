"""Documents in the database: what one writes, another one reads, whole and once."""

from __future__ import annotations

from contextlib import closing
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from feeds.errors import StoreError, StoreFailed
from feeds.model import Document
from feeds.render import ATOM, HTML, document
from storage.postgres import documents as module
from storage.postgres.documents import PostgresDocuments as Documents
from storage.postgres.documents import PostgresFollowed as Followed
from storage.postgres_store import open_postgres
from storage.published import Known, Swapped, sign_of
from tests.fakes.topic_feeds import NOON

FEED, OTHER = document(b"<feed>1</feed>", ATOM, NOON), document(b"<feed>2</feed>", ATOM, NOON)
PAGE = replace(
    document(b"<p>all</p>", HTML, NOON), fresh_for=timedelta(minutes=7), link='<https://a.example/>; rel="hub"'
)
ARCHIVE = replace(document(b"<feed>old</feed>", ATOM, NOON + timedelta(microseconds=1)), body=b"")


@pytest.fixture
def store(postgres_url):
    with open_postgres(postgres_url, writable=True) as opened:
        yield opened


def newer(followed: Followed, version: int) -> Swapped | None:
    return followed.newer(version)


def test_what_is_written_is_read_to_the_byte_and_the_field(store, postgres_url):
    written = {(0, "/"): PAGE, (0, "/feeds/a.atom"): FEED, (1, "/feeds/річка.atom"): ARCHIVE}
    Documents(postgres_url, store).swap(written, (), rest=b'{"moved": []}')
    with closing(Followed(postgres_url)) as followed:
        found = newer(followed, 0)
        assert found == Swapped(version=found.version, rest=b'{"moved": []}', whole=True, documents=written)
        assert all(one.last_modified.tzname() == "UTC" for one in found.documents.values())
        assert newer(followed, found.version) is None


def test_only_what_changed_since_is_read_and_what_is_gone_is_told(store, postgres_url):
    documents = Documents(postgres_url, store)
    documents.swap({(0, "/a"): FEED, (0, "/b"): PAGE}, (), rest=b"1")
    with closing(Followed(postgres_url)) as followed:
        first = newer(followed, 0)
        documents.swap({(0, "/a"): OTHER}, [(0, "/b")], rest=b"2")
        second = newer(followed, first.version)
        assert (second.whole, second.rest, second.documents) == (False, b"2", {(0, "/a"): OTHER, (0, "/b"): None})
        assert second.version > first.version
        documents.swap({(0, "/b"): PAGE}, (), rest=b"2")
        assert newer(followed, first.version).documents == {(0, "/a"): OTHER, (0, "/b"): PAGE}
        assert newer(followed, second.version).documents == {(0, "/b"): PAGE}
        assert newer(followed, 0).documents == {(0, "/a"): OTHER, (0, "/b"): PAGE}


def test_the_next_one_who_writes_learns_what_is_there(store, postgres_url):
    documents = Documents(postgres_url, store)
    assert documents.known() == Known(signs={}, rest=b"")
    documents.swap({(0, "/a"): FEED, (0, "/b"): PAGE, (2, "/c"): ARCHIVE}, (), rest=b"1")
    documents.swap({}, [(0, "/a")], rest=b"2")
    assert documents.known() == Known(signs={(0, "/b"): sign_of(PAGE), (2, "/c"): sign_of(ARCHIVE)}, rest=b"2")


def test_a_sign_says_all_that_a_document_is_besides_its_bytes():
    changed = {"media_type": HTML, "etag": '"x"', "gzip_etag": '"y"', "last_modified": NOON + timedelta(1)}
    changed |= {"fresh_for": timedelta(1), "link": "<>", "body": b""}
    assert changed.keys() == {one.name for one in fields(Document)} - {"gzip"}
    for name, content in changed.items():
        assert sign_of(replace(FEED, **{name: content})) != sign_of(FEED), name


def test_whoever_is_too_far_behind_or_ahead_reads_everything(store, postgres_url, monkeypatch):
    monkeypatch.setattr(module, "_FOLLOWED", 2)
    documents = Documents(postgres_url, store)
    documents.swap({(0, "/a"): FEED, (0, "/b"): FEED}, (), rest=b"1")
    with closing(Followed(postgres_url)) as followed:
        first = newer(followed, 0)
        documents.swap({}, [(0, "/b")], rest=b"1")
        assert newer(followed, first.version).documents == {(0, "/b"): None}
        for _ in range(3):
            documents.swap({}, (), rest=b"1")
        assert newer(followed, first.version).whole
        assert newer(followed, first.version).documents == {(0, "/a"): FEED}
        assert newer(followed, first.version * 2).whole, "of a database that was restored since"
    assert store.counts().size > 0
    assert marks(postgres_url) == (2, 0)


def marks(url: str) -> tuple[int, int]:
    import psycopg  # noqa: PLC0415

    with psycopg.connect(url, options="-c search_path=topicwire") as connection:
        asked = "SELECT (SELECT count(*) FROM swap), (SELECT count(*) FROM published WHERE gzip IS NULL)"
        return connection.execute(asked).fetchone()


def test_a_swap_is_heard_of(store, postgres_url):
    documents = Documents(postgres_url, store)
    with closing(Followed(postgres_url)) as followed:
        followed.listen()
        assert not followed.heard(0)
        documents.swap({(0, "/a"): FEED}, (), rest=b"1")
        assert followed.heard(20)
        documents.swap({(0, "/a"): OTHER}, (), rest=b"1")
        found = newer(followed, 0)
        assert followed.heard(20), "also what came while something was asked"
        assert newer(followed, found.version) is None


def test_one_who_was_displaced_writes_nothing(store, postgres_url):
    documents = Documents(postgres_url, store)
    documents.swap({(0, "/a"): FEED}, (), rest=b"1")
    end_the_writer(postgres_url)
    with pytest.raises(StoreFailed):
        documents.swap({(0, "/a"): OTHER}, (), rest=b"2")
    with pytest.raises(StoreFailed):
        documents.swap({(0, "/a"): OTHER}, (), rest=b"2")
    assert documents.known() == Known(signs={(0, "/a"): sign_of(FEED)}, rest=b"1")
    store.recover()
    documents.swap({(0, "/a"): OTHER}, (), rest=b"2")
    assert documents.known() == Known(signs={(0, "/a"): sign_of(OTHER)}, rest=b"2")


def end_the_writer(url: str) -> None:
    import psycopg  # noqa: PLC0415

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_locks WHERE locktype = 'advisory' AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database())"
        )


def test_a_database_in_which_nothing_was_published_says_so(store, postgres_url):
    with closing(Followed(postgres_url)) as followed, pytest.raises(StoreError, match="nothing is published"):
        newer(followed, 0)


def test_one_that_is_cut_raises_at_once(store, postgres_url):
    followed = Followed(postgres_url)
    followed.listen()
    followed.cut()
    with pytest.raises(StoreError):
        followed.heard(30)
    followed.close()
    followed.cut()
