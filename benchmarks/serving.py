"""Answers a second beside nginx with one worker, the same document on the same machine in one run; needs nginx and wrk.

    python benchmarks/serving.py [ROUNDS]

Rounds go by turns, and the best of each counts. `ratio` is ours over nginx; `of the CPU` compares by the processor time
that an answer takes, which other work on the machine moves less. Ours is the process that answers readers of a daemon
that has nothing else to do; its memory is told, too.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha512
from multiprocessing import Process, Queue
from pathlib import Path

from aggregator.publishing.shelf import Shelf
from aggregator.serving.front.front import Front
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
            front = Front(shelf, max_age=lambda: timedelta(minutes=15), observe=print)
            await front.start(listener)
            ready.put((listener.getsockname()[1], front.pid))
            await asyncio.Event().wait()

    asyncio.run(run())


@dataclass(frozen=True)
class Served:
    port: int
    pid: int


@contextlib.contextmanager
def ours():
    ready: Queue = Queue()
    process = Process(target=serve, args=(ready,), daemon=True)
    process.start()
    try:
        made = Served(*ready.get(timeout=20))
        yield made
        print(f"resident MB: {resident(made.pid) / 2**20:.1f}")
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
        process = subprocess.Popen(
            ["nginx", "-c", folder / "nginx.conf", "-p", folder], start_new_session=True
        )  # as ours
        try:
            for _ in range(100):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
            while not (workers := children(process.pid)):
                time.sleep(0.05)
            yield Served(port, workers[0])
        finally:
            process.terminate()
            process.wait()


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cpu(pid: int) -> float:
    """Seconds of processor time that it has used."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def etag(port: int) -> str:
    answer = subprocess.run(
        ["curl", "-sI", f"http://127.0.0.1:{port}{PATH}"], capture_output=True, text=True, check=True
    )
    return re.search(r"(?i)^etag: (\S+)", answer.stdout, re.MULTILINE)[1]


def measured(served: Served, header: str, *, least: int) -> tuple[float, float]:
    """Answers a second, and a second of processor time; the bytes read tell that they were the ones that were meant."""
    before = cpu(served.pid)
    answer = subprocess.run(
        [*WRK, "-H", header, f"http://127.0.0.1:{served.port}{PATH}"], capture_output=True, text=True, check=True
    ).stdout
    used = cpu(served.pid) - before
    number = int(re.search(r"(\d+) requests in", answer)[1])
    read, unit = re.search(r"requests in [\d.]+s, ([\d.]+)([KMG])B read", answer).groups()
    each = float(read) * {"K": 2**10, "M": 2**20, "G": 2**30}[unit] / number
    assert least <= each < least + 700, f"{each} bytes an answer"
    if header.startswith("Accept"):
        assert "Non-2xx" not in answer
    return float(re.search(r"Requests/sec:\s+([\d.]+)", answer)[1]), number / used


def main() -> None:
    if missing := [name for name in ("nginx", "wrk", "curl") if shutil.which(name) is None]:
        sys.exit(f"nothing was measured: this needs {', '.join(missing)}; on Debian: apt install nginx-light wrk curl")
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with ours() as own, nginx() as other:
        print(f"bytes: {len(DOCUMENT.body)} plain, {len(DOCUMENT.gzip)} gzip")
        for name, headers, least in (
            ("304", {one: f"If-None-Match: {etag(one.port)}" for one in (own, other)}, 100),
            ("gzip 200", dict.fromkeys((own, other), "Accept-Encoding: gzip"), len(DOCUMENT.gzip)),
        ):
            best = {own: (0.0, 0.0), other: (0.0, 0.0)}
            for _ in range(rounds):
                for one in (own, other):
                    found = measured(one, headers[one], least=least)
                    best[one] = tuple(map(max, best[one], found))
            for at, unit in enumerate(("a second", "a second of the CPU")):
                print(f"{name} {unit}: {best[own][at]:.0f}")
                print(f"{name} {unit}, nginx: {best[other][at]:.0f}")
                print(f"{name} {unit}, ratio: {best[own][at] / best[other][at]:.2f}")


if __name__ == "__main__":
    main()
