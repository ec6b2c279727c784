"""A parcel: what is unpacked is what was found, to the last odd character, or it is refused with a reason."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cluster import parcels
from aggregator.cluster.parcels import ParcelError, packed, unpacked
from aggregator.ingesting.asking import Found
from feeds.model import Failed, FailureKind, Fetched, ReadFeed, Skipped, Unchanged
from tests.budget import examples
from tests.fakes.drawn_values import counts, entries, maybe_spans, several, spans, states, texts, validators

URL = "https://harbour.example/feed"
QUIET = Found(asked=URL, outcome=Unchanged(), took=timedelta(milliseconds=120))

outcomes = (
    st.builds(
        Fetched,
        url=texts,
        body=st.binary(max_size=9),
        body_hash=texts,
        content_type=texts,
        validators=validators,
        status=st.integers(200, 203),
        fresh_for=maybe_spans,
        moved_to=texts,
    )
    | st.builds(Unchanged, validators=st.none() | validators, fresh_for=maybe_spans, moved_to=texts)
    | st.builds(
        Failed,
        kind=st.sampled_from(FailureKind),
        reason=texts,
        status=st.none() | st.integers(400, 599),
        retry_after=maybe_spans,
        host=texts,
    )
)
feeds = st.builds(
    ReadFeed,
    title=texts,
    home=texts,
    language=texts,
    entries=several(entries),
    skipped=several(st.builds(Skipped, position=counts, reason=texts)),
    hint=states.map(lambda state: state.hint),
    seen=several(texts),
    unread=several(texts),
)
anything_found = st.builds(
    Found,
    asked=texts,
    outcome=outcomes,
    feed=st.none() | feeds,
    late=several(st.tuples(entries, entries)),
    problem=texts,
    took=spans,
)


@given(anything_found)
@examples(100)
def test_what_was_found_arrives_as_it_was(found):
    assert unpacked(packed(found)) == found


@pytest.mark.parametrize("text", ["\x00", "half \udc80 a character", "\U0001f6df" * 1_000_000, '"\\\u2028'])
def test_odd_and_huge_texts_arrive_as_they_were(text):
    found = replace(QUIET, outcome=Failed(kind=FailureKind.BROKEN, reason=text), problem=text)
    assert unpacked(packed(found)) == found


def test_a_quiet_source_costs_few_bytes():
    assert len(packed(QUIET)) < 200


def test_a_parcel_of_another_version_is_refused_and_both_are_named(monkeypatch):
    parcel = packed(QUIET)
    monkeypatch.setattr(parcels, "__version__", "99.1")
    with pytest.raises(ParcelError, match=r"^topicwire .* has packed this, and 99\.1 .* the same version$"):
        unpacked(parcel)


def test_what_is_too_large_is_not_packed(monkeypatch):
    monkeypatch.setattr(parcels, "MOST", 1_000)
    with pytest.raises(ParcelError, match=r"too large to hand on: 1,\d\d\d bytes, and at most 1,000 are taken"):
        packed(replace(QUIET, problem="x" * 1_000))


def test_what_would_become_too_large_is_not_unpacked(monkeypatch):
    bomb = packed(replace(QUIET, problem="x" * 1_000_000))
    monkeypatch.setattr(parcels, "MOST", 1_000)
    with pytest.raises(ParcelError, match="too large"):
        unpacked(bomb)


def with_content(plain: bytes) -> bytes:
    return packed(QUIET).partition(b"\n")[0] + b"\n" + zlib.compress(plain)


def described(**changed: object) -> bytes:
    found = json.loads(zlib.decompress(packed(QUIET).partition(b"\n")[2]))
    return with_content(json.dumps(found | changed).encode())


@pytest.mark.parametrize(
    "parcel",
    [
        b"",
        b"\n",
        b"topicwire ",
        b"PK\x03\x04",
        packed(QUIET)[:-1],
        packed(QUIET) + b"x",
        packed(QUIET) + packed(QUIET),
        packed(QUIET).partition(b"\n")[0] + b"\nno deflate",
        with_content(b""),
        with_content(b"\xff"),
        with_content(b"[" * 100_000),
        with_content(b"null"),
        described(more=1),
        described(took=10**30),
        described(outcome=None),
        described(outcome=["Guessed", {}]),
        described(outcome=["Unchanged", {"status": "304"}]),
        described(late=[[1]]),
    ],
)
def test_what_is_no_parcel_is_refused(parcel):
    with pytest.raises(ParcelError):
        unpacked(parcel)


@given(st.binary(max_size=50) | st.binary(max_size=50).map(with_content))
@examples(100)
def test_any_bytes_are_a_parcel_or_refused(octets):
    with pytest.raises(ParcelError):
        unpacked(octets)
