"""A daemon that runs follows its config: over real sockets on loopback, with a file that people edit."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Self

import pytest

from aggregator.app import open_app
from aggregator.config import load
from aggregator.fetching.turns import Turns
from aggregator.observing.events import ConfigRefused, ConfigTaken, Event, FirstPassed, Ingested, Published
from aggregator.observing.reader_events import Serving
from aggregator.running import daemon
from aggregator.world import real_world
from feeds.errors import Problem
from tests.fakes.serving import Reply
from tests.fakes.serving import ask as get
from tests.fakes.web import Web, reply

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("one_sandbox")]


def rss(*titles: str) -> bytes:
    entry = "<item><guid>{0}</guid><title>{0}</title><link>https://tides.example/{0}</link></item>"
    items = "".join(entry.format(title) for title in titles)
    return f'<rss version="2.0"><channel><title>Tides</title>{items}</channel></rss>'.encode()


def a_source(web: Web, own: str, **keys: object) -> str:
    said = {"id": own, "url": web.url(f"/{own}"), "allow_private": True, **keys}
    return "[[source]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in said.items())


def a_topic(name: str, line: str, *, rest: str = "") -> str:
    return f'[[topic]]\nid = "{name}"\nmatch = [{json.dumps(line)}]\n{rest}'


FIXED = '[serve]\nlisten = "127.0.0.1:0"\n[store]\nurl = "tinydb:store"\n[publish]\nfolder = "site"\n'
FERRIES, STORMS = a_topic("ferries", "ferry"), a_topic("storms", "storm")


class Site:
    """A daemon on a config in `folder`; its head and its sources stay where an edit does not say otherwise."""

    def __init__(self, folder: Path, sources: str, topics: str = FERRIES) -> None:
        self.file = folder / "config.toml"
        self.sources = sources
        self.events: list[Event] = []
        self.stop = asyncio.Event()
        self.edit(topics)

    def text(self, topics: str, head: str = 'title = "Tides"') -> str:
        return f"[site]\n{head}\n{FIXED}{self.sources}{topics}"

    def edit(self, topics: str, **said: str) -> None:
        """In place."""
        self.file.write_text(self.text(topics, **said), "utf-8")

    def edit_by_renaming(self, topics: str) -> None:
        """As vim and most others do."""
        beside = self.file.with_suffix(".swp")
        beside.write_text(self.text(topics), "utf-8")
        beside.replace(self.file)

    async def __aenter__(self) -> Self:
        self.task = asyncio.create_task(self.run())
        await self.first(Serving)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stop.set()
        async with asyncio.timeout(60):
            await self.task

    async def run(self) -> None:
        world = replace(real_world(), turns=Turns(gap=timedelta()))
        config = load(self.file, environ={})
        with open_app(config, world=world, observe=self.events.append) as app:
            parts = app.daemon(read=lambda file: load(file, environ={}))
            parts = replace(parts, tick=timedelta(seconds=0.05), gather=timedelta(seconds=0.05))
            await daemon.run(parts, stop=self.stop)

    async def first(self, kind: type[Event], *, behind: int = 0) -> Event:
        """The first event of this kind behind so many events."""
        return await until(lambda: next((one for one in self.events[behind:] if isinstance(one, kind)), None))

    async def answers(self, edit) -> Event:
        """What is told of an edit."""
        behind = len(self.events)
        edit()
        async with asyncio.timeout(60):
            while not (found := self.told(ConfigTaken, ConfigRefused, behind=behind)):
                await asyncio.sleep(0.01)
        return found[0]

    def told(self, *kinds: type[Event], behind: int = 0) -> list[Event]:
        return [one for one in self.events[behind:] if isinstance(one, kinds)]

    async def get(self, path: str) -> Reply:
        address = (await self.first(Serving)).address
        return await asyncio.to_thread(get, int(address.rpartition(":")[2]), path)

    async def titles(self, topic: str) -> list[str] | int:
        """Of the entries of a topic's feed; a number: there is none."""
        answer = await self.get(f"/feeds/{topic}.json")
        return [one["title"] for one in json.loads(answer.body)["items"]] if answer.status == 200 else answer.status

    async def shows(self, topic: str, *titles: str) -> None:
        """Wait until a topic's feed has entries with these titles, and no other."""
        async with asyncio.timeout(60):
            while isinstance(found := await self.titles(topic), int) or sorted(found) != sorted(titles):
                await asyncio.sleep(0.01)


