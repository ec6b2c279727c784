"""The daemon of a simulated month, from the outside: started, waited for, stopped, killed."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from tests.fakes.month.hands import Hands
from tests.fakes.processes import children_of, ends, is_running, resident

ROOT = Path(__file__).parents[3]
PATIENCE = 300.0
"""Seconds for whatever is waited for, on a busy machine."""
CLEAN_STOP = 60.0
"""For one that takes less than a second on a machine that has time."""
LEFT = 4096
"""Bytes that a file may have while the disk is full."""


class Life:
    """One daemon at a time, all of them over one folder; `hands` moves their clock."""

    def __init__(self, folder: Path, *, patience: float = PATIENCE) -> None:
        self.config = folder / "config.toml"
        self.log = folder / "log"
        self.hands = Hands(folder / "hands")
        self.starts = 0
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def memory(self) -> int:
        """Bytes that the daemon itself holds, its children apart."""
        return resident(self.pid)

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.fakes.month.program", self.config, self.hands_file]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        threading.Thread(target=self._keep_log, args=(process.stderr,), daemon=True).start()
        self._process = process
        self.starts += 1

    def _keep_log(self, told: IO[bytes]) -> None:
        """Through a pipe: no full disk keeps the daemon from telling of it."""
        with told, self.log.open("ab", buffering=0) as log:
            for line in told:
                log.write(line)

    @property
    def hands_file(self) -> Path:
        return self.config.with_name("hands")

    def until_idle(self) -> None:
        """Wait until all that is due at this moment is done and published."""
        step = self.hands.step
        self.wait(lambda: self.hands.idle >= step, "the daemon to be idle")

    def wait(self, so: Callable[[], bool], what: str) -> None:
        """Until it is so; raises AssertionError when the daemon ends before."""
        deadline = time.monotonic() + self._patience
        while not so():
            assert self._process is not None
            code = self._process.poll()
            assert code is None, f"the daemon ended with {code} while we waited for {what}:\n{self.told()}"
            assert time.monotonic() < deadline, f"waited {self._patience:.0f} s for {what}:\n{self.told()}"
            time.sleep(0.01)

    def kill(self) -> None:
        """As the system does it that is out of memory; its children end by themselves."""
        assert self._process is not None
        children = children_of(self.pid)
        self._process.kill()
        self._process.wait()
        outlived = [child for child in children if not ends(child)]
        assert not outlived, f"children outlived the daemon: {outlived}"

    def stop(self) -> float:
        """By SIGTERM; the seconds that it took."""
        assert self._process is not None
        began = time.monotonic()
        self._process.terminate()
        code = self._process.wait(CLEAN_STOP)
        assert code == 0, f"exit code {code}:\n{self.told()}"
        return time.monotonic() - began

    def end(self) -> None:
        """Whatever became of it."""
        if self._process is not None and is_running(self._process.pid):
            self._process.kill()
            self._process.wait()

    def fill_disk(self) -> None:
        """From now on no file grows beyond a few bytes: writes fail as they do on a full disk."""
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (LEFT, resource.RLIM_INFINITY))

    def free_disk(self) -> None:
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def told(self, size: int = 3000) -> str:
        """The end of the log."""
        return self.log.read_text("utf-8", "replace")[-size:] if self.log.exists() else ""
