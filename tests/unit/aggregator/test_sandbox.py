"""Reading in children: the same as reading here, and a document that goes wrong costs itself only."""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.sandbox import Limits, Sandbox, SandboxError
from feeds.errors import ParseError
from feeds.model import FailureKind, ReadFeed, Source
from feeds.read import read
from feeds.read.article import extract
from tests.fakes.hostile_feeds import NOW, SOURCE, good, half_a_character, quadratic_address, very_long
from tests.fakes.processes import children_of, ends, is_running, resident

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[3]
SAMPLES = sorted((ROOT / "tests" / "data" / "feeds").iterdir())
HASTY = Limits(cpu=timedelta(seconds=1))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(size=1) as sandbox:
        yield sandbox


async def reads(sandbox: Sandbox, body: bytes, source: Source = SOURCE) -> ReadFeed | str:
    """The feed, or what the ParseError says of a broken document."""
    try:
        return await sandbox.read(body, source=source, url=source.url, content_type="text/xml", now=NOW)
    except ParseError as error:
        return str(error) if error.kind is FailureKind.BROKEN else error.kind


def read_here(body: bytes, source: Source = SOURCE) -> ReadFeed:
    return read(body, source=source, url=source.url, content_type="text/xml", now=NOW)


async def the_child(sandbox: Sandbox) -> int:
    """The only child, once it is there and has read something."""
    assert await reads(sandbox, good()) == read_here(good())
    (child,) = children_of()
    return child


# --- the same as here -------------------------------------------------------------------------------------------------


async def test_a_child_reads_what_this_process_reads(sandbox):
    for path in SAMPLES:
        body, outcomes = path.read_bytes(), []
        for reader in (sandbox.read, read):
            try:
                found = reader(body, source=SOURCE, url=SOURCE.url, content_type="", now=NOW)
                outcomes.append(await found if inspect.isawaitable(found) else found)
            except ParseError as error:
                outcomes.append((str(error), error.kind, error.feeds_found))
        assert outcomes[0] == outcomes[1], path.name
    assert len(children_of()) == 1


async def test_what_was_seen_before_is_left_out_by_a_child_too(sandbox):
    before = await reads(sandbox, good(3))
    arguments = {"source": SOURCE, "url": SOURCE.url, "content_type": "text/xml", "now": NOW, "seen": before.seen}

    feed = await sandbox.read(good(4), **arguments)

    assert feed == read(good(4), **arguments)
    assert [entry.title for entry in feed.entries] == ["Tide 4"]


async def test_a_child_finds_the_article_on_a_page(sandbox):
    page = b"<html><body><article><h1>High water</h1>%s</article></body></html>"
    page %= b"<p>The river rose for three days, and then it fell again, to everybody's relief.</p>" * 9

    found = await sandbox.extract(page, url="https://tides.example/1", content_type="text/html", language="en")

    assert found == extract(page, "https://tides.example/1", "text/html", "en")
    assert "to everybody's relief" in found.text
    assert await sandbox.extract(b"", url=SOURCE.url, content_type="", language="") is None


async def test_a_refusal_keeps_its_kind_and_the_feeds_that_a_page_offers(sandbox):
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head></html>'
    with pytest.raises(ParseError) as refused:
        await sandbox.read(page, source=SOURCE, url="https://tides.example/", content_type="text/html", now=NOW)

    assert refused.value.kind is FailureKind.NOT_A_FEED
    assert refused.value.feeds_found == ("https://tides.example/rss.xml",)


async def test_what_the_config_says_of_a_source_counts_in_a_child_too(sandbox):
    body = good().replace(b" GMT", b"")
    source = Source(id="tides", url=SOURCE.url, language="uk", timezone="Europe/Kyiv", timezone_assumed=False)

    feed = await reads(sandbox, body, source)

    assert feed == read_here(body, source)
    assert feed.entries[0].language == "uk"
    assert feed.entries[0].published.hour == 8


async def test_half_a_character_costs_only_itself(sandbox):
    feed = await reads(sandbox, half_a_character())
    assert [entry.title for entry in feed.entries] == ["High water", "Low water"]


async def test_what_exceeds_the_limits_of_a_document_is_counted_and_told(sandbox):
    too_many = await reads(sandbox, good(1_100))
    assert len(too_many.entries) == 1_000
    assert [skipped.position for skipped in too_many.skipped] == [1_000]
    assert "1,100 entries" in too_many.skipped[0].reason

    too_long = await reads(sandbox, good(3).replace(b"About", b"About " + b"w" * 300_000, 1))
    assert [entry.title for entry in too_long.entries] == ["Tide 2", "Tide 3"]
    assert [skipped.position for skipped in too_long.skipped] == [0]
    assert "characters of mark-up" in too_long.skipped[0].reason


