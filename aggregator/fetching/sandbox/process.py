"""One child that reads documents, as its parent sees it: started, asked, given up, ended."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta

from aggregator.fetching.sandbox.limits import MEGABYTE, Limits
from aggregator.fetching.sandbox.watchdog import Watchdog
from aggregator.fetching.sandbox.wire import (
    NO_MEMORY,
    Answer,
    Fault,
    Preparation,
    Ready,
    Request,
    WireError,
    decode_answer,
    encode_request,
    receive,
    send,
)
from aggregator.strict import pack

# The child sees the modules that its parent sees; -P: and none from the folder that it happens to be started in.
_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from aggregator.fetching.sandbox.child import main; main(sys.argv[2])"
)
# The environment may hold passwords. Of it, a child gets what an interpreter needs in order to start.
_NEEDED = (
    *("PATH", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT"),
    *("PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"),
)
WATCHDOG = Watchdog()
# Seconds for a child that closed its output to be gone by itself.
_LEAVING = 5.0
_OUT_OF_CPU = None if sys.platform == "win32" else -signal.SIGPROF


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """The document was not read, and the child is gone; why, as a sentence that begins with the document."""

    reason: str


class Child:
    """A process that answers one request after the other. Its methods block; `kill` may be called from any thread."""

    def __init__(self, limits: Limits, preparation: Preparation) -> None:
        """Start it; raises OSError when the system refuses."""
        self._limits = limits
        self._preparation = preparation
        self._late = False
        self._leaves = False
        self._ready = False
        path = [os.path.abspath(entry) for entry in sys.path]  # noqa: PTH100 - "" means the current folder
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-P", "-c", _BOOT, json.dumps(path), json.dumps(pack(limits))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={name: os.environ[name] for name in _NEEDED if name in os.environ},
            close_fds=True,  # else the store's lock would be the child's as well
            start_new_session=True,  # Ctrl-C is the parent's to take
        )

    @property
    def usable(self) -> bool:
        """Whether it can be asked."""
        return not self._leaves and self._process.poll() is None

    def ask(self, request: Request, body: bytes) -> Answer | GivenUp:
        """What became of `body`; anything but `Ready`."""
        if not self._ready and (fault := self._await_ready()):
            return fault
        return self._answer_within(self._limits.wall, request, body)

    def kill(self) -> None:
        """End it at once: it has nothing to lose."""
        self._process.kill()

    def close(self) -> None:
        """End it, if that is still needed, and leave nothing of it behind. Nobody may be asking it."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            with contextlib.suppress(OSError):  # what it was to be told is lost, as it should be
                assert stream is not None
                stream.close()

    def _await_ready(self) -> Fault | None:
        """None once it can be asked; else why it cannot."""
        assert self._process.stderr is not None
        started = self._answer_within(self._limits.start, self._preparation)
        if isinstance(started, Ready):
            self._ready = True
            return None
        self._leaves = True
        self._process.kill()
        said = self._process.stderr.read().decode("utf-8", "replace").strip()
        return Fault(
            error=f"the process that reads documents could not be started: {self._why_not_started(said)}",
            traceback=said,
        )

    def _why_not_started(self, said: str) -> str:
        if self._late:
            return f"it was not ready after {self._limits.start.total_seconds():g} s"
        return said.rpartition("\n")[2] or f"it ended at once ({_ending(self._process.wait())})"

    def _answer_within(self, patience: timedelta, request: Request, *body: bytes) -> Answer | GivenUp:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        payload = None
        try:
            with WATCHDOG.watching(patience, self._give_up):
                send(self._process.stdin, encode_request(request), *body)
                payload = receive(self._process.stdout, longest=self._limits.answer)
            if payload is not None:
                answer, leaves = decode_answer(payload, request)
                self._leaves = leaves or self._late
                return answer
        except WireError as error:
            self._leaves = True
            return Fault(error=str(error), traceback="")
        except (OSError, EOFError):
            pass  # it is gone, and its exit code knows why
        self._leaves = True
        return GivenUp(reason=self._why_it_ended(patience))

    def _give_up(self) -> None:
        self._late = True
        self._process.kill()

    def _why_it_ended(self, patience: timedelta) -> str:
        try:
            code = self._process.wait(_LEAVING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        if self._late:
            return f"reading it took more than {patience.total_seconds():g} s"
        if code == NO_MEMORY:
            return f"reading it needed more than {self._limits.memory / MEGABYTE:g} MB"
        if code == _OUT_OF_CPU:
            return f"reading it took more than {self._limits.cpu.total_seconds():g} s of CPU"
        return f"the process that read it ended unexpectedly ({_ending(code)})"


def _ending(code: int) -> str:
    """An exit code in words; negative ones are signals."""
    try:
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"
    except ValueError:
        return f"signal {-code}"
