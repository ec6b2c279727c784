"""The processes of a cluster, from the outside: workers and servers that are started, killed, stopped and continued."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.fakes.cluster.pollers import fetch
from tests.fakes.month.life import ROOT


class Crew:
    """Everything that was started here ends with the block, too; each process has a log of its own in `folder`."""

    def __init__(self, config: Path, folder: Path, *, term: float) -> None:
        """`term` of the leases, in seconds."""
        self.workers: list[subprocess.Popen[bytes]] = []
        self.started = 0
        self._config = config
        self._folder = folder
        self._term = term
        self.others: list[subprocess.Popen[bytes]] = []
        self._ports: list[socket.socket] = []
        """Taken, so that nobody else is given them, and not listened at."""
        self._logs: dict[int, Path] = {}
        """By process; the newest one of that number."""

    def work(self) -> subprocess.Popen[bytes]:
        """One worker more."""
        worker = self._start("tests.fakes.cluster.program", str(self._config), str(self._term))
        self.workers.append(worker)
        return worker

    def daemon(self) -> subprocess.Popen[bytes]:
        """One that does all of it by itself, of a config whose store is a folder."""
        self.others.append(self._start("aggregator", "serve", "--config", str(self._config)))
        return self.others[-1]

    def serve(self) -> int:
        """A server more, at the port that is returned; it may take a while until it answers."""
        taken = socket.socket()
        self._ports.append(taken)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        config = self._config.with_name(f"server-{port}.toml")
        config.write_text(self._config.read_text("utf-8").replace("127.0.0.1:1", f"127.0.0.1:{port}"), "utf-8")
        self.others.append(self._start("aggregator", "serve", "--no-fetch", "--config", str(config)))
        return port

    def replace(self, worker: subprocess.Popen[bytes]) -> None:
        """Kill it as the system does that has no memory left, and start another one."""
        self.kill(worker)
        self.work()

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        worker.kill()
        worker.wait()
        self.workers.remove(worker)

    def worker(self, pid: int | None) -> subprocess.Popen[bytes] | None:
        return next((one for one in self.workers if one.pid == pid), None)

    def all_alive(self) -> None:
        """Raises AssertionError where something ended by itself, with the end of its log."""
        for one in (*self.workers, *self.others):
            assert one.poll() is None, f"{one.args} ended with {one.poll()}:\n{self.told(one)}"

    def told(self, process: subprocess.Popen[bytes], size: int = 3000) -> str:
        """The end of its log."""
        return self._logs[process.pid].read_text("utf-8", "replace")[-size:]

    def logs(self) -> Iterator[str]:
        """All of all logs, those of the dead included."""
        return (log.read_text("utf-8", "replace") for log in sorted(self._folder.glob("*.log")))

    def stop(self) -> dict[str, int | None]:
        """By SIGTERM, the workers first; the exit codes of all."""
        codes: dict[str, int | None] = {}
        for group in (self.workers, self.others):
            for one in group:
                one.terminate()
            for one in group:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    one.wait(90)
                codes[f"{one.args[2]} {one.pid}"] = one.poll()  # type: ignore[index] - a list, as `_start` has it
        return codes

    def end(self) -> None:
        """Whatever became of them."""
        for one in (*self.workers, *self.others):
            if one.poll() is None:
                one.send_signal(signal.SIGCONT)
                one.kill()
                one.wait()
        for taken in self._ports:
            taken.close()

    def _start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        self.started += 1
        command = [sys.executable, "-m", module, *arguments]
        told = self._folder / f"{self.started}.log"
        with told.open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=dict(os.environ))
        self._logs[process.pid] = told
        return process


def answers(port: int, path: str) -> bool:
    """Whether a server has this document."""
    try:
        return fetch(port, path)[0] == 200
    except (OSError, http.client.HTTPException):
        return False


@contextlib.contextmanager
def crew(config: Path, folder: Path, *, term: float) -> Iterator[Crew]:
    made = Crew(config, folder, term=term)
    try:
        yield made
    finally:
        made.end()


def same_everywhere(ports: Sequence[int], paths: Sequence[str]) -> bool:
    """Whether all servers answer with the same bytes under the same tag."""
    return all(len({fetch(port, path) for port in ports}) == 1 for path in paths)
