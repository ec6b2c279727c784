"""What a pass commits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.ingesting.judge import Judge
from aggregator.ingesting.remember import Pace, Remembered, remember
from feeds.model import Fetched, Source
from feeds.polling import Bounds
from feeds.read import read
from storage.memory import MemoryStore
from storage.port import Change

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCE = Source(id="tides", url="https://tides.example/feed")
PACE = Pace(bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24)), jitter=0.0)
ITEM = (
    "<item><guid>{n}</guid><link>https://tides.example/{n}</link><title>{title}</title>"
    "<pubDate>Sun, 01 Mar 2026 10:0{n}:00 GMT</pubDate></item>"
)


class Written(MemoryStore):
    """A store that tells what was committed."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[Change] = []

    def commit(self, change: Change) -> None:
        self.changes.append(change)
        super().commit(change)


def a_pass(store: Written, *titles: str, at: datetime, built: str) -> Remembered:
    """One pass that reads everything that the document holds; `built` is all that tells two bodies apart."""
    items = "".join(ITEM.format(n=n, title=title) for n, title in enumerate(titles, 1))
    body = f'<rss version="2.0"><channel><lastBuildDate>{built}</lastBuildDate>{items}</channel></rss>'.encode()
    return remember(
        store,
        judge=Judge(store),
        source=SOURCE,
        state=store.states().get(SOURCE.id),
        outcome=Fetched(url=SOURCE.url, body=body, body_hash=built),
        feed=read(body, source=SOURCE, url=SOURCE.url, content_type="", now=at),
        now=at,
        pace=PACE,
    )


def test_a_pass_that_finds_every_entry_as_it_was_writes_the_state_alone():
    store = Written()
    a_pass(store, "High water", "Low water", at=NOW, built="first")
    quiet = a_pass(store, "High water", "Low water", at=NOW + timedelta(hours=1), built="second")

    assert store.changes[1] == Change(states=(quiet.state,))
    assert quiet == Remembered(state=quiet.state, same=2)


def test_a_pass_writes_the_one_entry_that_was_edited():
    store = Written()
    a_pass(store, "High water", "Low water", at=NOW, built="first")
    edit = a_pass(store, "High water", "Lowest water", at=NOW + timedelta(hours=1), built="second")

    (entry,) = store.changes[1].entries
    assert (entry.title, entry.revision) == ("Lowest water", 1)
    assert edit.changed == (entry.id,)