async def until(look):
    async with asyncio.timeout(60):
        while not (found := look()):
            await asyncio.sleep(0.01)
    return found


async def until_it_says(site, headline: str) -> None:
    """Until the newest entry of the health feed has this headline, and pages say whether the config is refused."""
    async with asyncio.timeout(60):
        while f"<title>{headline}" not in (await site.get("/feeds/_health.atom")).body.decode():
            await asyncio.sleep(0.01)
    refused = headline == "The config is refused"
    for page in ("/", "/sources"):
        assert ("The config is refused; everything" in (await site.get(page)).body.decode()) is refused


@pytest.fixture
async def web():
    paths = {"/harbour": reply(rss("A ferry", "A storm", "A ferry in a storm")), "/dzvin": reply(rss("The old ferry"))}
    async with Web(paths) as web:
        yield web


@pytest.fixture
async def site(web, tmp_path):
    """A daemon that has had its first pass."""
    async with Site(tmp_path, a_source(web, "harbour")) as site:
        await site.first(FirstPassed)
        await until(lambda: [one for one in site.told(Published) if one.entries])
        yield site


@pytest.mark.parametrize("save", [Site.edit, Site.edit_by_renaming])
async def test_a_new_topic_is_served_and_nobody_is_asked_again(site, web, save):
    assert await site.titles("storms") == 404
    told = await site.answers(lambda: save(site, FERRIES + STORMS))
    assert told == ConfigTaken(file=str(site.file), topics=("+storms",))
    assert sorted(await site.titles("storms")) == ["A ferry in a storm", "A storm"]
    assert len(web.asked) == 1


async def test_a_changed_topic_changes_its_past_and_those_that_name_it(site, web):
    await site.answers(lambda: site.edit(FERRIES + a_topic("all", "@ferries OR tide")))
    assert await site.titles("all") == await site.titles("ferries") != []
    told = await site.answers(
        lambda: site.edit(a_topic("ferries", "ferry -storm") + a_topic("all", "@ferries OR tide"))
    )
    assert told == ConfigTaken(file=str(site.file), topics=("~ferries", "~all"))
    assert await site.titles("ferries") == await site.titles("all") == ["A ferry"]
    assert len(web.asked) == 1


async def test_a_removed_topic_is_gone_and_so_are_its_files(site):
    await site.answers(lambda: site.edit(FERRIES + STORMS))
    assert await site.answers(lambda: site.edit(STORMS)) == ConfigTaken(file=str(site.file), topics=("-ferries",))
    assert await site.titles("ferries") == 410
    assert len(await site.titles("storms")) == 2
    assert b"/topics/ferries" not in (await site.get("/")).body
    assert not (site.file.parent / "site/feeds/ferries.json").exists()
    assert await site.answers(lambda: site.edit("")) == ConfigTaken(file=str(site.file), topics=("-storms",))
    assert b"/topics/storms" not in (await site.get("/")).body


@pytest.mark.parametrize(
    ("topics", "place"),
    [
        ("[[topic]]\nid = 'storms'\nmatch = ['storm']\nlimt = 5\n", (16, 1, 'unknown key "limt"')),
        ("[[topic]\n", (13, 8, "")),
        (
            a_topic("storms", "storm", rest='  [[topic.example]]\n  yes = ["A gale"]\n'),
            (17, 10, "no line of any takes this (the example names no language), but the example says yes"),
        ),
    ],
)
async def test_a_config_that_is_wrong_changes_nothing_until_it_is_mended(site, web, topics, place):
    before = await site.titles("ferries")
    told = await site.answers(lambda: site.edit(topics))
    assert (type(told), told.file) == (ConfigRefused, str(site.file))
    [problem] = told.problems
    assert (problem.line, problem.column) == place[:2]
    assert isinstance(problem, Problem)
    assert problem.message.startswith(place[2])
    assert await site.titles("ferries") == before
    await until_it_says(site, "The config is refused")
    assert await site.titles("storms") == 404
    assert await site.answers(lambda: site.edit(FERRIES)) == ConfigTaken(file=str(site.file))
    await until_it_says(site, "The config is right again")
    assert len(web.asked) == 1


