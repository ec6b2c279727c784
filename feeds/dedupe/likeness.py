"""Whether two texts are copies of each other: how much of one stands in the other, and what forbids to join them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from feeds.dedupe.hosts import host_or_source
from feeds.dedupe.shingles import SHORT, TextSketch
from feeds.model import Entry, Join, Relation
from feeds.text.forms import primary

WINDOW: Final = timedelta(days=6)
"""By what the publishers say and by when we saw them. A column that introduces itself in the same words every week is
another one each time; of 265 copies in a month of 105 feeds 246 came within a day, all of them within six."""
SHORT_WINDOW: Final = timedelta(hours=24)
CONTAINED: Final = 0.6
"""The share of the smaller text that must stand in the other. Of 1,134 real texts of 150 to 900 words an edit that
drops a fifth of the sentences and shuffles the rest leaves .6 in 99.4 %, one of 5 % of the words in 99.8 %; 84,973
pairs that tell of different things share .21 at most, 58 pairs of hard negatives .24."""
CONTAINED_BRIEF: Final = 0.7
BRIEF: Final = 100
"""Sequences below which more is needed: a quotation of twenty words is two thirds of a summary that is built around it.
Of the copies in a month of 105 feeds the wrong ones stood below .65, all of them summaries."""
ENOUGH: Final = 12
"""Sequences that two sketches must at least have in common: fewer are one quotation."""
FEWEST: Final = 5
"""Words that a short text must have to be more than its title ("Comments", "Read more")."""
OWN: Final = 16
"""Sequences that a text must have besides its site's boilerplate."""
RULE: Final = "copies/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketched:
    """An entry as it is compared."""

    entry: Entry
    text: TextSketch
    boilerplate: frozenset[int] = frozenset()
    """Those of its sequences that its host has in other articles too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """How much two texts have in common."""

    score: float
    """The share of the smaller one's sequences that stand in the other, from 0 to 1, estimated."""
    sequences: int
    """How many the smaller one has, boilerplate not counted."""
    seen: int
    """How many of the common ones both sketches hold."""


def shared(one: TextSketch, other: TextSketch, ignored: frozenset[int] = frozenset()) -> Shared:
    """How much of the smaller text stands in the other, without the `ignored` sequences.

    What stands in both heads is counted. For the rest of the smaller text speak those of its sequences that
    either sketch would have kept wherever they stood: the share of them that the other one has too.
    """
    # Of two equally long ones it is always the same that counts as the smaller, whichever is named first.
    small, large = sorted((one, other), key=lambda text: (_own(text, ignored), text.words, sum(text.head)))
    size = _own(small, ignored)
    if size <= 0:
        return Shared(score=0.0, sequences=0, seen=0)
    small_all, large_all = small.head | small.tail, large.head | large.tail
    common = (small_all & large_all).difference(ignored)
    in_heads = (small.head & large.head).difference(ignored)
    beyond = (1 << max(small.shift, large.shift)) - 1
    speaking = {found for found in small_all if not found & beyond}.difference(in_heads, ignored)
    # The head has one voice too: few speak, or none, for the rest of a text that is little longer than its head.
    rest = (len(speaking & common) + len(in_heads) / len(small.head)) / (len(speaking) + 1)
    score = (len(in_heads) + max(0, size - len(in_heads)) * rest) / size
    return Shared(score=min(1.0, score), sequences=size, seen=len(common))


def _own(text: TextSketch, ignored: frozenset[int]) -> int:
    """How many sequences the text has besides the ignored ones, estimated."""
    if not ignored:
        return text.sequences
    return text.sequences - len(text.head & ignored) - (len(text.tail & ignored) << text.shift)


def compare(one: Sketched, other: Sketched) -> Join | str:
    """Why the two are copies of each other, as the ledger's line for `one`; else why they are not, in words.

    Symmetric but for the line's `other`. Whether they share an address is not looked at (`feeds.dedupe.addresses`).
    """
    refused = _strangers(one.entry, other.entry)
    if refused:
        return refused
    if one.text.is_short or other.text.is_short:
        return _same_short(one, other)
    refused = _numbers_differ(one.text, other.text) or _one_host(one, other)
    return refused or _contained(one, other)


def _strangers(one: Entry, other: Entry) -> str:
    if one.source == other.source:
        return "they are of one source, where equal text is often meant"
    if (spoken := primary(one.language)) and (also := primary(other.language)) and spoken != also:
        return f"their languages differ: {spoken} and {also}"
    apart = max(abs(one.published - other.published), abs(one.first_seen - other.first_seen))
    return f"they are {_days(apart)} apart, more than {_days(WINDOW)}" if apart > WINDOW else ""


def _same_short(one: Sketched, other: Sketched) -> Join | str:
    """Short texts say too little to be copies by anything but all of their words."""
    brief = min(one.text.words, other.text.words)
    if brief < FEWEST:
        return f"the text of one has only {brief} words, and titles alone prove nothing"
    if one.entry.fingerprint != other.entry.fingerprint:
        return f"the text of one has only {brief} words, fewer than {SHORT}, and their words differ"
    if host_or_source(one.entry) == host_or_source(other.entry):
        return f"texts of fewer than {SHORT} words at one host, {host_or_source(one.entry)}"
    if abs(one.entry.published - other.entry.published) > SHORT_WINDOW:
        return f"texts of fewer than {SHORT} words more than 24 hours apart"
    return _join(other, 1.0, f"all words of title and text are the same, {brief} in the text")


def _numbers_differ(one: TextSketch, other: TextSketch) -> str:
    if not (_known(one.title_numbers, other) and _known(other.title_numbers, one)):
        return "numbers, dates or ordinals in their titles differ"
    beyond = (1 << max(one.settings_shift, other.settings_shift)) - 1
    mine, yours = _settings(one, beyond), _settings(other, beyond)
    if any(mine[context].isdisjoint(yours[context]) for context in mine.keys() & yours.keys()):
        return "numbers, dates or ordinals in their texts differ between the same words"
    return ""


def _known(numbers: frozenset[int], text: TextSketch) -> bool:
    return numbers <= text.title_numbers | text.numbers


def _settings(text: TextSketch, beyond: int) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for context, value in text.settings:
        if not context & beyond:
            found.setdefault(context, set()).add(value)
    return found


def _one_host(one: Sketched, other: Sketched) -> str:
    same = one.text.title != other.text.title and host_or_source(one.entry) == host_or_source(other.entry)
    return f"different titles at one host, {host_or_source(one.entry)}" if same else ""


def _contained(one: Sketched, other: Sketched) -> Join | str:
    found = shared(one.text, other.text, one.boilerplate | other.boilerplate)
    if found.sequences < OWN:
        return f"besides what its site repeats, one has only {found.sequences} word sequences"
    said = f"{found.score:.0%} of {found.sequences} word sequences of the shorter text stand in the other"
    needed = CONTAINED if found.sequences >= BRIEF else CONTAINED_BRIEF
    if found.score < needed:
        return f"{said}, of {needed:.0%} needed"
    if found.seen < ENOUGH:
        return f"{said}, but only {found.seen} of them could be compared, of {ENOUGH} needed"
    return _join(other, found.score, said)


def _join(other: Sketched, score: float, evidence: str) -> Join:
    return Join(relation=Relation.COPY, other=other.entry.id, score=round(score, 3), evidence=evidence, rule=RULE)


def _days(span: timedelta) -> str:
    return f"{span / timedelta(days=1):.1f} days".replace(".0 ", " ")
