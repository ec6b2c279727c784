"""A server follows the config as far as it is about servers."""

from __future__ import annotations

import pytest

from aggregator.cluster.heeding import Heeding
from aggregator.config import load
from aggregator.observing.events import ConfigRefused, ConfigTaken, Event

pytestmark = pytest.mark.anyio
TEXT = """
[site]
base_url = "{base}"
[serve]
listen = "{listen}"
[store]
url = "postgresql:///topicwire"
[keep]
feed_entries = {entries}
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def written(file, *, base="https://feeds.example", listen="127.0.0.1:8080", entries=50):
    file.write_text(TEXT.format(base=base, listen=listen, entries=entries), "utf-8")
    return load(file, environ={})


async def test_only_what_a_server_goes_by_is_taken_and_told(tmp_path):
    file = tmp_path / "config.toml"
    events: list[Event] = []
    heeding = Heeding(written(file), read=lambda found: load(found, environ={}), observe=events.append)
    written(file, base="https://news.example", listen="127.0.0.1:9090", entries=7)
    await heeding.reload()
    assert heeding.config.site.base_url == "https://news.example"
    assert heeding.config.serve.port == 8080
    assert events == [ConfigTaken(file=str(file), settings=("site.base_url",), waits=("serve.listen",))]


async def test_a_wrong_config_changes_nothing(tmp_path):
    file = tmp_path / "config.toml"
    events: list[Event] = []
    heeding = Heeding(written(file), read=lambda found: load(found, environ={}), observe=events.append)
    file.write_text("[serve]\nlitsen = 1\n", "utf-8")
    await heeding.reload()
    file.unlink()
    await heeding.reload()
    assert heeding.config.site.base_url == "https://feeds.example"
    [wrong, gone] = events
    assert isinstance(wrong, ConfigRefused)
    assert [problem.line for problem in wrong.problems] == [2]
    assert gone == ConfigRefused(file=str(file), reason="No such file or directory")