# --- limits -----------------------------------------------------------------------------------------------------------


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
    with Sandbox(limits=Limits(wall=timedelta(seconds=2)), size=1) as sandbox:
        os.kill(await the_child(sandbox), signal.SIGSTOP)  # it hangs, without using the processor

        assert await reads(sandbox, good()) == "the document was given up: reading it took more than 2 s"
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


# --- children that end ------------------------------------------------------------------------------------------------


async def test_a_child_that_dies_while_it_reads_costs_its_document():
    with Sandbox(size=1) as sandbox:
        child = await the_child(sandbox)
        reading = asyncio.create_task(reads(sandbox, quadratic_address()))
        await asyncio.sleep(0.1)
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


def cleaning(folder: Path, deed: str) -> Path:
    """A folder with a library for children that cleans HTML by doing `deed`."""
    code = f"""
KEPT = []
class Cleaner:
    def __init__(self, *_, **__): pass
    def clean(self, html):
        {deed}
        return html
"""
    (folder / "nh3.py").write_text(code, "utf-8")
    return folder


async def test_an_unforeseen_exception_is_our_fault_and_says_where_it_was(monkeypatch, tmp_path, sandbox):
    monkeypatch.syspath_prepend(cleaning(tmp_path, "raise LookupError('no such tide')"))
    with pytest.raises(SandboxError, match=r"^LookupError: no such tide") as told:
        await reads(sandbox, good())
    assert "feeds/sanitize.py" in "".join(told.value.__notes__)


async def test_a_child_in_which_much_stays_behind_is_replaced(monkeypatch, tmp_path, sandbox):
    monkeypatch.syspath_prepend(cleaning(tmp_path, "KEPT or KEPT.append(bytearray(150_000_000))"))
    for _ in range(3):
        assert isinstance(await reads(sandbox, good()), ReadFeed)
        assert children_of() == set()


@pytest.mark.parametrize("told", [b"\xff" * 20, b"\0\0\0\2{}", b"\0\0\0\2[]"])
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


# --- side by side -----------------------------------------------------------------------------------------------------


async def test_nothing_is_started_before_there_is_something_to_read():
    with Sandbox(size=2) as sandbox:
        assert children_of() == set()
        await the_child(sandbox)  # one is enough for one document after the other


def test_a_command_that_reads_nothing_of_strangers_does_not_even_know_how():
    script = "import sys, aggregator.cli.status; print(*{'aggregator.sandbox', 'feedparser'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


async def test_a_slow_document_does_not_keep_the_others_waiting():
    with Sandbox(limits=Limits(cpu=timedelta(seconds=2)), size=2) as sandbox:
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
        await the_child(sandbox)
        reading = asyncio.create_task(reads(sandbox, quadratic_address()))
        await asyncio.sleep(0.1)
    assert children_of() == set()
    assert await reading == "the document was given up: the process that read it ended unexpectedly (SIGKILL)"


def test_children_end_with_a_parent_that_is_killed():
    script = """
import asyncio, os, sys
from aggregator.sandbox import Sandbox
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


# --- what a child has -------------------------------------------------------------------------------------------------


async def test_a_child_has_none_of_the_parents_files_and_secrets(monkeypatch, tmp_path):
    monkeypatch.setenv("TIDES_PASSWORD", "sesame")
    with (tmp_path / "lock").open("w") as lock, Sandbox(size=1) as sandbox:
        os.set_inheritable(lock.fileno(), True)
        child = Path("/proc") / str(await the_child(sandbox))
        opened = [str(path.readlink()) for path in (child / "fd").iterdir()]
        environment = (child / "environ").read_bytes()

    assert [path for path in opened if not path.startswith(("pipe:", "/dev/null"))] == []
    assert len(opened) == 4
    assert b"sesame" not in environment


@pytest.mark.parametrize(
    "deed",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.fork()",
    ],
)
async def test_a_child_reaches_nobody(deed, monkeypatch, tmp_path, sandbox):
    monkeypatch.syspath_prepend(cleaning(tmp_path, deed))
    with pytest.raises(SandboxError, match=r"^PermissionError: whoever reads a document has no business with "):
        await reads(sandbox, good())


@pytest.mark.heavy
@pytest.mark.timeout(600)
async def test_thousands_of_documents_leave_nothing_behind():
    with Sandbox(size=1) as sandbox:
        child = await the_child(sandbox)
        for _ in range(300):  # what is kept for good is there by then
            await reads(sandbox, good())
        here, there = resident(), resident(child)
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
        assert len(list(Path("/proc/self/fd").iterdir())) < 100
