"""Whether a topic decides as its own examples say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from aggregator.config.model import Config, PlacedExample
from feeds.errors import Problem
from feeds.model import Entry
from feeds.text.forms import Analyser
from feeds.topics import Topic, Where, decide

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Lines do not look at times."""


def broken(config: Config, analyser: Analyser) -> tuple[Problem, ...]:
    """The examples that are decided otherwise than they say, each with its reason, in the order of the file.

    An example is the title of an entry of which nothing else is known: `match` and `not` are held to it, and `where`
    is not.
    """
    topics = {topic.id: replace(topic, where=Where()) for topic in config.topics}
    return tuple(_problems(config.examples, topics, analyser))


def _problems(
    examples: tuple[PlacedExample, ...], topics: Mapping[str, Topic], analyser: Analyser
) -> Iterator[Problem]:
    for example in examples:
        topic = topics[example.topic]
        match = decide(topic, _entry(example), source=None, analyser=analyser)
        if example.wanted and match is None:
            yield replace(example.place, message=f"{_reason(topic, example, analyser)}, but the example says yes")
        elif not example.wanted and match is not None:
            yield replace(example.place, message=f"the line {match.line} takes this, but the example says no")


def _reason(topic: Topic, example: PlacedExample, analyser: Analyser) -> str:
    """Why a wanted example is not taken."""
    taken = decide(replace(topic, exclude={}), _entry(example), source=None, analyser=analyser)
    if taken is None:
        language = f'"{example.language}"' if example.language else "an unknown language"
        return f"no line for {language} or any takes this"
    return f"a line of `not` keeps this out, though {taken.line} takes it"


def _entry(example: PlacedExample) -> Entry:
    return Entry(
        id="example",
        source="example",
        guid="",
        url="",
        canonical_url="",
        title=example.title,
        language=example.language,
        published=NEVER,
        updated=NEVER,
        first_seen=NEVER,
        revised=NEVER,
    )
