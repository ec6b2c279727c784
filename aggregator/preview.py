"""What a changed topic would do to its feed, as values; nothing is written."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from feeds.query.expr import ANY, Query
from feeds.render import Prepared
from feeds.topics import Topic

ALL: Final = 10**9
"""A limit that no store reaches."""

Look = Callable[[Topic], Prepared]
"""The feed of a topic as the publisher would publish it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An entry of a feed."""

    id: str
    """The published one."""
    title: str
    url: str
    source: str
    """Its id."""
    language: str
    first_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many come, go and stay."""

    come: int
    go: int
    stay: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """How a feed would change; each list in the order of the feed that it is in."""

    topic: str
    against: str
    """What it is compared with, in words."""
    come: tuple[Listed, ...]
    go: tuple[Listed, ...]
    stay: tuple[Listed, ...]
    sources: Mapping[str, Tally]
    """By id of the source."""
    languages: Mapping[str, Tally]
    """By language; empty: unknown."""


def of_config(topic: Topic, look: Look, *, published: Path, since: datetime | None) -> Preview:
    """What publishing `topic` would change in the feed that is published: its JSON form is the file `published`."""
    before = _published(published)
    against = "nothing: it is not published yet" if before is None else "the feed that is published"
    return _compared(topic, against, before or (), _listed(look(topic)), since)


def of_query(topic: Topic, query: Query, look: Look, *, since: datetime | None) -> Preview:
    """What `query` in place of the topic's `match` would change; all else of the topic stays.

    Under `since` the feed's limit is left aside on both sides, so that all of that time is compared.
    """
    if since is not None:
        topic = replace(topic, limit=ALL)
    changed = replace(topic, match={ANY: (query,)})
    return _compared(topic, "the topic as the config has it", _listed(look(topic)), _listed(look(changed)), since)


def _compared(
    topic: Topic, against: str, before: Iterable[Listed], after: Iterable[Listed], since: datetime | None
) -> Preview:
    old = {one.id: one for one in before if since is None or one.first_seen >= since}
    new = {one.id: one for one in after if since is None or one.first_seen >= since}
    come = tuple(one for one in new.values() if one.id not in old)
    go = tuple(one for one in old.values() if one.id not in new)
    stay = tuple(one for one in new.values() if one.id in old)
    return Preview(
        topic=topic.id,
        against=against,
        come=come,
        go=go,
        stay=stay,
        sources=_tallies(come, go, stay, lambda one: one.source),
        languages=_tallies(come, go, stay, lambda one: one.language),
    )


def _tallies(
    come: Sequence[Listed], go: Sequence[Listed], stay: Sequence[Listed], of: Callable[[Listed], str]
) -> Mapping[str, Tally]:
    counts = [Counter(map(of, some)) for some in (come, go, stay)]
    names = sorted(set().union(*counts))
    return {name: Tally(come=counts[0][name], go=counts[1][name], stay=counts[2][name]) for name in names}


def _listed(prepared: Prepared) -> tuple[Listed, ...]:
    return tuple(
        Listed(
            id=shown.id,
            title=shown.title,
            url=shown.url,
            source=shown.origin.id,
            language=shown.language,
            first_seen=shown.first_seen,
        )
        for shown in prepared.entries
    )


def _published(file: Path) -> tuple[Listed, ...] | None:
    """What subscribers have now; None: there is no feed, or it is none of ours."""
    try:
        return tuple(map(_read, json.loads(file.read_bytes())["items"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _read(item: Any) -> Listed:  # noqa: ANN401 - JSON that is ours, or raises
    return Listed(
        id=item["id"],
        title=item.get("title", ""),
        url=item.get("url", ""),
        source=item["_topicwire"]["source"]["id"],
        language=item.get("language", ""),
        first_seen=datetime.fromisoformat(item["_topicwire"]["first_seen"]),
    )


def beginning(now: datetime, span: timedelta | None) -> datetime | None:
    """The moment since which entries count."""
    return None if span is None else now - span
