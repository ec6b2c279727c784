"""Documents as HTTP serves them."""

from __future__ import annotations

import gzip
import hashlib

import pytest

from feeds.render import ATOM, HTML, JSON, RSS, document, flaw
from tests.fakes.topic_feeds import NOON


def test_a_document_carries_both_encodings_each_with_its_own_tag():
    made = document(b"<a/>" * 50, ATOM, NOON)
    assert gzip.decompress(made.gzip) == made.body == b"<a/>" * 50
    assert made.etag == f'"{hashlib.sha256(made.body).hexdigest()[:32]}"'
    assert made.gzip_etag == f'"{hashlib.sha256(made.gzip).hexdigest()[:32]}"'
    assert (made.media_type, made.last_modified) == (ATOM, NOON)


def test_the_compressed_form_holds_no_time_and_no_name():
    made = document(b"x", RSS, NOON)
    flags, mtime = made.gzip[3], made.gzip[4:8]
    assert (flags, mtime) == (0, b"\0\0\0\0")
    assert document(b"x", RSS, NOON) == made


ATOM_ENTRY = b"<entry><id>urn:x:1</id><title>\xd0\x96</title></entry>"
RSS_ITEM = b"<item><guid>urn:x:1</guid><title>a</title></item>"


def an_atom(entries: bytes) -> bytes:
    return b'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>' + entries + b"</feed>"


def an_rss(items: bytes) -> bytes:
    return b"<rss><channel><title>t</title>" + items + b"</channel></rss>"


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (an_atom(ATOM_ENTRY), ATOM),
        (an_atom(b""), ATOM),
        (an_rss(RSS_ITEM), RSS),
        (b'{"items": [{"id": "1", "title": "a"}]}', JSON),
    ],
)
def test_a_sound_document_has_no_flaw(body, media_type):
    assert flaw(document(body, media_type, NOON)) == ""


@pytest.mark.parametrize(
    ("body", "media_type", "words"),
    [
        (b"<a><b></a>", ATOM, "mismatched tag"),
        (b"<a>\x01</a>", RSS, "invalid token"),
        (b"", ATOM, "no element found"),
        (b"<a>\xff</a>", RSS, "invalid token"),
        (b'{"a": ', JSON, "Expecting value"),
        (b'"\xff"', JSON, "utf-8"),
        (b"<a/>", ATOM, "it is a 'a', not a 'feed'"),
        (an_atom(ATOM_ENTRY * 2), ATOM, "entry 2 has the id of another"),
        (an_atom(b"<entry><title>a</title></entry>"), ATOM, "entry 1 has no id"),
        (an_rss(RSS_ITEM.replace(b">a<", b"><")), RSS, "entry 1 has no title"),
        (b"[]", JSON, "it is no JSON Feed"),
        (b'{"items": [{"id": "1"}]}', JSON, "entry 1 has no title"),
    ],
)
def test_a_broken_document_is_found_out(body, media_type, words):
    assert words in flaw(document(body, media_type, NOON))


def test_pages_are_not_judged():
    assert flaw(document(b"<p>", HTML, NOON)) == ""
