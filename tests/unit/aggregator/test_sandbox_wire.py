"""What passes between parent and child: whole values, and nothing that only looks like one."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.sandbox.strict import pack, unpack
from aggregator.sandbox.wire import (
    DocumentRequest,
    Extracted,
    Fault,
    Missing,
    PageRequest,
    Read,
    Ready,
    Refused,
    TooLong,
    WireError,
    decode_answer,
    decode_request,
    encode_answer,
    encode_request,
    receive,
    send,
)
from feeds.model import FailureKind, ReadFeed, Skipped, Source
from feeds.read.article.value import Article
from tests.fakes.drawn_values import any_moments, entries
from tests.fakes.stored_values import NOON, entry_of

ROOT = Path(__file__).parents[3]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SOURCES = st.builds(
    Source,
    id=TEXTS,
    url=TEXTS,
    timezone=TEXTS,
    every=st.timedeltas(),
    rank=st.integers(),
    tags=st.lists(TEXTS, max_size=3).map(tuple),
    headers=st.just((("Authorization", "sesame"),)),
)
REQUESTS = st.builds(
    DocumentRequest,
    source=SOURCES,
    url=TEXTS,
    content_type=TEXTS,
    now=any_moments,
    seen=st.lists(TEXTS, max_size=2).map(tuple),
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
HARBOUR = Source(id="harbour-post", url="https://harbour.example")
REQUEST = DocumentRequest(source=HARBOUR, url="", content_type="", now=NOON)
PAGE = PageRequest(url="https://harbour.example/1", content_type="text/html", language="uk")


def feed_of(*found) -> ReadFeed:
    return ReadFeed(title="Harbour", home="", language="en", entries=found, skipped=(Skipped(position=2, reason="no"),))


def answer(value, *, to=REQUEST, last=False):
    return decode_answer(encode_answer(value, last=last), to)


# --- values -----------------------------------------------------------------------------------------------------------


@given(REQUESTS)
@settings(max_examples=50, deadline=None)
def test_a_request_arrives_whole_but_for_the_secrets_of_its_source(request):
    arrived = decode_request(encode_request(request))

    assert arrived.source.headers == ()
    assert b"sesame" not in encode_request(request)
    for field in fields(Source):
        if field.name != "headers":
            assert getattr(arrived.source, field.name) == getattr(request.source, field.name)
    assert replace(arrived, source=request.source) == request


@given(entries)
@settings(max_examples=50, deadline=None)
def test_an_entry_arrives_as_it_was_or_not_at_all(entry):
    try:
        packed = json.dumps(pack(entry)).encode()
        arrived = unpack(type(entry), json.loads(packed))
    except ValueError:
        assert "\\ud8" in json.dumps(pack(entry))  # half a character, which nothing could write down
    else:
        assert arrived == entry


def test_a_request_for_a_page_arrives_whole():
    assert decode_request(encode_request(PAGE)) == PAGE


def test_each_answer_arrives_as_it_was():
    article = Article(title="Пором", text="Пором «Дніпро» спізнюється", content="<p>Пором</p>", published="учора")
    for request, value in (
        (None, Ready()),
        (REQUEST, Read(feed=feed_of(entry_of("1"), entry_of("2", title="Пором «Дніпро» спізнюється")))),
        (REQUEST, Refused(message="none", kind=FailureKind.NOT_A_FEED, feeds_found=("https://harbour.example/rss",))),
        (PAGE, Extracted(article=article)),
        (PAGE, Extracted(article=None)),
        (PAGE, Missing(extra="fulltext")),
        (PAGE, TooLong()),
        (REQUEST, Fault(error="KeyError: 'x'", traceback="somewhere")),
    ):
        assert answer(value, to=request) == (value, False)
        assert answer(value, to=request, last=True) == (value, True)


@pytest.mark.parametrize(
    ("request_", "value"),
    [
        (None, Read(feed=feed_of())),
        (PAGE, Read(feed=feed_of())),
        (REQUEST, Ready()),
        (REQUEST, Extracted(article=None)),
        (REQUEST, Missing(extra="fulltext")),
        (PAGE, Refused(message="", kind=FailureKind.BROKEN, feeds_found=())),
    ],
)
def test_an_answer_to_another_question_is_refused(request_, value):
    with pytest.raises(WireError, match="another question"):
        answer(value, to=request_)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    name: str = "x"
    count: int = 1
    sure: bool = True
    moment: datetime = NOON
    span: timedelta | None = timedelta(days=-1, microseconds=1)
    colour: Colour = Colour.RED
    names: tuple[str, ...] = ("a", "b")
    pairs: tuple[tuple[str, int], ...] = (("a", 1),)
    known: frozenset[str] = frozenset({"b", "a"})


GOOD = pack(Sample())


def test_every_kind_of_field_arrives_as_it_was():
    assert unpack(Sample, json.loads(json.dumps(GOOD))) == Sample()


@pytest.mark.parametrize(
    ("field", "plain"),
    [
        ("name", 1),
        ("name", None),
        ("name", "half \ud800"),
        ("count", True),
        ("count", 1.0),
        ("count", "1"),
        ("sure", 1),
        ("sure", None),
        ("moment", "2026-05-04T12:00:00"),
        ("moment", "2026-05-04T12:00:00+03:00"),
        ("moment", "noon"),
        ("moment", 0),
        ("span", 1.5),
        ("span", 10**30),
        ("colour", "blue"),
        ("colour", ["red"]),
        ("names", "ab"),
        ("names", {"a": "b"}),
        ("names", ["a", 1]),
        ("pairs", [["a"]]),
        ("pairs", [["a", 1, 2]]),
        ("pairs", [["a", "1"]]),
        ("known", "ab"),
        ("known", [["a"]]),
    ],
)
def test_a_field_of_another_type_is_refused(field, plain):
    with pytest.raises(ValueError):
        unpack(Sample, GOOD | {field: plain})


@pytest.mark.parametrize(
    "plain", [None, [], "x", {}, GOOD | {"more": 1}, {k: v for k, v in GOOD.items() if k != "sure"}]
)
def test_fields_that_are_missing_or_too_many_are_refused(plain):
    with pytest.raises(ValueError):
        unpack(Sample, plain)


@given(PLAIN)
@settings(deadline=None)
def test_anything_else_is_refused_with_nothing_but_a_value_error(plain):
    with pytest.raises(ValueError):
        unpack(Entries, plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    feed: ReadFeed


def test_a_field_that_cannot_cross_is_found_out_at_once():
    @dataclass(frozen=True)
    class Strange:
        share: complex

    with pytest.raises(TypeError, match="complex"):
        pack(Strange(share=1j))


# --- answers that are none --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b'["Ready", {}]',
        b'["Ready", {"more": 1}, false]',
        b'["PageRequest", {}, false]',
        b'[["Ready"], {}, false]',
        b'["Fault", {"error": 1, "traceback": ""}, false]',
        b"[" * 100_000,
        b'["Fault", ' + b"9" * 10_000 + b", false]",
    ],
)
def test_an_answer_that_is_none_is_refused(payload):
    with pytest.raises(WireError):
        decode_answer(payload, REQUEST)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_arbitrary_bytes_are_refused(payload):
    with pytest.raises(WireError):
        decode_answer(payload, REQUEST)


@pytest.mark.parametrize(
    "foreign",
    [
        entry_of("1", source="another"),
        entry_of("1", first_seen=NOON - timedelta(days=1)),
        entry_of("1", revised=NOON + timedelta(days=1)),
        entry_of("1", revision=3),
    ],
)
def test_entries_that_are_not_the_sources_new_ones_are_refused(foreign):
    with pytest.raises(WireError, match="another question"):
        answer(Read(feed=feed_of(entry_of("2"), foreign)))


# --- frames -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=50), max_size=4))
def test_frames_arrive_one_by_one_and_then_there_are_none(payloads):
    stream = io.BytesIO()
    send(stream, *payloads)
    stream.seek(0)

    assert [receive(stream, longest=50) for _ in payloads] == payloads
    assert receive(stream, longest=50) is None


@given(st.binary(min_size=1, max_size=20), st.data())
def test_a_stream_that_ends_inside_a_frame_is_told_from_one_that_ends(payload, data):
    stream = io.BytesIO()
    send(stream, payload)
    cut = data.draw(st.integers(1, len(stream.getvalue()) - 1))
    with pytest.raises(EOFError, match="ended inside"):
        receive(io.BytesIO(stream.getvalue()[:cut]), longest=50)


def test_a_frame_that_is_too_long_is_refused_before_it_is_read():
    stream = io.BytesIO(struct.pack(">I", 2**31) + b"x" * 100)
    with pytest.raises(WireError, match="2,147,483,648 bytes"):
        receive(stream, longest=1_000)
    assert stream.tell() == 4


# --- a child's own side -----------------------------------------------------------------------------------------------


def test_a_process_knows_when_too_much_stayed_behind_in_it():
    script = """
from aggregator.sandbox.limits import Confinement, Limits
confinement = Confinement(Limits(memory=60_000_000))
before = confinement.worn()
kept = bytearray(40_000_000)
print(before, confinement.worn())
try:
    bytearray(40_000_000)
except MemoryError:
    print("no more")
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == ["False True", "no more", ""]


def test_a_time_in_another_zone_is_the_same_time():
    assert unpack(Sample, pack(Sample(moment=NOON.astimezone(UTC)))).moment == NOON
