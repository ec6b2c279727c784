"""A child that ends or goes wrong costs its document, and our own fault says where it was."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta

import pytest

from aggregator.fetching.sandbox import Limits, Sandbox, SandboxError
from feeds.model import ReadFeed
from tests.fakes.hostile_feeds import good, quadratic_address
from tests.fakes.processes import children_of, cpu_of_family, ends
from tests.fakes.sandboxed import at_work, cleaning, read_here, reads, the_child

pytestmark = pytest.mark.anyio
NO_ANSWERS = (b"\0\0\0\2{}", b"\0\0\0\2[]")


async def test_a_child_that_dies_while_it_reads_costs_its_document():
    with Sandbox(size=1) as sandbox:
        child = await the_child(sandbox)
        used = cpu_of_family(child)
        reading = asyncio.create_task(reads(sandbox, quadratic_address()))
        await at_work(child, since=used)
        os.kill(child, signal.SIGKILL)

        told = "the document was given up: the process that read it ended unexpectedly (SIGKILL)"
        assert await reading == told
        assert await reads(sandbox, good()) == read_here(good())


async def test_a_child_that_dies_between_two_documents_costs_nothing(sandbox):
    child = await the_child(sandbox)
    os.kill(child, signal.SIGKILL)
    assert ends(child)

    assert await the_child(sandbox) != child


async def test_a_reader_that_cannot_be_started_is_our_fault_and_says_so(monkeypatch, sandbox):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(SandboxError, match=r"could not be started: .*exit code 1"):
        await reads(sandbox, good())
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(SandboxError, match=r"could not be started: .*nowhere"):
        await reads(sandbox, good())
    monkeypatch.undo()

    assert await reads(sandbox, good()) == read_here(good())


async def test_a_child_that_never_gets_ready_is_not_waited_for(monkeypatch, tmp_path):
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 60\n", "utf-8")
    slow.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(slow))
    with (
        Sandbox(limits=Limits(start=timedelta(seconds=0.2)), size=1) as sandbox,
        pytest.raises(SandboxError, match=r"could not be started: it was not ready after 0\.2 s"),
    ):
        await reads(sandbox, good())
    assert children_of() == set()


async def test_a_child_that_lacks_a_module_says_which(monkeypatch, tmp_path, sandbox):
    (tmp_path / "feedparser.py").write_text("raise ImportError('feedparser is not what it was')", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SandboxError, match="ImportError: feedparser is not what it was") as told:
        await reads(sandbox, good())
    assert "feeds/read/parse.py" in "".join(told.value.__notes__)


async def test_an_unforeseen_exception_is_our_fault_and_says_where_it_was(monkeypatch, tmp_path, sandbox):
    monkeypatch.syspath_prepend(cleaning(tmp_path, "raise LookupError('no such tide')"))
    with pytest.raises(SandboxError, match=r"^LookupError: no such tide") as told:
        await reads(sandbox, good())
    assert "feeds/sanitize.py" in "".join(told.value.__notes__)


@pytest.mark.heavy
async def test_a_child_in_which_much_stays_behind_is_replaced(monkeypatch, tmp_path, sandbox):
    monkeypatch.syspath_prepend(cleaning(tmp_path, "KEPT or KEPT.append(bytearray(150_000_000))"))
    for _ in range(3):
        assert isinstance(await reads(sandbox, good()), ReadFeed)
        assert children_of() == set()


@pytest.mark.parametrize(
    "told", [b"\xff" * 20, *(pytest.param(b"\0\0\0\2" + json, marks=pytest.mark.heavy) for json in (b"{}", b"[]"))]
)
async def test_a_child_that_answers_nonsense_is_replaced(told, monkeypatch, tmp_path, sandbox):
    first = await the_child(sandbox)
    os.kill(first, signal.SIGKILL)
    assert ends(first)
    with monkeypatch.context() as patch:
        patch.syspath_prepend(cleaning(tmp_path, f"import os; os.write(3, {told!r})"))
        with pytest.raises(SandboxError, match="do not understand each other"):
            await reads(sandbox, good())
    assert children_of() == set()

    assert await the_child(sandbox) != first


async def test_a_child_that_ends_inside_its_answer_costs_its_document(monkeypatch, tmp_path, sandbox):
    monkeypatch.syspath_prepend(cleaning(tmp_path, "import os; os.write(3, bytes([0, 0, 0, 9, 1])); os._exit(7)"))
    told = "the document was given up: the process that read it ended unexpectedly (exit code 7)"
    assert await reads(sandbox, good()) == told


async def test_what_a_library_prints_is_no_answer(monkeypatch, tmp_path, sandbox):
    monkeypatch.syspath_prepend(cleaning(tmp_path, "print('I am a library'); import os; os.write(1, b'of note')"))
    assert isinstance(await reads(sandbox, good()), ReadFeed)
