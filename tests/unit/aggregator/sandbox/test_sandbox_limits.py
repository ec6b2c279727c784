"""What a document may use up before it is given up, and what a child may keep."""

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
from tests.fakes.hostile_feeds import good, quadratic_address, very_long
from tests.fakes.processes import children_of, is_running, resident
from tests.fakes.sandboxed import read_here, reads, the_child

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[4]
HASTY = Limits(cpu=timedelta(seconds=1), wall=timedelta(hours=1))  # which a busy machine takes for it


@pytest.mark.heavy
async def test_a_document_that_takes_too_much_cpu_is_given_up_and_the_next_one_is_read():
    with Sandbox(limits=HASTY, size=1) as sandbox:
        first = await the_child(sandbox)

        outcomes = await asyncio.gather(*(reads(sandbox, body) for body in (good(), quadratic_address(), good())))

        assert outcomes == [
            read_here(good()),
            "the document was given up: reading it took more than 1 s of CPU",
            read_here(good()),
        ]
        assert children_of() - {first} == children_of()
        assert not is_running(first)


async def test_a_document_that_takes_too_much_memory_is_given_up_and_the_next_one_is_read():
    with Sandbox(limits=Limits(memory=20_000_000), size=1) as sandbox:
        body, before = very_long(), resident()

        assert await reads(sandbox, body) == "the document was given up: reading it needed more than 20 MB"
        assert await reads(sandbox, good()) == read_here(good())
        assert resident() - before < len(body) + 10_000_000


async def test_a_document_that_takes_too_long_is_given_up_and_the_next_one_is_read():
    limits = Limits()
    with Sandbox(limits=limits, size=1) as sandbox:
        os.kill(await the_child(sandbox), signal.SIGSTOP)  # it hangs, without using the processor
        object.__setattr__(limits, "wall", timedelta(seconds=2))  # for this one only: others may be slow in earnest

        assert await reads(sandbox, good()) == "the document was given up: reading it took more than 2 s"
        object.__setattr__(limits, "wall", Limits().wall)
        assert await reads(sandbox, good()) == read_here(good())


def test_limits_grow_with_the_documents_that_are_let_in():
    assert Limits.up_to(1_000_000) == Limits.up_to(10_000_000) == Limits()
    assert Limits.up_to(25_000_000) == Limits(
        cpu=timedelta(seconds=37.5), wall=timedelta(seconds=112.5), memory=640_000_000, answer=80_000_000
    )


async def test_an_answer_that_is_too_long_is_refused_and_the_child_stays():
    with Sandbox(limits=Limits(answer=3_000), size=1) as sandbox:
        child = await the_child(sandbox)

        told = await reads(sandbox, good(10))

        assert told == "what the document holds comes to more than 0.003 MB"
        assert await the_child(sandbox) == child


def test_a_process_knows_when_too_much_stayed_behind_in_it():
    script = """
from aggregator.fetching.sandbox.limits import Confinement, Limits
confinement = Confinement(Limits(memory=60_000_000))
before = confinement.worn()
kept = bytearray(40_000_000)
print(before, confinement.worn())
try:
    bytearray(40_000_000)
except MemoryError:
    print("no more")
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == ["False True", "no more", ""]
