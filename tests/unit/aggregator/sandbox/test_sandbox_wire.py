"""What passes between parent and child: requests, answers and their frames, and nothing that only looks like one."""

from __future__ import annotations

import io
import struct
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.fetching.sandbox.wire import (
    DocumentRequest,
    Extracted,
    Fault,
    Missing,
    PageRequest,
    Preparation,
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
from feeds.model import FailureKind, Outlet, ReadFeed, Skipped, Source
from feeds.read.article.value import Article
from tests.budget import examples
from tests.fakes.drawn_values import any_moments
from tests.fakes.stored_values import NOON, entry_of

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


HARBOUR = Source(id="harbour-post", url="https://harbour.example")
REQUEST = DocumentRequest(source=HARBOUR, url="", content_type="", now=NOON)
PREPARATION = Preparation(outlets=(Outlet(name="Harbour Post", hosts=("harbour.example",), aliases=("Гавань",)),))
PAGE = PageRequest(url="https://harbour.example/1", content_type="text/html", language="uk")


def feed_of(*found) -> ReadFeed:
    return ReadFeed(title="Harbour", home="", language="en", entries=found, skipped=(Skipped(position=2, reason="no"),))


def answer(value, *, to=REQUEST, last=False):
    return decode_answer(encode_answer(value, last=last), to)


# --- requests and answers ---------------------------------------------------------------------------------------------


@given(REQUESTS)
@examples(50)
def test_a_request_arrives_whole_but_for_the_secrets_of_its_source(request):
    arrived = decode_request(encode_request(request))

    assert arrived.source.headers == ()
    assert b"sesame" not in encode_request(request)
    for field in fields(Source):
        if field.name != "headers":
            assert getattr(arrived.source, field.name) == getattr(request.source, field.name)
    assert replace(arrived, source=request.source) == request


def test_a_request_for_a_page_arrives_whole():
    assert decode_request(encode_request(PAGE)) == PAGE


def test_the_outlets_of_the_config_arrive_whole():
    assert decode_request(encode_request(PREPARATION)) == PREPARATION


def test_each_answer_arrives_as_it_was():
    article = Article(title="Пором", text="Пором «Дніпро» спізнюється", content="<p>Пором</p>", published="учора")
    for request, value in (
        (PREPARATION, Ready()),
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
        (PREPARATION, Read(feed=feed_of())),
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
