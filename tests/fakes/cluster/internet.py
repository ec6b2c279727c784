"""The servers of all outlets, as one process that answers thousands of requests a second and writes each of them down.

    python -m tests.fakes.cluster.internet PLAN.json LOG

Says its port in a line, and serves until its standard input ends. A single socket listens at all loopback addresses and
no others; every connection takes one request. At any address `/_now` tells when the world began and how many requests
have ended, `/_freeze` ends the growth of all documents, and `/_step` gives each of them an entry more.
"""

from __future__ import annotations

import heapq
import json
import select
import socket
import sys
import time
from pathlib import Path

from tests.fakes.cluster.log import ABORTED, FULL, UNCHANGED, UNKNOWN, record
from tests.fakes.cluster.outlets import Plan, Press

KEPT = 20_000
"""Documents that are kept printed."""
_MOST = 16_384
_EVENTS = select.EPOLLIN | select.EPOLLRDHUP


class _Call:
    """A connection, and what is known of its request."""

    __slots__ = ("began", "head", "left", "number", "sock", "source", "what")

    def __init__(self, sock: socket.socket, number: int) -> None:
        self.sock = sock
        self.number = number
        self.head = b""
        self.began = 0.0
        self.source = -1
        self.left = b""
        self.what = (0, UNKNOWN)


class Internet:
    """Answers until `ends` is readable."""

    def __init__(self, plan: Plan, log: Path) -> None:
        self._plan = plan
        self._began = time.time()
        self._frozen: float | None = None
        self._steps = 0
        self._press = Press(plan, began=self._began)
        self._printed: dict[int, tuple[int, bytes]] = {}
        self._log = log.open("ab", buffering=1 << 16)
        self._poll = select.epoll()
        self._calls: dict[int, _Call] = {}
        self._later: list[tuple[float, int, _Call]] = []
        self._count = self._ended = 0
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")  # 0.0.0.0, and nobody outside
        self._listener.bind(("0.0.0.0", 0))
        self._listener.listen(4096)
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]

    def run(self, ends: int) -> None:
        self._poll.register(self._listener.fileno(), select.EPOLLIN)
        self._poll.register(ends, select.EPOLLIN)
        flushed = time.time()
        while True:
            wait = max(0.0, self._later[0][0] - time.time()) if self._later else 0.25
            for descriptor, events in self._poll.poll(min(wait, 0.25), 512):
                if descriptor == ends:
                    self._log.close()
                    return
                if call := self._calls.get(descriptor):
                    self._heard(call, events)
                elif descriptor == self._listener.fileno():
                    self._accept()
            now = time.time()
            while self._later and self._later[0][0] <= now:
                self._answer(heapq.heappop(self._later)[2])
            if now > flushed + 0.25:
                self._log.flush()
                flushed = now

    def _accept(self) -> None:
        for _ in range(64):
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setblocking(False)
            self._count += 1
            self._calls[sock.fileno()] = call = _Call(sock, self._count)
            self._poll.register(sock.fileno(), _EVENTS)
            self._heard(call, select.EPOLLIN)  # most have sent their request already

    def _heard(self, call: _Call, events: int) -> None:
        if events & select.EPOLLOUT:
            self._send(call)
            return
        try:
            got = call.sock.recv(_MOST)
        except BlockingIOError:
            return
        except OSError:
            got = b""
        if not got:
            self._end(call, ABORTED)
            return
        call.began = call.began or time.time()
        call.head += got
        if call.source < 0 and b"\r\n\r\n" in call.head:
            self._asked(call)

    def _asked(self, call: _Call) -> None:
        path = call.head[5 : call.head.find(b" ", 5)]
        if path.endswith(b".xml"):
            call.source = int(path[:-4])
            pauses = self._plan.pauses
            heapq.heappush(self._later, (call.began + pauses[call.number % len(pauses)], call.number, call))
        else:
            self._steps += path == b"_step"
            if path == b"_freeze" and self._frozen is None:
                self._frozen = time.time()
            told = json.dumps({"ended": self._ended, "began": self._began, "frozen": self._frozen}).encode()
            call.left = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + told
            self._send(call)

    def _answer(self, call: _Call) -> None:
        if call.sock.fileno() < 0:  # hung up meanwhile
            return
        source, now = call.source, time.time()
        entries = self._plan.entries(source, min(now, self._frozen or now) - self._began) + self._steps
        tag = b'"%d-%d"' % (source, entries)
        head = call.head.lower()
        asked = head.find(b"\r\nif-none-match: ")
        if asked >= 0 and head[asked + 17 : head.find(b"\r\n", asked + 2)] == tag:
            call.what = (entries, UNCHANGED)
            call.left = b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\nConnection: close\r\n\r\n" % tag
        else:
            call.what = (entries, FULL)
            body = self._body(source, entries)
            call.left = (
                b"HTTP/1.1 200 OK\r\nETag: %s\r\nContent-Type: application/rss+xml\r\n"
                b"Content-Length: %d\r\nConnection: close\r\n\r\n%s" % (tag, len(body), body)
            )
        self._send(call)

    def _body(self, source: int, entries: int) -> bytes:
        kept = self._printed.get(source)
        if kept and kept[0] == entries:
            return kept[1]
        if len(self._printed) >= KEPT:
            self._printed.clear()
        body = self._press.document(source, entries)
        self._printed[source] = entries, body
        return body

    def _send(self, call: _Call) -> None:
        try:
            call.left = call.left[call.sock.send(call.left) :]
        except BlockingIOError:
            pass
        except OSError:
            self._end(call, ABORTED)
            return
        if call.left:
            self._poll.modify(call.sock.fileno(), select.EPOLLOUT)
        else:
            self._end(call, call.what[1])

    def _end(self, call: _Call, kind: int) -> None:
        if call.sock.fileno() < 0:
            return
        del self._calls[call.sock.fileno()]  # the poll forgets what is closed
        call.sock.close()
        if call.source >= 0:
            self._ended += 1
            self._log.write(record(call.source, call.what[0], kind, call.began, time.time()))


def main() -> None:
    plan = Plan(**json.loads(Path(sys.argv[1]).read_text("utf-8")))
    internet = Internet(plan, Path(sys.argv[2]))
    sys.stdout.write(f"{internet.port}\n")
    sys.stdout.flush()
    internet.run(sys.stdin.fileno())


if __name__ == "__main__":
    main()
