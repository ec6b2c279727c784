"""What crosses between the main process and the front arrives whole, or is refused."""

from __future__ import annotations

import asyncio
import struct
from datetime import timedelta

import pytest

from aggregator.serving.front.wire import (
    LONGEST_BODY,
    Answered,
    Begin,
    Inside,
    Passed,
    Stop,
    Swapped,
    WireError,
    frame,
    from_front,
    from_main,
)

BEGIN = Begin(inside=(Inside(path="/hub", takes="a/b", most=9), Inside(path="/readyz")), within=timedelta(seconds=2))
PASSED = Passed(number=3, method="POST", target="/hub?a=ö", headers=(("content-type", "a/b"),))


def read(receive, *said: bytes):
    """What `receive` makes of these bytes, behind which the stream ends."""

    async def reading():
        reader = asyncio.StreamReader()
        for one in said:
            reader.feed_data(one)
        reader.feed_eof()
        return [await receive(reader), await receive(reader)]

    return asyncio.run(reading())


@pytest.mark.parametrize("message", [BEGIN, Answered(number=1, head=2), Stop(patience=timedelta(seconds=1))])
def test_a_message_of_the_main_process_arrives_whole(message):
    assert read(from_main, frame(message, b"body")) == [(message, b"body"), None]


@pytest.mark.parametrize("message", [Swapped(number=4), PASSED])
def test_a_message_of_the_front_arrives_whole(message):
    assert read(from_front, frame(message, b"\x00\xff")) == [(message, b"\x00\xff"), None]


@pytest.mark.parametrize("cut", [1, 7, 8, 20, -1])
def test_a_message_that_was_cut_off_is_the_end(cut):
    assert read(from_front, frame(PASSED, b"body")[:cut]) == [None, None]


@pytest.mark.parametrize(
    "said",
    [
        struct.pack(">II", 2**31, 0),
        struct.pack(">II", 2, LONGEST_BODY + 1),
        struct.pack(">II", 2, 0) + b"[]",
        struct.pack(">II", 2, 0) + b"\xff\xfe",
        struct.pack(">II", 25, 0) + b'["Swapped",{"number":"1"}]'[:25],
        struct.pack(">II", 26, 0) + b'["Swapped",{"number":"1"}]',
        struct.pack(">II", 13, 0) + b'["Begin", {}]',
        frame(BEGIN),
    ],
)
def test_what_no_front_says_is_refused(said):
    with pytest.raises(WireError):
        read(from_front, said)


def test_secrets_are_in_no_description():
    assert "k3y" not in repr(Passed(number=1, method="GET", target="/feeds/k3y/a", headers=(("authorization", "k3y"),)))
