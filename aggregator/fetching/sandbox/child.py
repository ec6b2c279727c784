"""The process that reads documents: it has nothing to lose, and can be killed at any moment.

Started by `aggregator.fetching.sandbox.process`; ends when its standard input does, so that it outlives its parent by
one document at most. It is told no secret, opens no connection and starts no process, which an audit hook sees to.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from aggregator.fetching.sandbox.limits import Confinement, Limits
from aggregator.fetching.sandbox.wire import (
    NO_MEMORY,
    Answer,
    DocumentRequest,
    Extracted,
    Fault,
    Missing,
    PageRequest,
    Preparation,
    Read,
    Ready,
    Refused,
    Request,
    TooLong,
    WireError,
    decode_request,
    encode_answer,
    receive,
    send,
)
from aggregator.strict import unpack
from feeds.dedupe.terms import Terms
from feeds.errors import MissingExtra, ParseError
from feeds.read import read
from feeds.read.article import extract
from feeds.read.attribution import Registry, with_added

NICE: Final = 5
"""A third of the weight of everybody else. Beside other work it makes a pass twice as long, and readers' longest waits
(p99) a tenth shorter; with 10 a pass took three times as long (benchmarks/serving_during_pass.py)."""
_BY_SESSION: Final = Path("/proc/self/autogroup")
"""Linux: a session shares as a whole, and what is nice counts within it only, unless it is written here (sched(7))."""
_ANY_LENGTH = 2**32 - 1  # the parent is trusted
_OUTSIDE = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile", "os.system")


def main(limits: str) -> None:
    """Answer requests on standard input, under `limits` (a `Limits` as JSON), until there are no more.

    The first one is a `Preparation`: what it brings is ready, and counted as the child's own, before any document.

    What goes wrong before the first one is written to standard error; from then on nothing is.
    """
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    bounds = unpack(Limits, json.loads(limits))
    _stand_back()
    sys.addaudithook(_stay_inside)
    tools = _prepared(requests)
    _collect_seldom()
    confinement = Confinement(bounds)
    _say_no_more()
    send(answers, encode_answer(Ready(), last=False))
    try:
        _serve(requests, answers, confinement, tools, bounds)
    except MemoryError:
        os._exit(NO_MEMORY)  # an exit in good order might need some


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tools:
    """What is built once and serves for every document."""

    registry: Registry
    terms: Terms


def _stand_back() -> None:
    """Whoever answers readers goes first, also where processors are shared by session before anything else."""
    with contextlib.suppress(OSError, AttributeError):  # not everywhere; reading works without
        os.nice(NICE)
    with contextlib.suppress(OSError):
        _BY_SESSION.write_text(str(NICE), "ascii")


def _prepared(requests: BinaryIO) -> _Tools:
    asked = decode_request(receive(requests, longest=_ANY_LENGTH) or b"")
    if not isinstance(asked, Preparation):
        raise WireError("no preparation")
    return _Tools(registry=with_added(asked.outlets), terms=Terms())


def _collect_seldom() -> None:
    """Parsers make cycles by the thousand, and the usual thresholds spend a quarter of the time on looking for them."""
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def _say_no_more() -> None:
    """Whatever a library prints while it reads goes nowhere: the pipe to the parent is for answers."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _stay_inside(event: str, _: object) -> None:
    if event.startswith(_OUTSIDE):
        raise PermissionError(f"whoever reads a document has no business with {event}")


def _serve(requests: BinaryIO, answers: BinaryIO, confinement: Confinement, tools: _Tools, limits: Limits) -> None:
    last = False
    while not last and (head := receive(requests, longest=_ANY_LENGTH)) is not None:
        body = receive(requests, longest=_ANY_LENGTH) or b""
        with confinement.one_document():
            answer = _answer(head, body, tools)
            last = confinement.worn()
            payload = _written(answer, last=last)
        if len(payload) > limits.answer:
            payload = encode_answer(TooLong(), last=last)
        send(answers, payload)


def _answer(head: bytes, body: bytes, tools: _Tools) -> Answer:
    try:
        return _read(decode_request(head), body, tools)
    except ParseError as error:
        return Refused(message=str(error), kind=error.kind, feeds_found=error.feeds_found)
    except MissingExtra as error:
        return Missing(extra=error.extra)
    except WireError as error:
        return Fault(error=str(error), traceback="")
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - hostile bytes find faults in parsers; the parent knows whom they cost
        return _fault(error)


def _read(asked: Request, body: bytes, tools: _Tools) -> Answer:
    match asked:
        case Preparation():
            raise WireError("a second preparation")
        case DocumentRequest(source=source, url=url, content_type=content_type, now=now, seen=seen):
            feed = read(
                body,
                source=source,
                url=url,
                content_type=content_type,
                now=now,
                seen=seen,
                registry=tools.registry,
                terms=tools.terms,
            )
            return Read(feed=feed)
        case PageRequest(url=url, content_type=content_type, language=language):
            return Extracted(article=extract(body, url, content_type, language))


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
