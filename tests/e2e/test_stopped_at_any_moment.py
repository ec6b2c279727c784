"""SIGTERM at whatever moment: a command ends by way of its clean-up, and what it acknowledged is stored."""

from __future__ import annotations

import asyncio
import sys

import pytest

from benchmarks.store_sigterm import survive
from storage.tinydb_store import open_store
from tests.fakes.web import Web, silence

CONFIG = """
[fetch]
allow_private = true
[store]
url = "tinydb:store"
[publish]
folder = "site"
[[source]]
url = "{url}"
[[topic]]
id = "peace"
title = "Peace"
match = ["peace"]
"""


@pytest.mark.heavy
@pytest.mark.timeout(200)
def test_a_daemon_ends_cleanly_at_ten_moments_from_its_start_on(tmp_path):
    assert survive(tmp_path, 10, budget=150).points > 0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.heavy
@pytest.mark.anyio
async def test_once_that_is_stopped_while_it_waits_for_a_source_says_so_and_leaves_its_store_whole(tmp_path):
    config = tmp_path / "config.toml"
    async with Web({"/feed": silence()}) as web:
        config.write_text(CONFIG.format(url=web.url("/feed")), "utf-8")
        once = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "aggregator", "once", "--config", str(config), stderr=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(120):
            while not web.asked:
                await asyncio.sleep(0.02)
            once.terminate()
            _, told = await once.communicate()
    assert told.decode().splitlines() == ["topicwire: SIGTERM: stopped; what was stored stays stored"]
    assert once.returncode == 143
    with open_store(tmp_path / "store", writable=True) as store:
        assert store.site() is not None