async def test_sources_come_change_and_go_and_only_those_are_asked(site, web):
    site.sources += a_source(web, "dzvin")
    assert await site.answers(lambda: site.edit(FERRIES)) == ConfigTaken(file=str(site.file), sources=("+dzvin",))
    await site.shows("ferries", "A ferry", "A ferry in a storm", "The old ferry")
    assert [asked.target for asked in web.asked] == ["/harbour", "/dzvin"]
    site.sources = a_source(web, "dzvin", url=web.url("/dzvin?new"), name="Bell")
    told = await site.answers(lambda: site.edit(FERRIES))
    assert told == ConfigTaken(file=str(site.file), sources=("~dzvin", "-harbour"))
    await until(lambda: len(site.told(Ingested)) == 3)
    assert [asked.target for asked in web.asked] == ["/harbour", "/dzvin", "/dzvin?new"]
    assert sorted(await site.titles("ferries")) == ["A ferry", "A ferry in a storm", "The old ferry"]


async def test_topics_see_a_source_by_its_new_name_and_tags(site, web):
    topics = a_topic("named", 'source:"The Bell"') + a_topic("local", "*", rest='where = { tags = ["local"] }\n')
    site.sources = a_source(web, "harbour", name="The Bell", tags=["local"])
    await site.answers(lambda: site.edit(topics))
    assert [len(await site.titles(topic)) for topic in ("named", "local")] == [3, 3]
    site.sources = a_source(web, "harbour", tags=["far"]) + a_source(web, "dzvin", name="The Bell", tags=["local"])
    told = await site.answers(lambda: site.edit(topics))
    assert told == ConfigTaken(file=str(site.file), sources=("+dzvin", "~harbour"))
    for topic in ("named", "local"):
        await site.shows(topic, "The old ferry")


async def test_settings_take_effect_and_those_that_cannot_are_told(site):
    head = (
        'title = "High tides"\nlanguage = "uk"\nbase_url = "https://tides.example"\n'
        'id = "6f1c4a0e-54d6-4a3e-9d51-3a6e1c2b7d10"'
    )
    site.sources += '[keep]\nentries = "20d"\n[fetch]\nevery = "10m"\ntimeout = "9s"\n'
    assert await site.answers(lambda: site.edit(FERRIES, head=head)) == ConfigTaken(
        file=str(site.file),
        sources=("~harbour",),
        settings=("fetch.every", "keep.entries", "site.base_url", "site.language", "site.title"),
        waits=("fetch.timeout", "site.id"),
    )
    page, feed = await site.get("/"), await site.get("/feeds/ferries.rss")
    assert b"<title>High tides" in page.body
    assert b'lang="uk"' in page.body
    assert b"https://tides.example/feeds/ferries.rss" in feed.body
    assert b"<ttl>5</ttl>" in feed.body
    assert feed.headers["cache-control"] == "max-age=300"


async def test_everything_is_written_into_a_new_folder(site):
    before = site.file.parent / "site"
    text = site.text(FERRIES).replace('folder = "site"', 'folder = "elsewhere"')
    told = await site.answers(lambda: site.file.write_text(text, "utf-8"))
    assert told == ConfigTaken(file=str(site.file), settings=("publish.folder",))
    files = {file.relative_to(before): file.read_bytes() for file in before.rglob("*") if file.is_file()}
    after = site.file.parent / "elsewhere"
    assert files == {file.relative_to(after): file.read_bytes() for file in after.rglob("*") if file.is_file()}


async def test_sighup_asks_for_a_look_at_once(site):
    def hang_up() -> None:
        os.kill(os.getpid(), signal.SIGHUP)

    assert await site.answers(hang_up) == ConfigTaken(file=str(site.file))
    site.file.unlink()
    assert await site.answers(hang_up) == ConfigRefused(file=str(site.file), reason="No such file or directory")


async def test_no_request_is_dropped_while_configs_come_and_go(site):
    statuses = []

    async def read() -> None:
        while True:
            statuses.append((await site.get("/feeds/ferries.atom")).status)

    reading = asyncio.create_task(read())
    for topics in (FERRIES + STORMS, a_topic("ferries", "storm"), STORMS + FERRIES):
        await site.answers(lambda topics=topics: site.edit(topics))
    await until(lambda: reading.done() or len(statuses) > 20)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert set(statuses) == {200}
