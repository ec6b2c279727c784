"""Children side by side: started when needed, in nobody's way, and none left at the end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.fetching.sandbox import Limits, Sandbox
from tests.fakes.hostile_feeds import good, quadratic_address
from tests.fakes.processes import children_of, cpu_of_family, ends, is_running, resident
from tests.fakes.sandboxed import at_work, read_here, reads, the_child

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[4]


def open_files() -> list[Path]:
    return list(Path("/proc/self/fd").iterdir())


async def test_nothing_is_started_before_there_is_something_to_read():
    with Sandbox(size=2) as sandbox:
        assert children_of() == set()
        await the_child(sandbox)  # one is enough for one document after the other


def test_a_command_that_reads_nothing_of_strangers_does_not_even_know_how():
    script = (
        "import sys, aggregator.cli.status; print(*{'aggregator.fetching.sandbox', 'feedparser'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


@pytest.mark.heavy
async def test_a_slow_document_does_not_keep_the_others_waiting():
    with Sandbox(limits=Limits(cpu=timedelta(seconds=2), wall=timedelta(hours=1)), size=2) as sandbox:
        while len(children_of()) < 2:  # or the second one would have to be started against the first one's time
            await asyncio.gather(reads(sandbox, good()), reads(sandbox, good()))
        slow = asyncio.create_task(reads(sandbox, quadratic_address()))
        quick = [await reads(sandbox, good(n)) for n in (1, 2, 3)]

        assert not slow.done()
        assert quick == [read_here(good(n)) for n in (1, 2, 3)]
        assert len(children_of()) == 2
        assert await slow == "the document was given up: reading it took more than 2 s of CPU"


async def test_a_reading_that_is_cancelled_spoils_nothing_for_those_that_follow(sandbox):
    reading = asyncio.create_task(reads(sandbox, good(500)))
    waiting = asyncio.create_task(reads(sandbox, good(2)))
    await asyncio.sleep(0.05)
    reading.cancel()
    waiting.cancel()
    assert await asyncio.gather(reading, waiting, return_exceptions=True) != []

    assert await reads(sandbox, good(3)) == read_here(good(3))


def test_a_sandbox_serves_one_event_loop_after_another():
    with Sandbox(size=1) as sandbox:
        assert [asyncio.run(reads(sandbox, good(n))) for n in (1, 2)] == [read_here(good(1)), read_here(good(2))]


# --- the end ----------------------------------------------------------------------------------------------------------


async def test_closing_leaves_no_process_behind():
    with Sandbox(size=2) as sandbox:
        await asyncio.gather(*(reads(sandbox, good(200)) for _ in range(4)))
        children = children_of()
        assert children
    assert children_of() == set()
    assert not any(is_running(child) for child in children)
    with pytest.raises(RuntimeError):
        await reads(sandbox, good())


async def test_closing_does_not_wait_for_what_is_being_read():
    with Sandbox(limits=Limits(cpu=timedelta(hours=1), wall=timedelta(hours=1)), size=1) as sandbox:
        child = await the_child(sandbox)
        used = cpu_of_family(child)
        reading = asyncio.create_task(reads(sandbox, quadratic_address()))
        await at_work(child, since=used)
    assert children_of() == set()
    assert await reading == "the document was given up: the process that read it ended unexpectedly (SIGKILL)"


def test_children_end_with_a_parent_that_is_killed():
    script = """
import asyncio, os, sys
from aggregator.fetching.sandbox import Sandbox
from tests.fakes.hostile_feeds import NOW, SOURCE, good
from tests.fakes.processes import children_of
sandbox = Sandbox(size=1)
asyncio.run(sandbox.read(good(), source=SOURCE, url=SOURCE.url, content_type="", now=NOW))
print(*children_of(), flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.kill()
    assert ends(child)


@pytest.mark.heavy
@pytest.mark.timeout(3600)
async def test_thousands_of_documents_leave_nothing_behind():
    with Sandbox(size=1) as sandbox:
        child = await the_child(sandbox)
        for _ in range(300):  # what is kept for good is there by then
            await reads(sandbox, good())
        here, there, files = resident(), resident(child), len(open_files())
        for n in range(5_000):
            await reads(sandbox, b"<rss><channel>" if n % 4 == 0 else good())
        assert await the_child(sandbox) == child
        assert resident(child) - there < 8_000_000
        for _ in range(50):
            child = await the_child(sandbox)
            os.kill(child, signal.SIGKILL)
            assert ends(child)
        assert resident() - here < 8_000_000
        assert len(children_of()) == 1  # the last one, which nobody has missed yet
        assert len(open_files()) <= files + 10
