"""The address that readers reach us at: taken at the start, or a sentence that says why not."""

from __future__ import annotations

import errno
import socket

from feeds.errors import ListenError

BACKLOG = 512
"""Connections that wait to be accepted: all readers of a feed come at the full hour."""

MOST_PORTS = 0xFFFF


WHERE = "listen under [serve], or `topicwire demo --listen 127.0.0.1:9000`"


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; `port` 0 takes any. `host` is a name or an address, an IPv6 one without brackets.

    Raises ListenError.
    """
    if not 0 <= port <= MOST_PORTS:  # the system would take it modulo 65,536
        raise ListenError(f"cannot listen on {_shown(host, port)}: there is no such port; see listen under [serve]")
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address, family=family, backlog=BACKLOG)
    except (OSError, UnicodeError) as error:
        raise ListenError(f"cannot listen on {_shown(host, port)}: {_reason(error)}") from error


def address_of(listener: socket.socket) -> str:
    """host:port as bound."""
    host, port = listener.getsockname()[:2]
    return _shown(host, port)


def _shown(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _reason(error: Exception) -> str:
    match error:
        case OSError(errno=errno.EADDRINUSE):
            return f"another program uses this port; stop it, or choose another one: {WHERE}"
        case OSError(errno=errno.EACCES):
            return "permission denied; choose a port from 1024 on for listen under [serve]"
        case OSError(errno=errno.EADDRNOTAVAIL):
            return "this machine has no such address; see listen under [serve]"
        case OSError(strerror=str() as words):
            return f"{words}; see listen under [serve]"
        case _:
            return f"{error}; see listen under [serve]"
