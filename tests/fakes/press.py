"""Many made-up publishers behind one proxy, so that each has a host of its own: what was asked of whom, and when."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass
class Press:
    """Every host has one entry, whose title names it."""

    slowness: float = 0.0
    """Seconds that an answer takes."""
    port: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    beside: Counter[str] = field(default_factory=Counter)
    """Requests to a host that came while another one was being answered."""
    _now: Counter[str] = field(default_factory=Counter)
    _alone: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def answering(self, host: str) -> Iterator[None]:
        with self._alone:
            self.asked[host] += 1
            self.beside[host] += self._now[host] > 0
            self._now[host] += 1
        try:
            time.sleep(self.slowness)
            yield
        finally:
            with self._alone:
                self._now[host] -= 1


def feed_of(host: str) -> bytes:
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{host}</title><link>http://{host}/</link>'
        f"<description>News</description><language>en</language><item><guid>http://{host}/1</guid>"
        f"<link>http://{host}/1</link><title>Peace at {host}</title><description>All that {host} knows.</description>"
        "</item></channel></rss>"
    ).encode()


@contextmanager
def printing(press: Press) -> Iterator[Press]:
    """`press` answers at its `port` meanwhile, as a proxy for whatever host."""

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host = urlsplit(self.path).hostname or ""
            with press.answering(host):
                body = feed_of(host)
            # Not before: who has all of it may ask again before this thread notes that it is done.
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # one who was killed reads no more
                self.close_connection = True

        def log_message(self, *_: object) -> None: ...

    class Proxy(ThreadingHTTPServer):
        request_queue_size = 256
        daemon_threads = True

    with Proxy(("127.0.0.1", 0), Answers) as server:
        press.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield press
        finally:
            server.shutdown()
            thread.join()
