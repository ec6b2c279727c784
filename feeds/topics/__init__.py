"""Topics: what one is (`topic`), which entries are in (`decision`), and what its feed holds (`selection`)."""

from feeds.topics.collapsing import Candidate
from feeds.topics.decision import decide, misjudged
from feeds.topics.selection import entry_urn, feed_urn, select
from feeds.topics.topic import ANY, Example, Lines, Topic, Where, check

__all__ = [
    "ANY",
    "Candidate",
    "Example",
    "Lines",
    "Topic",
    "Where",
    "check",
    "decide",
    "entry_urn",
    "feed_urn",
    "misjudged",
    "select",
]
