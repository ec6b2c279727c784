"""Candidates for a topic about harbours, and the feed that is selected from them."""

from datetime import timedelta
from uuid import UUID

from feeds.model import Match, Origin, Placement, Site
from feeds.query.syntax import parse_query
from feeds.topics import Candidate, Topic, select
from tests.decision_table import WHEN, entry

SITE = Site(id=UUID("7b6f4c1e-58f0-4a39-9d0d-0a1f6f3f6c11"), since=WHEN - timedelta(days=400))
GAZETTE = Origin(id="gazette", title="The Gazette", url="https://gazette.example/rss")
CHRONICLE = Origin(id="chronicle", title="The Chronicle", url="https://chronicle.example/rss")
DAY = timedelta(days=1)


def queries(*lines):
    return tuple(parse_query(line) for line in lines)


def topic(match=None, **fields):
    lines = match if isinstance(match, dict) else {"any": match or ["harbour"]}
    exclude = {language: queries(*lines) for language, lines in fields.pop("exclude", {}).items()}
    plain = {"id": "harbours", "title": "Harbours", "exclude": exclude} | fields
    return Topic(match={language: queries(*lines) for language, lines in lines.items()}, **plain)


def seen(name, *, at=WHEN, source="gazette", copy_of=None, rank=0, **fields):
    times = {"published": at, "updated": at, "first_seen": at, "revised": at}
    of = entry(f"Harbour {name}", id=name, source=source, **(times | fields))
    placement = Placement(entry=name, copy_of=copy_of) if copy_of else None
    return Candidate(entry=of, placement=placement, match=Match(line="harbour"), rank=rank)


def feed_of(candidates, now=WHEN, **fields):
    return select(
        topic(**fields),
        candidates,
        site=SITE,
        base_url="https://wire.example/",
        language="en",
        origins={"gazette": GAZETTE, "chronicle": CHRONICLE},
        now=now,
    )


def shown(candidates, now=WHEN, **fields):
    return [one.entry.id for one in feed_of(candidates, now, **fields).entries]
