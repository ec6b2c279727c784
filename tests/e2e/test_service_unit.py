"""A real `serve` as a service manager has it: told of, kept alive, reloaded, stopped, and inside the unit's walls."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from tests.fakes.processes import children_of
from tests.fakes.service_manager import ServiceManager
from tests.fakes.web import Web, reply

ROOT = Path(__file__).parent.parent.parent
UNIT = ROOT / "contrib" / "systemd" / "topicwire.service"
CONFIG = """
[serve]
listen = "127.0.0.1:0"
[fetch]
allow_private = true
[store]
url = "tinydb:store"
[publish]
folder = "site"
[[source]]
url = "{url}"
id = "tides"
[[topic]]
id = "{topic}"
title = "Water"
  [topic.match]
  any = ["water", "/h.gh/"]
  uk = ['"гарантії безпеки"']
  ru = ['"гарантии безопасности"']
"""
FEED = (
    b'<rss version="2.0"><channel><title>Tides</title><item><guid>1</guid><title>High water at the pier</title>'
    b"<link>https://tides.example/1</link></item></channel></rss>"
)
PATIENCE = 60
"""Seconds for what takes one or two on a machine that has time."""

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Daemon:
    """A `serve` in a process of its own, and the service manager that started it."""

    def __init__(self, folder: Path, url: str, manager: ServiceManager, *, inside: tuple[str, ...] = ()) -> None:
        self.config = folder / "config.toml"
        self.url = url
        self.write("water")
        self.errors = (folder / "errors").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [*inside, sys.executable, "-m", "aggregator", "serve", "--config", str(self.config)],
            cwd=ROOT,
            stderr=self.errors,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "1000000"},
        )

    def write(self, topic: str) -> None:
        self.save(CONFIG.format(url=self.url, topic=topic))

    def save(self, text: str) -> None:
        """As editors do it: whoever looks sees the old text or the new one, and nothing in between."""
        beside = self.config.with_suffix(".new")
        beside.write_text(text, "utf-8")
        beside.replace(self.config)

    def told(self) -> str:
        return Path(self.errors.name).read_text("utf-8")

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.errors.close()


@asynccontextmanager
async def serving(folder: Path, manager: ServiceManager, *, inside: tuple[str, ...] = ()):
    async with Web({"/feed": reply(FEED)}) as web:
        daemon = Daemon(folder, web.url("/feed"), manager, inside=inside)
        try:
            yield daemon
        finally:
            daemon.end()


def hearing(manager: ServiceManager, key: str, value: str):
    return asyncio.to_thread(manager.hear_until, key, value)


@pytest.mark.heavy
@pytest.mark.anyio
@pytest.mark.parametrize("namespace", ["path", "abstract"])
async def test_a_service_manager_learns_of_start_life_reload_and_stop(tmp_path, namespace):
    address = f"@topicwire-{uuid4()}" if namespace == "abstract" else str(tmp_path / "notify")
    with ServiceManager(address) as manager:
        async with serving(tmp_path, manager) as daemon:
            ready = await hearing(manager, "READY", "1")
            assert ready["STATUS"].startswith("serving at 127.0.0.1:")
            await hearing(manager, "WATCHDOG", "1")
            await hearing(manager, "STATUS", "serving; 1 of 1 sources answered in the first pass")

            daemon.process.send_signal(signal.SIGHUP)
            assert int((await hearing(manager, "RELOADING", "1"))["MONOTONIC_USEC"]) > 0
            await hearing(manager, "READY", "1")
            daemon.save("[[topic]]\n")
            await hearing(manager, "RELOADING", "1")
            assert "is refused" in (await hearing(manager, "READY", "1"))["STATUS"]

            reading = children_of(daemon.process.pid)
            assert reading
            assert not any(b"NOTIFY_SOCKET" in Path(f"/proc/{child}/environ").read_bytes() for child in reading)

            began = time.monotonic()
            daemon.process.send_signal(signal.SIGTERM)
            assert (await hearing(manager, "STOPPING", "1"))["STATUS"] == "finishing what is being written"
            assert await asyncio.to_thread(daemon.process.wait, PATIENCE) == 0
            assert time.monotonic() - began < 20  # TimeoutStopSec of the unit


@pytest.mark.heavy
@pytest.mark.anyio
async def test_a_daemon_that_stands_still_gives_no_sign_of_life_until_it_goes_on(tmp_path):
    with ServiceManager(str(tmp_path / "notify")) as manager:
        async with serving(tmp_path, manager) as daemon:
            await hearing(manager, "WATCHDOG", "1")
            daemon.process.send_signal(signal.SIGSTOP)
            while not await asyncio.to_thread(manager.silent, within=0.3):
                pass  # what was on its way when it stopped
            assert await asyncio.to_thread(manager.silent, within=1)
            daemon.process.send_signal(signal.SIGCONT)
            await hearing(manager, "WATCHDOG", "1")


@pytest.mark.heavy
@pytest.mark.anyio
@needs_systemd
async def test_everything_works_inside_the_walls_of_the_unit(tmp_path):
    """Reading children, the control socket, reloads, the static copy: the filter lets them all work."""
    walls = (sys.executable, "-m", "tests.fakes.under_the_unit", str(UNIT))
    with ServiceManager(str(tmp_path / "notify")) as manager:
        async with serving(tmp_path, manager, inside=walls) as daemon:
            await hearing(manager, "STATUS", "serving; 1 of 1 sources answered in the first pass")
            assert "tides: 1 new" in daemon.told()
            daemon.write("seas")
            await hearing(manager, "STATUS", "serving; the changed config is in force")
            assert await until((tmp_path / "site" / "feeds" / "seas.atom").exists)
            hidden = await asyncio.to_thread(
                subprocess.run,
                [sys.executable, "-m", "aggregator", "hide", "https://tides.example/1", "--config", str(daemon.config)],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            assert (hidden.returncode, hidden.stderr) == (0, "")
            daemon.process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(daemon.process.wait, PATIENCE) == 0
            assert "not permitted" not in daemon.told()


async def until(true) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while not true():
                await asyncio.sleep(0.05)
            return True
    return False


@pytest.fixture
def unit(tmp_path) -> Path:
    """The unit for a program that is there: its own path need not be on this machine."""
    program = Path(sys.executable).with_name("topicwire")
    text = UNIT.read_text("utf-8").replace("/opt/topicwire/bin/topicwire", str(program))
    (tmp_path / "topicwire.service").write_text(text, "utf-8")
    return tmp_path / "topicwire.service"


@pytest.mark.heavy
@needs_systemd
def test_systemd_has_nothing_to_say_against_the_unit(unit):
    found = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


@pytest.mark.heavy
@needs_systemd
def test_the_unit_is_exposed_to_at_most_2_of_10(unit):
    asked = ["systemd-analyze", "security", "--offline=yes", "--threshold=20", str(unit)]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout.splitlines()[-1:]
