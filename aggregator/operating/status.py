"""How things stand, as values: what `status` shows of a store and of what is published."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aggregator.config import Config
from aggregator.ingesting.notices import refusal
from aggregator.observing.logs import HIDDEN
from feeds.model import Notice, Source, SourceState
from feeds.polling import Condition, health, pulse
from feeds.topics import Topic
from storage.opening import Server, published_at, server_of
from storage.port import Counts, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """One source of the config; times are UTC, None for never, `next_fetch` None for at once or not at all."""

    id: str
    url: str
    title: str
    health: Condition
    reason: str
    """Why it is not well, in a sentence; else empty."""
    remarks: Mapping[Condition, str]
    """What else is worth knowing, each in a sentence: stale, gap, moved."""
    entries: int
    failures: int
    failing_since: datetime | None
    http_status: int | None
    last_fetch: datetime | None
    last_ok: datetime | None
    last_new: datetime | None
    usual_gap: float | None
    """Seconds between two new entries, smoothed; None: not known yet."""
    next_fetch: datetime | None
    new_per_day: float | None
    """Entries, over the last week; None: nothing is known of it."""
    unchanged_share: float | None
    """Of the fetches of the last week, those answered with 304, from 0 to 1; None: there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicStatus:
    """One topic of the config; what its published feed holds, None before it is first published or if it is private."""

    id: str
    title: str
    url: str
    """Of a private one, with `***` in place of the token."""
    entries: int | None
    last_new: datetime | None
    """When the newest of them was first seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Everything at one moment."""

    config: Path
    store: str
    """Its folder, or the URL of its database without a password."""
    database: Server | None
    """What keeps it; None: files of our own do."""
    counts: Counts
    refused: Notice | None
    """Since when a running daemon refuses the config as it is saved, and why; None: it goes by what is saved."""
    sources: tuple[SourceStatus, ...]
    topics: tuple[TopicStatus, ...]


def status(config: Config, store: Store, now: datetime) -> Status:
    """How things stand at `now` in `store` and in what is published from it. Raises StoreError."""
    shared = published_at(config.store.where, [_path(topic) for topic in config.topics])
    return Status(
        config=config.file,
        store=config.store.shown,
        database=server_of(config.store.where),
        counts=store.counts(),
        refused=refusal(store.notices()),
        sources=tuple(_sources(config.sources, store.states(), store.per_source(), now)),
        topics=tuple(_topic(topic, config, shared) for topic in config.topics),
    )


def _sources(
    sources: Iterable[Source], states: Mapping[str, SourceState], entries: Mapping[str, int], now: datetime
) -> Iterable[SourceStatus]:
    for source in sources:
        state = states.get(source.id)
        if state is None or state.url != source.url:  # what is known of another URL says nothing about this one
            state = SourceState(source=source.id, url=source.url)
        found = health(source, state, now)
        usual = pulse(state.days, now=now)
        yield SourceStatus(
            id=source.id,
            url=source.url,
            title=source.name or state.title,
            health=found.condition,
            reason=found.reason,
            remarks=dict(found.remarks),
            entries=entries.get(source.id, 0),
            failures=state.failures,
            failing_since=state.failing_since,
            http_status=state.last_status,
            last_fetch=state.last_fetch,
            last_ok=state.last_ok,
            last_new=state.last_new,
            usual_gap=state.rhythm.total_seconds() if state.rhythm else None,
            next_fetch=state.next_fetch if source.enabled and not state.gone else None,
            new_per_day=usual.new_per_day,
            unchanged_share=usual.unchanged_share,
        )


def feed_address(topic: Topic, *, base_url: str) -> str:
    """Where the feeds of `topic` are, without the suffix; a token is not shown."""
    hidden = f"{HIDDEN}/" if topic.token else ""
    return f"{base_url}/feeds/{hidden}{topic.id}"


def _path(topic: Topic) -> str:
    return f"/feeds/{topic.id}.json"


def _topic(topic: Topic, config: Config, shared: Mapping[str, bytes]) -> TopicStatus:
    """By what is in the database: a static copy here is as old as the last time that it was this machine's turn."""
    entries, last_new = _held(shared.get(_path(topic)) or _copied(config.publish.folder / _path(topic)[1:]))
    url = f"{feed_address(topic, base_url=config.site.base_url)}.atom"
    return TopicStatus(id=topic.id, title=topic.title, url=url, entries=entries, last_new=last_new)


def _copied(file: Path) -> bytes:
    """The static copy of a feed; empty: there is none yet."""
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _held(feed: bytes) -> tuple[int | None, datetime | None]:
    """How many entries a feed holds, and when the newest of them was first seen.

    That is what subscribers see, however the config has changed since.
    """
    try:
        items = json.loads(feed)["items"]
        seen = [datetime.fromisoformat(item["_topicwire"]["first_seen"]) for item in items if "_topicwire" in item]
        return len(items), max(seen, default=None)
    except (ValueError, LookupError, TypeError):  # not there yet, or not ours
        return None, None
