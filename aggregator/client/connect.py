"""Names become addresses, and addresses meet the guard, before anything is connected to."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aggregator.guard import Forbidden, is_numeric, judge_address
from feeds.errors import TransportError
from feeds.model import FailureKind

Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]
"""Host and port in, numeric addresses out, best first; raises OSError."""


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
    """The addresses of `host` that may be connected to, at least one.

    Raises TransportError: `FORBIDDEN` when there are addresses and none is allowed, `CONNECT` when there are none.
    """
    addresses = (host,) if is_numeric(host) else await _resolved(host, port, resolve)
    verdicts = [(address, judge_address(address, allow_private=allow_private)) for address in addresses]
    allowed = tuple(address for address, verdict in verdicts if not isinstance(verdict, Forbidden))
    if allowed:
        return allowed
    reasons = ", ".join(
        f"{address} is {verdict.what}" for address, verdict in verdicts if isinstance(verdict, Forbidden)
    )
    hint = "" if allow_private else "; a source that you trust may have allow_private = true"
    raise TransportError(f"{host!r} leads to a forbidden address: {reasons}{hint}", kind=FailureKind.FORBIDDEN)


async def _resolved(host: str, port: int, resolve: Resolve) -> tuple[str, ...]:
    try:
        addresses = await resolve(host, port)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise TransportError(f"no address for {host!r}: {reason}", kind=FailureKind.CONNECT) from error
    if not addresses:
        raise TransportError(f"no address for {host!r}", kind=FailureKind.CONNECT)
    return addresses
