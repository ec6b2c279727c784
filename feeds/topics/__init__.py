"""Topics: what one is (`topic`), which entries are in (`decision`), why (`explanation`), and what its feed holds
(`selection`); `references` finds the topics that lines name, `examples` holds a topic to its own.
"""

from feeds.query.expr import ANY, Lines, Where
from feeds.topics.collapsing import Candidate, collapsed
from feeds.topics.decision import decide
from feeds.topics.examples import misjudged
from feeds.topics.explanation import Condition, Explanation, TriedLine, explain
from feeds.topics.references import Misnamed, bind, resolve
from feeds.topics.selection import ages, entry_urn, feed_urn, select
from feeds.topics.topic import Example, Topic, check

__all__ = [
    "ANY",
    "Candidate",
    "Condition",
    "Example",
    "Explanation",
    "Lines",
    "Misnamed",
    "Topic",
    "TriedLine",
    "Where",
    "ages",
    "bind",
    "check",
    "collapsed",
    "decide",
    "entry_urn",
    "explain",
    "feed_urn",
    "misjudged",
    "resolve",
    "select",
]
