"""What an edit did to a text, word by word: for telling kinds of edits apart, and for showing them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise

SMALL = 64
"""Words on both sides together up to which every word is compared with every other: 64² comparisons take 1 ms."""
DEEPEST = 16
"""How often a stretch is parted at words that it has once before and once after. Ordinary texts need 4; what needs more
was built to cost time."""


class Part(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    GONE = "gone"
    CAME = "came"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of the old text, of the new one, or of both."""

    part: Part
    text: str
    """Words with one blank between them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """A stretch of words that became another one; either may be empty, not both."""

    start: int
    """Of the old words."""
    old: Sequence[str]
    new_start: int
    """Of the new words."""
    new: Sequence[str]


def changes_between(old: str, new: str) -> tuple[Segment, ...]:
    """The pieces of two plain texts in their order, what is gone before what came in its place.

    The kept and the gone ones joined by blanks are the words of `old`, the kept and those that came the words of `new`.
    Words are what stands between white space. Takes time in proportion to the texts, whatever they say.
    """
    before, after = old.split(), new.split()
    segments: list[Segment] = []
    at = 0
    for one in replaced(before, after):
        _append(segments, Part.KEPT, before[at : one.start])
        _append(segments, Part.GONE, one.old)
        _append(segments, Part.CAME, one.new)
        at = one.start + len(one.old)
    _append(segments, Part.KEPT, before[at:])
    return tuple(segments)


def replaced(old: Sequence[str], new: Sequence[str]) -> list[Replaced]:
    """The stretches in which `new` differs from `old`, in order, none touching the next."""
    found: list[Replaced] = []
    for start, end, new_start, new_end in _stretches(old, new):
        begin, new_begin = start, new_start
        last = found[-1] if found else None
        if last and (last.start + len(last.old), last.new_start + len(last.new)) == (start, new_start):
            begin, new_begin = last.start, last.new_start
            found.pop()
        found.append(Replaced(start=begin, old=old[begin:end], new_start=new_begin, new=new[new_begin:new_end]))
    return found


Stretch = tuple[int, int, int, int]
"""Start and end among the old words, start and end among the new ones."""


def _stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[Stretch]:
    """Patience diff: part the texts at words that both have once, and look at what lies between."""
    left: list[tuple[Stretch, int]] = [((0, len(old), 0, len(new)), 0)]
    while left:
        whole, depth = left.pop()
        start, end, new_start, new_end = _trimmed(old, new, whole)
        if start == end and new_start == new_end:
            continue
        if start == end or new_start == new_end:
            yield start, end, new_start, new_end
        elif end - start + new_end - new_start <= SMALL:
            matcher = SequenceMatcher(None, old[start:end], new[new_start:new_end], autojunk=False)
            for tag, i, j, k, m in matcher.get_opcodes():
                if tag != "equal":
                    yield start + i, start + j, new_start + k, new_start + m
        else:
            anchors = _anchors(old[start:end], new[new_start:new_end]) if depth < DEEPEST else []
            if not anchors:
                yield start, end, new_start, new_end
                continue
            edges = [(start, new_start), *((start + i, new_start + j) for i, j in anchors), (end, new_end)]
            between = [((a, c, b, d), depth + 1) for (a, b), (c, d) in pairwise(edges)]
            left += reversed(between)


def _trimmed(old: Sequence[str], new: Sequence[str], stretch: Stretch) -> Stretch:
    start, end, new_start, new_end = stretch
    while start < end and new_start < new_end and old[start] == new[new_start]:
        start, new_start = start + 1, new_start + 1
    while start < end and new_start < new_end and old[end - 1] == new[new_end - 1]:
        end, new_end = end - 1, new_end - 1
    return start, end, new_start, new_end


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Places of words that both have exactly once, as many as keep their order."""
    once_new = _once(new)
    pairs = [(place, once_new[word]) for word, place in _once(old).items() if word in once_new]
    kept = _longest_ascending([place for _, place in pairs])
    return [pairs[n] for n in kept]


def _once(words: Sequence[str]) -> dict[str, int]:
    """In the order of the words."""
    counted = Counter(words)
    return {word: place for place, word in enumerate(words) if counted[word] == 1}


def _longest_ascending(numbers: Sequence[int]) -> list[int]:
    """The places of the longest strictly ascending subsequence of `numbers`, all different, in order.

    Patience sorting, in n·log n steps.
    """
    tops: list[int] = []
    top_places: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        pile = bisect_left(tops, number)
        before.append(top_places[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [number]
        top_places[pile : pile + 1] = [place]
    found = []
    place = top_places[-1] if top_places else -1
    while place >= 0:
        found.append(place)
        place = before[place]
    return found[::-1]


def _append(segments: list[Segment], part: Part, words: Sequence[str]) -> None:
    if words:
        segments.append(Segment(part=part, text=" ".join(words)))
