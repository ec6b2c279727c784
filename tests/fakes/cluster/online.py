"""The outlets' process, from the outside."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tests.fakes.cluster import log
from tests.fakes.cluster.outlets import Plan
from tests.fakes.month.life import ROOT


class Online:
    """What of it can be asked."""

    def __init__(self, plan: Plan, port: int, requests: Path, pid: int) -> None:
        self.plan = plan
        self.port = port
        self.pid = pid
        self._requests = requests

    def url(self, source: int) -> str:
        return self.plan.url(source, self.port)

    @property
    def ended(self) -> int:
        """How many requests have ended."""
        return int(self._ask("/_now")["ended"])

    @property
    def began(self) -> float:
        """When the world was made, from which the age of everything counts."""
        return float(self._ask("/_now")["began"])

    def freeze(self) -> float:
        """No source publishes anything from now on; since when."""
        return float(self._ask("/_freeze")["frozen"])

    def step(self) -> None:
        """Every source publishes an entry."""
        self._ask("/_step")

    def requests(self) -> list[log.Asked]:
        """What is written down, which is all but the last quarter of a second."""
        return log.read(self._requests)

    def _ask(self, path: str) -> dict[str, float]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            told: dict[str, float] = json.loads(connection.getresponse().read())
            return told
        finally:
            connection.close()


@contextlib.contextmanager
def online(plan: Plan, folder: Path) -> Iterator[Online]:
    """All hosts of `plan`, served by a process of its own until the block ends."""
    (folder / "plan.json").write_text(json.dumps(asdict(plan)), "utf-8")
    requests = folder / "requests"
    requests.touch()
    command = [sys.executable, "-m", "tests.fakes.cluster.internet", folder / "plan.json", requests]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Online(plan, int(process.stdout.readline()), requests, process.pid)
    finally:
        process.stdin.close()
        process.stdout.close()
        try:
            process.wait(60)
        finally:
            process.kill()
