"""Names become addresses, and addresses meet the guard, before anything is connected to."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress

from aggregator.fetching.guard import Forbidden, is_inside, is_local_host, is_numeric, judge_address
from feeds.errors import TransportError
from feeds.model import FailureKind

Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]
"""Host and port in, numeric addresses out, best first; raises OSError."""
LONGEST_NAME = 254  # RFC 1035 §2.3.4, with the dot of the root
HOST_NAME = re.compile(r"[A-Za-z0-9._-]+")
"""What a name is made of where somebody else will read it: a percent sign may mean another name to them."""
MOST_ADDRESSES = 6
"""Addresses of one name that are tried: a name with hundreds would have us knock at hundreds of strangers' doors."""
MOST_NAMED = 3
"""Addresses in a sentence: a name may have hundreds."""


def system_resolver() -> Resolve:
    """The machine's own resolver, whatever it is configured to ask.

    A look-up cannot be interrupted, so each has a thread that nobody waits for: one that hangs outlives its fetch, but
    holds up neither other names, nor reading and storing, nor the end of the program. The limit on exchanges bounds
    their number.
    """
    return _in_a_thread


async def _in_a_thread(host: str, port: int) -> tuple[str, ...]:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[tuple[str, ...]] = loop.create_future()

    def work() -> None:
        try:
            found = _look_up(host, port)
        except (OSError, UnicodeError) as error:
            tell(answer.set_exception, error)
        else:
            tell(answer.set_result, found)

    def tell(settle: Callable[..., None], value: object) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(lambda: None if answer.done() else settle(value))

    threading.Thread(target=work, name="look-up", daemon=True).start()
    return await answer


def _look_up(host: str, port: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


async def permitted(host: str, port: int, *, resolve: Resolve, allow_private: bool) -> tuple[str, ...]:
    """The first addresses of `host` that may be connected to, at least one and at most `MOST_ADDRESSES`.

    Raises TransportError: `FORBIDDEN` when there are addresses and none is allowed, `CONNECT` when there are none.
    """
    addresses = written(host) or await _resolved(host, port, resolve)
    forbidden = _forbidden(addresses, allow_private=allow_private)
    allowed = tuple(address for address in addresses if address not in forbidden)
    if not allowed:
        raise _leads_inside(host, forbidden, allow_private=allow_private)
    return allowed[:MOST_ADDRESSES]


def refuse_inside(host: str, *, allow_private: bool) -> None:
    """Refuse what can be known to lead inside without asking anybody, for a proxy that will do the asking.

    Raises TransportError, `FORBIDDEN`.
    """
    addresses = written(host)
    if forbidden := _forbidden(addresses, allow_private=allow_private):
        raise _leads_inside(host, forbidden, allow_private=allow_private)
    if addresses:
        return
    if not HOST_NAME.fullmatch(host):
        raise TransportError(f"{_named(host)} is no host name", kind=FailureKind.FORBIDDEN)
    if is_inside(host) and not allow_private:
        raise _refusal(f"{_named(host)} is a name of a private network", allow_private=allow_private)


def written(host: str) -> tuple[str, ...]:
    """The addresses that `host` spells out, so that nobody has to be asked; none for a name.

    Besides the plain form also those that `inet_aton` has read since 4.2BSD (2130706433, 0x7f.1, 0177.0.0.1), as every
    resolver still does, and localhost (RFC 6761 §6.3).
    """
    if is_numeric(host):
        return (host,)
    bare = host.removesuffix(".")
    if is_local_host(bare):
        return ("127.0.0.1", "::1")
    try:
        return (socket.inet_ntoa(socket.inet_aton(bare)),)
    except (OSError, ValueError):  # no such form; letters or a NUL that C cannot take
        return ()


async def _resolved(host: str, port: int, resolve: Resolve) -> tuple[str, ...]:
    if len(host) > LONGEST_NAME:
        raise TransportError(f"no address for {_named(host)}: the name is too long", kind=FailureKind.CONNECT)
    try:
        addresses = await resolve(host, port)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise TransportError(f"no address for {_named(host)}: {reason}", kind=FailureKind.CONNECT) from error
    if not addresses:
        raise TransportError(f"no address for {_named(host)}", kind=FailureKind.CONNECT)
    return addresses


def _forbidden(addresses: Iterable[str], *, allow_private: bool) -> dict[str, str]:
    """Those of the addresses that may not be connected to, and what they are."""
    verdicts = {address: judge_address(address, allow_private=allow_private) for address in addresses}
    return {address: verdict.what for address, verdict in verdicts.items() if isinstance(verdict, Forbidden)}


def _leads_inside(host: str, forbidden: Mapping[str, str], *, allow_private: bool) -> TransportError:
    reasons = [f"{address[:60]} is {what}" for address, what in forbidden.items()]
    if len(reasons) > MOST_NAMED:
        reasons[MOST_NAMED:] = [f"and {len(reasons) - MOST_NAMED} more"]
    named = f"{_named(host)} leads to a forbidden address: {', '.join(reasons)}"
    return _refusal(named, allow_private=allow_private)


def _refusal(reason: str, *, allow_private: bool) -> TransportError:
    hint = "" if allow_private else "; a source that you trust may have allow_private = true"
    return TransportError(f"{reason}{hint}", kind=FailureKind.FORBIDDEN)


def _named(host: str) -> str:
    return repr(host if len(host) < 80 else f"{host[:80]}…")  # a sentence may quote a stranger, but not at length
