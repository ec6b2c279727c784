"""What the hosts of a cluster's sources publish: numbered entries, one after another, at an even pace each."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formatdate
from random import Random

from benchmarks.replay.server import address
from benchmarks.synthetic import made_up_words

_HEAD = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Outlet %d</title><link>http://outlet-%d.example/</link><description/>
"""
_ENTRY = b"""<item><title>%s</title><link>%s</link><guid isPermaLink="true">%s</guid><pubDate>%s</pubDate>\
<description>%s</description></item>
"""
_TAIL = b"</channel></rss>\n"
_MULTIPLIER = 2_654_435_761
"""Knuth's: neighbouring numbers become far apart ones, so that no two entries read alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which sources there are, and what they do. A host is a loopback address."""

    hosts: int
    each: int = 2
    """Sources of a host."""
    first: int = 5
    """Entries of each source when the world begins."""
    window: int = 20
    """The most that a document holds."""
    period: float = 0.0
    """Seconds between two new entries of a source; 0: there are none."""
    words: int = 40
    """Of an entry's text."""
    pauses: tuple[float, ...] = (0.02, 0.05, 0.1, 0.3)
    """Seconds that an answer takes, in turn: long enough for a second request to meet the first one."""

    @property
    def sources(self) -> int:
        return self.hosts * self.each

    def host(self, source: int) -> str:
        return address(source // self.each)

    def url(self, source: int, port: int) -> str:
        return f"http://{self.host(source)}:{port}/{source}.xml"

    def entries(self, source: int, age: float) -> int:
        """How many a source has published when the world is `age` seconds old; no two sources do so at one moment."""
        if not self.period:
            return self.first
        return self.first + int(age / self.period + source * 0.618_033_988 % 1)


def link(source: int, number: int) -> str:
    """The address of an entry, which is its guid, too."""
    return f"http://outlet-{source}.example/{number}"


class Press:
    """Prints documents: the same arguments give the same bytes."""

    def __init__(self, plan: Plan, *, began: float) -> None:
        self._plan = plan
        self._began = began
        self._words = [word.encode() for word in made_up_words(Random(0), 20_000)]

    def document(self, source: int, entries: int) -> bytes:
        """The newest of the first `entries` entries of a source, newest first."""
        oldest = max(0, entries - self._plan.window)
        items = [self._entry(source, number) for number in range(entries - 1, oldest - 1, -1)]
        return b"".join((_HEAD % (source, source), *items, _TAIL))

    def _entry(self, source: int, number: int) -> bytes:
        draw = (source * 1_000_003 + number) * _MULTIPLIER % (1 << 32)
        text = []
        for place in range(self._plan.words + 6):
            draw = (draw * 1_664_525 + 1_013_904_223) % (1 << 32)
            # half of the words are among the frequent ones, as in life
            text.append(self._words[(draw >> 16) % (200 if place % 2 else 20_000)])
        address_of = link(source, number).encode()
        published = self._began + self._plan.period * (number - self._plan.first)
        when = formatdate(published, usegmt=True).encode()
        return _ENTRY % (b" ".join(text[:6]), address_of, address_of, when, b" ".join(text[6:]))
