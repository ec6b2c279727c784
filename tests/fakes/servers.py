"""`serve --no-fetch` as a process of its own, for as long as a test needs it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

from tests.fakes.postgres import as_in_a_config
from tests.fakes.serving import Reply, ask

PATIENCE = 60  # seconds; a busy machine takes a few
PORTS = range(12_000, 32_000)
"""Below those that the system gives to whoever connects to somewhere: until it is used, a port stays free."""
CONFIG = """
[serve]
listen = "127.0.0.1:{port}"
[store]
url = "{url}"
"""


@dataclass(frozen=True, kw_only=True)
class ServerProcess:
    port: int
    process: subprocess.Popen
    config: Path
    log: Path

    def ask(self, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> Reply:
        return ask(self.port, path, method=method, headers=headers)

    def status(self, path: str) -> int:
        """0: it does not answer."""
        with suppress(OSError):
            return self.ask(path).status
        return 0

    def lines(self) -> str:
        return self.log.read_text("utf-8")


def until(true: Callable[[], bool], *, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def free_port() -> int:
    """One on 127.0.0.1 that nobody listens at, for a process that takes it later."""
    for port in SystemRandom().sample(PORTS, 1000):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("somebody listens everywhere")


@contextmanager
def server_process(folder: Path, database: str, *, more: str = "") -> Iterator[ServerProcess]:
    """One over `database`, a URL as psycopg takes it; `more` of a config. It ends as it should, or the test fails."""
    folder.mkdir(parents=True, exist_ok=True)
    port, config, log = free_port(), folder / "config.toml", folder / "log"
    config.write_text(CONFIG.format(port=port, url=as_in_a_config(database)) + more, "utf-8")
    with log.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "aggregator", "serve", "--no-fetch", "--config", str(config)],
            stdout=told,
            stderr=told,
            cwd=Path(__file__).parent.parent.parent,
        )
    try:
        yield ServerProcess(port=port, process=process, config=config, log=log)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0, log.read_text("utf-8")
    finally:
        process.kill()
        process.wait()
