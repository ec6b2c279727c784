"""Topics: what one is (`topic`), which entries are in (`decision`), why (`explanation`), and what its feed holds
(`selection`), and where the rest goes (`archives`); `references` finds the topics that lines name, `examples` holds a
topic to its own.
"""

from feeds.query.expr import ANY, Lines, Where
from feeds.topics.archives import Part, cut, divide, edition, spent, written
from feeds.topics.collapsing import Candidate, collapsed
from feeds.topics.decision import decide
from feeds.topics.examples import misjudged
from feeds.topics.explanation import Condition, Explanation, TriedLine, explain
from feeds.topics.references import Misnamed, bind, resolve
from feeds.topics.selection import Masthead, ages, arranged, entry_urn, feed_urn, select
from feeds.topics.topic import Example, Topic, check

__all__ = [
    "ANY",
    "Candidate",
    "Condition",
    "Example",
    "Explanation",
    "Lines",
    "Masthead",
    "Misnamed",
    "Part",
    "Topic",
    "TriedLine",
    "Where",
    "ages",
    "arranged",
    "bind",
    "check",
    "collapsed",
    "cut",
    "decide",
    "divide",
    "edition",
    "entry_urn",
    "explain",
    "feed_urn",
    "misjudged",
    "resolve",
    "select",
    "spent",
    "written",
]
