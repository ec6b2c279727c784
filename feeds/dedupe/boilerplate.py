"""Lines that a host prints under many of its entries: learnt by counting, and left out.

A line is what stands between two boundaries of blocks, plain. Two are the same line if their words are. Only what was
learnt is known here; lines that say nothing whoever prints them are left out at reading (`feeds.read.boilerplate`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import blake2b
from itertools import accumulate

from feeds.dedupe.hosts import host_of
from feeds.lines import without_lines
from feeds.model import Boilerplate, Credit, Entry, Span
from feeds.sanitize import plain_text
from feeds.text.tokens import fold, words

# Measured on the replay of June 2023, 68,261 entries of 105 feeds (benchmarks/boilerplate.py); figures and what was
# read stand in docs/deciding.md.
ENTRIES = 8
"""So many entries of a host with different headlines make a line of theirs boilerplate: with 5, lines of articles that
are printed in several places and sentences such as `The investigation continues.` are among them."""
SHORT = 4
"""Words below which a line may be a heading or a label that means something to each article."""
ENTRIES_IF_SHORT = 20
"""For those, and for lines with a digit: the same number in so many entries counts nothing."""
HEAD, TAIL = 2, 4
"""Lines at the beginning and at the end of a text that are learnt from: appeals and notices stand there, and all lines
of full texts would cost memory for every paragraph."""
LONGEST = 400
"""Characters: longer lines are paragraphs."""
MOST = 1_000_000
"""Lines seen once that are remembered, at 60 bytes each; then counting begins anew for those."""

_LABELS = "sources?|via|quote|details|джерел[оа]|деталі|дослівно|источники?|подробности|źródł[oa]"
_CREDIT = re.compile(rf"\W*(?:{_LABELS})\s*[:–-]", re.IGNORECASE)
"""Lines that name whose report it is, and the labels of a form that papers write in: never boilerplate."""


def line_key(line: str) -> str:
    """What a line is remembered as (16 hexadecimal digits): equal for equal words; empty for a line without any."""
    return _key_of(words(line)[0])


def _key_of(found: Iterable[str]) -> str:
    folded = fold(" ".join(found))
    return blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest() if folded else ""


class Lines:
    """Counts lines by host: derived, a fold over entries in whatever order. For one caller at a time."""

    def __init__(self, learnt: Mapping[str, Collection[str]] | None = None) -> None:
        """`learnt` are line keys by host that crossed the threshold before: they are not reported again."""
        self._learnt = {(host, key) for host, keys in (learnt or {}).items() for key in keys}
        self._once: set[int] = set()
        self._headlines: dict[int, set[int]] = {}

    def take(self, entry: Entry) -> tuple[Boilerplate, ...]:
        """Count the lines of `entry`; those that are boilerplate from now on, by their keys.

        An entry may be given more than once: entries are told apart by their headlines, so that one article in several
        places counts once.
        """
        host = host_of(entry)
        if not host:
            return ()
        crossed = []
        headline = _small(line_key(entry.title))
        for key, enough in _candidates(entry):
            if (host, key) not in self._learnt and self._count(_small(host + key), headline) >= enough:
                self._learnt.add((host, key))
                self._headlines.pop(_small(host + key), None)
                crossed.append(Boilerplate(host=host, line=key))
        return tuple(crossed)

    def _count(self, line: int, headline: int) -> int:
        """How many headlines the line has been seen under; a first sight is told by the pair of both."""
        pair = line ^ headline
        seen = self._headlines.get(line)
        if pair in self._once:  # under the first of its headlines, again
            return len(seen or ()) + 1
        if seen is None and line in self._once:
            seen = self._headlines[line] = set()
        if seen is not None:
            seen.add(headline)
            return len(seen) + 1
        if len(self._once) >= MOST:
            self._once.clear()
        self._once |= {line, pair}
        return 1


def without_boilerplate(entry: Entry, lines: Collection[str]) -> Entry:
    """`entry` without those of its lines whose keys are among `lines`, which are of its host.

    Its title, id, clues and sketch stay; the spans of its credits move along. An entry that has no other text keeps
    it. Idempotent.
    """
    if not lines:
        return entry
    told = plain_text(entry.content).split("\n") if entry.content else [entry.summary]
    unwanted = {line for line in told if line_key(line) in lines}
    if not unwanted or not any(line and line not in unwanted for line in told):
        return entry
    folded = {" ".join(line.split()) for line in unwanted}
    summary = _without(entry.summary, folded)
    cut = max(0, entry.summary.find(summary))
    return replace(
        entry,
        content=without_lines(entry.content, lambda line: line in folded or line_key(line) in lines),
        summary=summary,
        credits=tuple(
            _from(credit, cut) if credit.span.field == "summary" else _moved(credit, told, unwanted)
            for credit in entry.credits
        ),
    )


def _candidates(entry: Entry) -> Iterator[tuple[str, int]]:
    """Keys of the lines that may be learnt, with the number of entries that it takes."""
    text = plain_text(entry.content) if entry.content else entry.summary
    lines = [line for line in text.split("\n") if line]
    ends = dict.fromkeys(lines[:HEAD] + lines[HEAD:][-TAIL:])
    for line in ends:
        if len(line) > LONGEST or _CREDIT.match(line) or line == entry.title:
            continue
        found = words(line)[0]
        key = _key_of(found)
        few = len(found) < SHORT or any(map(str.isdigit, line))
        if key:
            yield key, ENTRIES_IF_SHORT if few else ENTRIES


def _without(summary: str, lines: Iterable[str]) -> str:
    """A summary on one line, whose own lines can no longer be told: what it has of them at its ends goes."""
    left = summary
    for _ in range(HEAD + TAIL):
        before = left
        for line in lines:
            left = left.removeprefix(line).removesuffix(line).strip()
        if left == before:
            break
    return left or summary


def _moved(credit: Credit, told: list[str], unwanted: Collection[str]) -> Credit:
    """`credit` with its span in the text that is left; at its beginning, if its line is gone."""
    if credit.span.field != "body":
        return credit
    starts = accumulate((len(line) + 1 for line in told), initial=0)
    gone = 0
    for start, line in zip(starts, told, strict=False):
        if start <= credit.span.start < start + len(line) and line in unwanted:
            return _from(credit, credit.span.end)
        if start + len(line) <= credit.span.start and line in unwanted:
            gone += len(line) + 1
    return _from(credit, gone)


def _from(credit: Credit, cut: int) -> Credit:
    """`credit` in its text without the first `cut` characters."""
    start, end = max(0, credit.span.start - cut), max(0, credit.span.end - cut)
    return replace(credit, span=Span(field=credit.span.field, start=start, end=end))


def _small(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=7).digest(), "big")
