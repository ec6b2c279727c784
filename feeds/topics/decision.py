"""Whether a topic takes an entry, and by which line."""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache

from feeds.model import Entry, Match, Source
from feeds.query.reading import Reading
from feeds.text.forms import Analyser
from feeds.topics.topic import Topic


def decide(
    topic: Topic, entry: Entry, *, source: Source | None, analyser: Analyser, among: Container[int] | None = None
) -> Match | None:
    """Whether `topic` takes `entry`, and by which line: everything but age.

    `source` is the entry's own, None when it left the config (its tags and name are then unknown); `among` are the
    lines that may hold, as `feeds.topics.candidates` found them, None: all. Where the line met
    the entry, `feeds.query.match.find` tells whoever wants to show it; why it did, `feeds.topics.explain`.
    """
    met = Reading(entry, source, analyser).takes(topic, among=among)
    return _by(met.text) if met else None


@lru_cache(maxsize=4096)
def _by(line: str) -> Match:
    """One value for all entries that a line takes."""
    return Match(line=line)
