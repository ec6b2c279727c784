"""Reading in a sandbox as tests tell it: feeds or words, the one child, and a library that does something else."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aggregator.fetching.sandbox import Sandbox
from feeds.errors import ParseError
from feeds.model import FailureKind, ReadFeed, Source
from feeds.read import read
from tests.fakes.hostile_feeds import NOW, SOURCE, good
from tests.fakes.processes import children_of, cpu_of_family


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


async def at_work(child: int, *, since: float) -> None:
    """Wait until it reads, where it had used `since` seconds of processor time before it was asked to."""
    async with asyncio.timeout(60):
        while cpu_of_family(child) < since + 0.05:
            await asyncio.sleep(0.01)


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
