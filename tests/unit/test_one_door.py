"""Every byte goes out through `aggregator.fetching.client`: nobody else has the means, and what it opens was judged."""

from __future__ import annotations

import ast
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.fetching.client import Client, connect
from aggregator.fetching.guard import Allowed
from aggregator.fetching.turns import Turns
from aggregator.ingesting.ingest import Ingest
from feeds.model import Failed, Fetched, Source
from feeds.polling import Bounds
from storage.memory import MemoryStore
from tests.evil.server import FEED, RSS
from tests.fakes.web import Web, redirect, reply

ROOT = Path(__file__).parent.parent.parent
DOOR = ROOT / "aggregator" / "fetching" / "client"
OTHERS = [
    path
    for layer in ("aggregator", "storage", "feeds")
    for path in sorted((ROOT / layer).rglob("*.py"))
    if not path.is_relative_to(DOOR)
]
NETWORK = {
    *("socket", "ssl", "socketserver", "ftplib", "imaplib", "nntplib", "poplib", "smtplib", "telnetlib", "webbrowser"),
    *("http.client", "http.server", "urllib.request", "xmlrpc", "multiprocessing.connection", "asyncio.streams"),
    *("httpx", "httpcore", "h11", "h2", "anyio", "trio", "aiohttp", "requests", "urllib3", "websockets", "trustme"),
}
MAY_IMPORT = {
    "aggregator/serving/listen.py": {"socket"},  # the address to serve at
    "aggregator/serving/connections.py": {"socket"},  # the readers who come there
    "aggregator/serving/front/front.py": {"socket"},  # hands the socket on at which they come
    "aggregator/serving/front/process.py": {"socket"},  # likewise, and one end of a pair
    "aggregator/serving/front/child.py": {"socket"},  # the other ends
    "aggregator/serving/front/wire.py": {"socket"},  # what goes through such a pair
    "aggregator/demo/server.py": {"socket"},  # the demo's own sources, on loopback
    "aggregator/cluster/sockets.py": {"socket"},  # cuts those of the database that jobs are in
    "storage/postgres/session.py": {"socket"},  # cuts that of the database when it hangs
    "storage/lock.py": {"socket"},  # the machine's name, for naming who holds the store
    "aggregator/control/asking.py": {"socket"},  # a Unix socket in the store's folder
    "aggregator/control/server.py": {"socket"},  # likewise
    "aggregator/running/notify.py": {"socket"},  # the Unix socket of a service manager
}
MAY_OPEN = {
    "aggregator/control/asking.py": {"connect"},
    "aggregator/running/notify.py": {"connect"},
    "storage/postgres/session.py": {"connect"},  # the database that the config names
}
OPENERS = {
    *("connect", "connect_ex", "sock_connect", "create_connection", "open_connection", "create_unix_connection"),
    *("open_unix_connection", "create_datagram_endpoint", "sendto", "sock_sendto", "urlopen", "urlretrieve"),
    *("fetch_url", "fetch_response", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo"),
}

each_other = pytest.mark.parametrize("path", OTHERS, ids=lambda path: str(path.relative_to(ROOT)))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@each_other
def test_nobody_else_imports_what_can_reach_the_network(path: Path):
    reached = {
        module for name in imported(path) for module in NETWORK if name == module or name.startswith(f"{module}.")
    }
    assert reached - MAY_IMPORT.get(path.relative_to(ROOT).as_posix(), set()) == set()


def named_in(path: Path) -> set[str]:
    return {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute | ast.Name)
    }


@each_other
def test_nobody_else_opens_a_connection_or_looks_up_a_name(path: Path):
    assert named_in(path) & OPENERS == MAY_OPEN.get(path.relative_to(ROOT).as_posix(), set())


@pytest.mark.parametrize("name", ["asking", "server"])
def test_commands_go_through_a_socket_that_is_a_file_and_nothing_else(name):
    families = {one for one in named_in(ROOT / "aggregator" / "control" / f"{name}.py") if one.startswith("AF_")}
    assert families == {"AF_UNIX"}


def test_what_may_import_is_still_there():
    """An exemption that nobody needs any more would be a hole."""
    needed = {name: imported(ROOT / name) & modules for name, modules in MAY_IMPORT.items()}
    assert needed == MAY_IMPORT


# --- seen from the system's side ------------------------------------------------------------------------------------


class Seen:
    """What this process connects to and looks up; a hook stays for ever, so it watches only while it is told to."""

    def __init__(self) -> None:
        self.watching = False
        self.connected: list[str] = []
        self.looked_up: list[str] = []
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple) -> None:
        if self.watching and event == "socket.connect":
            self.connected.append(arguments[1][0])
        if self.watching and event in {"socket.getaddrinfo", "socket.gethostbyname"}:
            self.looked_up.append(str(arguments[0]))


SEEN = Seen()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_only_what_was_judged_and_allowed_is_connected_to_and_only_once(monkeypatch):
    allowed: list[str] = []
    real = connect.judge_address

    def judging(address: str, *, allow_private: bool):
        verdict = real(address, allow_private=allow_private)
        if verdict == Allowed():
            allowed.append(address)
        return verdict

    async def resolve(host: str, port: int) -> tuple[str, ...]:
        return {"tides.example": ("169.254.169.254", "127.0.0.2"), "inside.example": ("224.0.0.1",)}[host]

    monkeypatch.setattr(connect, "judge_address", judging)
    async with Web({"/feed": reply(FEED, headers=[RSS])}, host="127.0.0.2") as web:
        web.paths["/away"] = redirect("http://inside.example/feed")
        web.paths["/disguised"] = redirect(f"http://2130706434:{web.port}/feed")
        ingest = Ingest(
            store=MemoryStore(),
            client=Client(
                user_agent="topicwire/test",
                timeout=timedelta(seconds=20),
                max_size=1_000_000,
                turns=Turns(gap=timedelta()),
                resolve=resolve,
            ),
            bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24)),
            clock=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC),
            draw=lambda: 0.0,
            observe=lambda event: None,
        )
        SEEN.watching = True
        try:
            outcomes = [
                (
                    await ingest.run(Source(id=path, url=f"http://tides.example:{web.port}/{path}", allow_private=True))
                ).outcome
                for path in ("feed", "away", "disguised")
            ]
        finally:
            SEEN.watching = False

    assert [type(outcome) for outcome in outcomes] == [Fetched, Failed, Fetched]
    assert SEEN.connected == allowed == ["127.0.0.2"] * 4
    assert SEEN.looked_up == []
