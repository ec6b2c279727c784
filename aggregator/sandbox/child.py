"""The process that reads documents: it has nothing to lose, and can be killed at any moment.

Started by `aggregator.sandbox.process`; ends when its standard input does, so that it outlives its parent by one
document at most. It is told no secret, opens no connection and starts no process, which an audit hook sees to.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import BinaryIO

from aggregator.sandbox.limits import Confinement, Limits
from aggregator.sandbox.strict import unpack
from aggregator.sandbox.wire import (
    NO_MEMORY,
    Answer,
    Fault,
    Read,
    Ready,
    Refused,
    Request,
    TooLong,
    decode_request,
    encode_answer,
    receive,
    send,
)
from feeds.errors import ParseError

_ANY_LENGTH = 2**32 - 1  # the parent is trusted
_OUTSIDE = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile", "os.system")


def main(limits: str) -> None:
    """Answer requests on standard input, under `limits` (a `Limits` as JSON), until there are no more."""
    requests, answers = sys.stdin.buffer, _own_output()
    bounds = unpack(Limits, json.loads(limits))
    try:
        confinement = _prepared(bounds)
    except Exception as error:  # noqa: BLE001 - the parent tells it to the person at the keyboard
        send(answers, encode_answer(_fault(error), last=True))
        return
    send(answers, encode_answer(Ready(), last=False))
    try:
        _serve(requests, answers, confinement, bounds)
    except MemoryError:
        os._exit(NO_MEMORY)  # an exit in good order might need some


def _own_output() -> BinaryIO:
    """The pipe to the parent; what anybody prints goes elsewhere from now on."""
    pipe = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(pipe, "wb")


def _prepared(limits: Limits) -> Confinement:
    """Everything loaded that reading needs, then the doors closed."""
    import feeds.read  # noqa: F401, PLC0415 - what can go wrong with it is to be told

    sys.addaudithook(_stay_inside)
    return Confinement(limits)


def _stay_inside(event: str, _: object) -> None:
    if event.startswith(_OUTSIDE):
        raise PermissionError(f"whoever reads a document has no business with {event}")


def _serve(requests: BinaryIO, answers: BinaryIO, confinement: Confinement, limits: Limits) -> None:
    last = False
    while not last and (head := receive(requests, longest=_ANY_LENGTH)) is not None:
        request, body = decode_request(head), receive(requests, longest=_ANY_LENGTH) or b""
        with confinement.one_document():
            answer = _answer(request, body)
            last = confinement.worn()
            payload = _written(answer, last=last)
        if len(payload) > limits.answer:
            payload = encode_answer(TooLong(), last=last)
        send(answers, payload)


def _answer(request: Request, body: bytes) -> Answer:
    from feeds.read import read  # noqa: PLC0415 - loaded long ago, see `_prepared`

    try:
        feed = read(body, source=request.source, url=request.url, content_type=request.content_type, now=request.now)
    except ParseError as error:
        return Refused(message=str(error), kind=error.kind, feeds_found=error.feeds_found)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - hostile bytes find faults in parsers; the parent knows whom they cost
        return _fault(error)
    return Read(feed=feed)


def _written(answer: Answer, *, last: bool) -> bytes:
    try:
        return encode_answer(answer, last=last)
    except (TypeError, ValueError) as error:  # a value that is not what it promises to be
        return encode_answer(_fault(error), last=last)


def _fault(error: Exception) -> Fault:
    return Fault(
        error=_printable(f"{type(error).__name__}: {error}")[:500],
        traceback=_printable("".join(traceback.format_exception(error)))[-20_000:],
    )


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
