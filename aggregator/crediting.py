"""Lines that ask for credits which no entry can have."""

from __future__ import annotations

from collections.abc import Iterator

from aggregator.config import Config
from feeds.query.expr import values
from feeds.read.attribution import with_added
from feeds.text.tokens import fold, words


def remarks(config: Config) -> Iterator[str]:
    """One for each outlet that a topic's lines ask for by `credit:` and that the registry does not know.

    No mistake for sure: a text may write the name of a known outlet in a form of its own.
    """
    asked = {
        (topic.id, name): None
        for topic in config.topics
        for lines in (topic.match, topic.exclude)
        for queries in lines.values()
        for query in queries
        for name in values(query.expr, "credit")
    }
    if not asked:
        return
    known = {_compared(name) for name in with_added(config.outlets).names}
    for topic_id, name in asked:
        if _compared(name) not in known:
            unknown = f'credit:"{name}" is no outlet that is known'
            yield f"topic {topic_id}: {unknown}: hardly any entry has it; [[outlet]] adds it"


def _compared(name: str) -> tuple[str, ...]:
    return tuple(map(fold, words(name)[0]))
