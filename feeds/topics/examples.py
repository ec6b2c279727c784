"""Whether a topic decides on a title as its author's example says."""

from __future__ import annotations

from datetime import UTC, datetime

from feeds.model import Entry
from feeds.query.explain import closeness, explained, form, shortfall
from feeds.query.expr import Query
from feeds.query.match import in_order
from feeds.query.reading import Reading
from feeds.text.forms import Analyser
from feeds.topics.topic import Topic


def misjudged(topic: Topic, title: str, *, language: str, wanted: bool, analyser: Analyser) -> str:
    """How `topic` misjudges an example, in words; empty: it decides as the example says.

    An example is the title of an entry of which nothing is known but its language (empty: not even that): `match` and
    `not` are held to it, and `where` is not, nor is that of topics that lines refer to.
    """
    reading = Reading(_example(title, language), None, analyser, where=False)
    taking = reading.takes(topic)
    if wanted == (taking is not None):
        return ""
    if taking:
        return f"the line {taking.text} takes this{_for(taking, reading)}, but the example says no"
    met, barred = reading.first(topic.match), reading.first(topic.exclude)
    if met is None:
        return f"{_untaken(topic, reading, language)}"
    if barred is None:
        return (
            f"the lines that hold count {reading.total(topic.match):g}, and min_score asks for {topic.min_score:g}, "
            "but the example says yes"
        )
    return (
        f"the line {barred.text} of `not` keeps this out{_for(barred, reading)}, though {met.text} takes it, "
        "but the example says yes"
    )


def _for(line: Query, reading: Reading) -> str:
    """What a line that holds found."""
    found = dict.fromkeys(form(reading, span) for span in in_order(reading.spans(line.expr)))
    return f" for “{', '.join(found)}”" if found else ""


def _untaken(topic: Topic, reading: Reading, language: str) -> str:
    """No line holds: which of them is the nearest, and what it misses."""
    tried = [explained(reading, query.expr) for _, query in reading.lines(topic.match)]
    if not tried:
        if not language:
            return "there is no line of any, and the example, which says yes, names no language: name it"
        return f'there is no line for "{language}", and none of any, but the example says yes'
    nearest = max(tried, key=closeness)
    if language:
        tried_on = f'no line for "{language}" or any takes this'
    else:
        tried_on = "no line of any takes this (the example names no language)"
    return f"{tried_on}, but the example says yes: {shortfall(nearest)}"


def _example(title: str, language: str) -> Entry:
    never = datetime.min.replace(tzinfo=UTC)  # lines do not look at times
    return Entry(
        id="", source="", guid="", url="", canonical_url="", title=title, language=language,
        published=never, updated=never, first_seen=never, revised=never,
    )  # fmt: skip
