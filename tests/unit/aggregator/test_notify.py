"""What a service manager is told, by a stand-in for its socket."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import timedelta
from uuid import uuid4

import pytest

from aggregator.observing.cluster_events import DatabaseAway, DatabaseBack, WorkerJoined
from aggregator.observing.events import (
    AgedOut,
    ConfigRefused,
    ConfigTaken,
    FirstPassed,
    IngestResumed,
    IngestStopped,
    Stopping,
)
from aggregator.observing.milestones import ReloadEnded, ReloadStarted
from aggregator.observing.reader_events import DocumentsFollowed, DocumentsLost, Serving
from aggregator.running.notify import Supervisor, supervisor
from aggregator.running.pulse import MISSED, Pulse
from tests.fakes.service_manager import ServiceManager

SERVING = Serving(address="127.0.0.1:8080")


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path):
    address = str(tmp_path / "notify") if request.param == "path" else f"@topicwire-test-{uuid4()}"
    with ServiceManager(address) as listening:
        yield listening


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_a_daemon_that_serves_is_ready(manager):
    Supervisor(manager.address).observe(SERVING)
    assert manager.hear() == {"READY": "1", "STATUS": "serving at 127.0.0.1:8080"}


def test_a_stop_is_told(manager):
    Supervisor(manager.address).observe(Stopping(signal="SIGTERM"))
    assert manager.hear() == {"STOPPING": "1", "STATUS": "finishing what is being written"}


def test_a_reload_begins_with_the_time_and_ends_ready_with_the_line_that_stands(manager):
    told = Supervisor(manager.address)
    before = time.monotonic_ns() // 1000
    told.observe(ReloadStarted(file="config.toml"))
    told.observe(ConfigTaken(file="config.toml"))
    told.observe(ReloadEnded(file="config.toml"))
    started = manager.hear()
    assert before <= int(started.pop("MONOTONIC_USEC")) <= time.monotonic_ns() // 1000
    assert [started, manager.hear(), manager.hear()] == [
        {"RELOADING": "1"},
        {"STATUS": "serving; the changed config is in force"},
        {"READY": "1", "STATUS": "serving; the changed config is in force"},
    ]


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (FirstPassed(sources=5, reached=4), "serving; 4 of 5 sources answered in the first pass"),
        (
            IngestStopped(reason="No space left on device"),
            "serving what is there; fetching pauses, as nothing can be stored: No space left on device",
        ),
        (IngestResumed(), "serving; fetching goes on"),
        (
            DocumentsLost(reason="gone", documents=7),
            "serving what is there, 7 documents; nothing can be followed: gone",
        ),
        (DocumentsFollowed(documents=7), "serving 7 documents as they change"),
        (
            ConfigRefused(file="config.toml"),
            "serving by the config of before: config.toml is refused, the log says why",
        ),
    ],
)
def test_how_things_stand_is_one_line(manager, event, status):
    Supervisor(manager.address).observe(event)
    assert manager.hear() == {"STATUS": status}


def test_a_worker_is_ready_when_it_works_and_when_it_waits(manager):
    observe = Supervisor(manager.address).observe
    observe(DatabaseAway(reason="PostgreSQL cannot be reached"))
    assert manager.hear() == {"READY": "1", "STATUS": "waiting for the database: PostgreSQL cannot be reached"}
    observe(WorkerJoined(worker="pier:12"))
    assert manager.hear() == {"READY": "1", "STATUS": "pier:12 works with the others"}
    observe(DatabaseBack())
    assert manager.hear() == {"STATUS": "the database is back, and work goes on"}


def test_nothing_that_a_stranger_wrote_adds_a_line(manager):
    Supervisor(manager.address).observe(IngestStopped(reason="no\nREADY=1\x1b[2J"))
    assert set(manager.hear()) == {"STATUS"}


def test_other_events_are_no_business_of_a_service_manager(manager):
    Supervisor(manager.address).observe(AgedOut(entries=3))
    assert manager.silent(within=0.05)


def test_a_service_manager_that_is_gone_stops_nothing(tmp_path):
    Supervisor(str(tmp_path / "nobody")).observe(SERVING)


def test_without_one_nothing_is_told():
    Supervisor().observe(SERVING)


@pytest.mark.anyio
async def test_signs_of_life_are_given_only_while_there_is_life(manager):
    alive = True
    told = Supervisor(manager.address, watchdog=timedelta(seconds=0.08))
    signs = asyncio.create_task(told.reassure(lambda: alive))
    assert await asyncio.to_thread(manager.hear) == {"WATCHDOG": "1"}
    assert await asyncio.to_thread(manager.hear) == {"WATCHDOG": "1"}
    alive = False
    while not await asyncio.to_thread(manager.silent, within=0.05):
        pass  # one that was on its way
    assert await asyncio.to_thread(manager.silent, within=0.2)
    signs.cancel()


@pytest.mark.anyio
async def test_without_a_watchdog_no_sign_is_given(manager):
    await Supervisor(manager.address).reassure(lambda: True)
    assert manager.silent(within=0.05)


def test_the_environment_names_it_once_and_children_learn_nothing_of_it(manager):
    environ = {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "120000000", "WATCHDOG_PID": str(os.getpid())}
    told = supervisor(environ)
    told.observe(SERVING)
    assert manager.hear()["READY"] == "1"
    assert environ == {}


@pytest.mark.anyio
@pytest.mark.parametrize(
    "watchdog",
    [
        {"WATCHDOG_USEC": "20000", "WATCHDOG_PID": "1"},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "-1"},
    ],
)
async def test_a_watchdog_that_is_not_meant_for_us_or_says_no_time_gets_no_sign(manager, watchdog):
    await supervisor({"NOTIFY_SOCKET": manager.address, **watchdog}).reassure(lambda: True)
    assert manager.silent(within=0.05)


@pytest.mark.parametrize("address", ["vsock:2:1234", "notify", ""])
def test_an_address_of_another_kind_is_nobody(address):
    supervisor({"NOTIFY_SOCKET": address}).observe(SERVING)


def test_a_pulse_is_alive_until_so_many_beats_are_missing():
    seconds = 100.0
    pulse = Pulse(timedelta(seconds=5), clock=lambda: seconds)
    seconds += 5 * MISSED
    assert pulse.alive()
    seconds += 0.1
    assert not pulse.alive()
    pulse.beat()
    assert pulse.alive()
