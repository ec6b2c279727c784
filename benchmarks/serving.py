"""Answers a second beside nginx with one worker, the same document on the same machine in one run; needs nginx and wrk.

    python benchmarks/serving.py [ROUNDS]

Rounds go by turns, and the best of each counts. `ratio` is ours over nginx.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from hashlib import sha512
from multiprocessing import Process, Queue
from pathlib import Path

from aggregator.connections import Connections
from aggregator.server import application
from aggregator.shelf import Shelf
from feeds.render import ATOM, document

WRK = ("wrk", "-t1", "-c64", "-d5s", "--latency")
PATH = "/feeds/example.atom"
ENTRY = (
    b"<entry><id>urn:uuid:%032d</id><title>High water at the harbour, day %d</title>"
    b"<content>The river rose by %d cm at the old bridge, the Harbour Post reports. %s</content></entry>"
)
BODY = b"<?xml version='1.0'?><feed>%s</feed>" % b"".join(
    ENTRY % (n, n, n * 7919 % 613, sha512(b"%d" % n).hexdigest().encode() * 4) for n in range(50)
)
DOCUMENT = document(BODY, ATOM, datetime(2026, 3, 1, tzinfo=UTC))
NGINX = """
worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log; user root;
events {{ worker_connections 1024; }}
http {{
  access_log off; gzip_static on; keepalive_requests 1000000000; types {{ application/atom+xml atom; }}
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e; open_file_cache max=100;
  server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""


def serve(ready: Queue) -> None:
    shelf = Shelf()
    shelf.swap({PATH: DOCUMENT})

    async def run() -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
            connections = Connections(application(shelf, max_age=lambda: timedelta(minutes=15)))
            await connections.start(listener)
            ready.put(listener.getsockname()[1])
            await asyncio.Event().wait()

    asyncio.run(run())


@contextlib.contextmanager
def ours():
    ready: Queue = Queue()
    process = Process(target=serve, args=(ready,), daemon=True)
    process.start()
    try:
        yield ready.get(timeout=20)
    finally:
        process.terminate()
        process.join()


@contextlib.contextmanager
def nginx():
    with tempfile.TemporaryDirectory() as name, socket.socket() as probe:
        folder = Path(name)
        folder.chmod(0o755)
        target = folder / PATH.lstrip("/")
        target.parent.mkdir()
        target.write_bytes(DOCUMENT.body)
        target.with_name(target.name + ".gz").write_bytes(DOCUMENT.gzip)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
        process = subprocess.Popen(["nginx", "-c", folder / "nginx.conf", "-p", folder])
        try:
            for _ in range(100):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
            yield port
        finally:
            process.terminate()
            process.wait()


def etag(port: int) -> str:
    answer = subprocess.run(
        ["curl", "-sI", f"http://127.0.0.1:{port}{PATH}"], capture_output=True, text=True, check=True
    )
    return re.search(r"(?i)^etag: (\S+)", answer.stdout, re.MULTILINE)[1]


def measured(port: int, header: str, *, least: int) -> float:
    """Answers a second; the bytes read tell that they were the ones that were meant."""
    answer = subprocess.run(
        [*WRK, "-H", header, f"http://127.0.0.1:{port}{PATH}"], capture_output=True, text=True, check=True
    ).stdout
    number = int(re.search(r"(\d+) requests in", answer)[1])
    read, unit = re.search(r"requests in [\d.]+s, ([\d.]+)([KMG])B read", answer).groups()
    each = float(read) * {"K": 2**10, "M": 2**20, "G": 2**30}[unit] / number
    assert least <= each < least + 700, f"{each} bytes an answer"
    if header.startswith("Accept"):
        assert "Non-2xx" not in answer
    return float(re.search(r"Requests/sec:\s+([\d.]+)", answer)[1])


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with ours() as own, nginx() as other:
        print(f"bytes: {len(DOCUMENT.body)} plain, {len(DOCUMENT.gzip)} gzip")
        for name, headers, least in (
            ("304", {port: f"If-None-Match: {etag(port)}" for port in (own, other)}, 100),
            ("gzip 200", dict.fromkeys((own, other), "Accept-Encoding: gzip"), len(DOCUMENT.gzip)),
        ):
            best = {own: 0.0, other: 0.0}
            for _ in range(rounds):
                for port in (own, other):
                    best[port] = max(best[port], measured(port, headers[port], least=least))
            print(f"{name} a second: {best[own]:.0f}")
            print(f"{name} a second, nginx: {best[other]:.0f}")
            print(f"{name} ratio: {best[own] / best[other]:.2f}")


if __name__ == "__main__":
    main()
