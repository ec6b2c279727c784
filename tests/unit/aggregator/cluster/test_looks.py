"""What machines that watch over a server get from it."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from aggregator.cluster import looks as module
from aggregator.cluster.looks import Looks
from aggregator.serving.answering import Asked, Reply
from feeds.errors import StoreError

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Follows:
    documents: int = 3
    trouble: str = ""


@dataclass
class Worker:
    name: str
    figures: bytes = b""
    judges: bool = False
    silent: timedelta = timedelta(seconds=2)


@dataclass
class Crew:
    listed: list[Worker] = field(default_factory=list)
    away: str = ""

    def workers(self) -> list[Worker]:
        if self.away:
            raise StoreError(self.away)
        return self.listed

    def cut(self) -> None: ...


async def looked(looks: Looks, path: str) -> Reply:
    return await looks.posts[path].answer(Asked(method="GET", target=path))


async def figures(looks: Looks) -> dict[str, float]:
    text = (await looked(looks, "/metrics")).body.decode()
    samples = [sample for found in text_string_to_metric_families(text) for sample in found.samples]
    return {f"{one.name}{json.dumps(one.labels) if one.labels else ''}": one.value for one in samples}


@pytest.mark.parametrize(
    ("follows", "status", "said"),
    [
        (Follows(), b"200", "ready"),
        (
            Follows(trouble="PostgreSQL at 10.1.2.3 is gone"),
            b"200",
            "ready; the database is away, and what there is may be old: the log says why",
        ),
        (Follows(documents=0, trouble="likewise"), b"503", "there is nothing to serve yet: the log says why"),
    ],
)
async def test_a_server_is_ready_when_it_has_something_to_serve(follows, status, said):
    found = await looked(Looks(follows, crew=Crew()), "/readyz")
    assert (found.head[9:12], found.body.decode()) == (status, f"{said}\n")


async def test_a_servers_own_figures():
    follows = Follows()
    looks = Looks(follows, crew=Crew())
    looks.answered("200", 3)
    looks.answered("304", 2)
    found = await figures(looks)
    assert {name: value for name, value in found.items() if "build" not in name} == {
        'topicwire_http_answers_total{"class": "2xx"}': 3,
        'topicwire_http_answers_total{"class": "3xx"}': 2,
        'topicwire_http_answers_total{"class": "4xx"}': 0,
        'topicwire_http_answers_total{"class": "5xx"}': 0,
        "topicwire_documents": 3,
        "topicwire_database_reachable": 1,
        "topicwire_ready": 1,
    }
    follows.documents, follows.trouble = 0, "away"
    found = await figures(looks)
    assert (found["topicwire_ready"], found["topicwire_database_reachable"]) == (0, 0)


async def test_the_figures_of_every_worker_with_its_name():
    crew = Crew(
        [
            Worker("north:12", b'{"passes": 7, "entries": 3}', judges=True),
            Worker("south:4", b'{"passes": 1, "Bad name": 2, "later": "x", "half": 0.5, "fine": true}'),
            *(Worker(f"broken:{n}", told) for n, told in enumerate([b"\xff", b"[]", b"{", b"null", b""])),
        ]
    )
    found = await figures(Looks(Follows(), crew=crew))
    told = {name: value for name, value in found.items() if "worker" in name and "broken" not in name}
    assert told == {
        'topicwire_worker_silence_seconds{"worker": "north:12"}': 2,
        'topicwire_worker_silence_seconds{"worker": "south:4"}': 2,
        'topicwire_worker_judges{"worker": "north:12"}': 1,
        'topicwire_worker_judges{"worker": "south:4"}': 0,
        'topicwire_worker_passes_total{"worker": "north:12"}': 7,
        'topicwire_worker_passes_total{"worker": "south:4"}': 1,
        'topicwire_worker_entries_total{"worker": "north:12"}': 3,
    }


async def test_without_the_database_there_are_the_servers_own_figures(monkeypatch):
    assert "topicwire_ready" in await figures(Looks(Follows(), crew=Crew(away="gone")))
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    begun, over = threading.Event(), threading.Event()

    class Slow(Crew):
        asked = 0

        def workers(self) -> list[Worker]:
            self.asked += 1
            begun.set()
            over.wait(30)
            return []

    crew = Slow()
    looks = Looks(Follows(), crew=crew)
    both = await asyncio.gather(figures(looks), figures(looks))
    assert all("topicwire_ready" in found for found in both)
    assert await asyncio.to_thread(begun.wait, 30)
    assert crew.asked == 1, "one at a time"
    over.set()
