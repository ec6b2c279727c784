"""The chain of an entry: outlet ← relay ← origin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice, pairwise

from feeds.model import Credit, CreditRole, Span
from feeds.read.attribution.cues import Cue, cue_of, follows
from feeds.read.attribution.links import linked
from feeds.read.attribution.registry import Mention, Registry
from feeds.sanitize import plain_text

MOST = 60
"""Mentions of outlets in a text that are looked at; a press review has fewer."""
_SENTENCE_ENDS = re.compile(r"[.!?…][»“”\"')\]]*\s+[«„“\"(]?[A-ZА-ЯЁІЇЄҐŁŚŻŹĆ]|\n")
_FIRST_HAND = frozenset({Cue.CITED, Cue.TOLD, Cue.SOURCE})
_PASSES_ON = frozenset({Cue.SAYS, Cue.RELAYS})


def credits_of(
    *, title: str, summary: str, content: str, registry: Registry, own: AbstractSet[str] = frozenset()
) -> tuple[Credit, ...]:
    """The outlets that an entry credits, from the nearest relay to the origin, each once.

    `title` and `summary` are plain text, `content` is HTML, all as the entry keeps them. `own` are names in the
    registry of the entry's own outlet, which credits nobody by naming itself. Nothing is raised.
    """
    body = plain_text(content) if content else ""
    found: list[Credit] = []
    for field, text in (("body", body), ("summary", summary), ("title", title)):
        known = {credit.outlet for credit in found} | own
        found += credits_in(text, field=field, registry=registry, own=known)
    if not found and content:
        found += linked(content, registry=registry, own=own)
    return tuple(sorted(found, key=lambda credit: credit.role is CreditRole.ORIGIN))


def credits_in(text: str, *, field: str, registry: Registry, own: AbstractSet[str]) -> tuple[Credit, ...]:
    """The outlets that `text` credits, in its order, each once; `field` is what their spans say."""
    mentions = list(islice(registry.mentions(text), MOST))
    if all(mention.outlet in own for mention in mentions):
        return ()
    cued = list(_cued(text, mentions))
    credits_: dict[str, Credit] = {}
    for group in _sentences(text, cued):
        for one, role in _roles(group):
            if one.mention.outlet not in own:
                credits_.setdefault(one.mention.outlet, _credit(text, one.mention, role, field))
    return tuple(credits_.values())


@dataclass(frozen=True, slots=True)
class _Cued:
    mention: Mention
    cue: Cue


def _cued(text: str, mentions: list[Mention]) -> Iterator[_Cued]:
    """The mentions that stand beside a cue, or in a list with one that does."""
    cues = [_cue(text, mention, mentions) for mention in mentions]
    listed = [follows(text[one.end : two.start]) for one, two in pairwise(mentions)]
    for place, joined in enumerate(listed):
        if joined and cues[place + 1] is None:
            cues[place + 1] = cues[place]
    for place in range(len(listed) - 1, -1, -1):
        if listed[place] and cues[place] is None:
            cues[place] = cues[place + 1]
    for mention, cue in zip(mentions, cues, strict=True):
        if cue is not None:
            yield _Cued(mention, cue)


def _cue(text: str, mention: Mention, mentions: Iterable[Mention]) -> Cue | None:
    if mention.weak and _is_short(text[mention.start : mention.end], mention, mentions):
        return None
    return cue_of(text, mention.start, mention.end, weak=mention.weak)


def _is_short(name: str, mention: Mention, mentions: Iterable[Mention]) -> bool:
    """Whether another outlet of the text is meant: "The Times" where The New York Times is named."""
    end = " " + name.rpartition(" ")[2]
    return any(other.outlet != mention.outlet and other.outlet.endswith(end) for other in mentions)


def _sentences(text: str, cued: list[_Cued]) -> Iterator[list[_Cued]]:
    group: list[_Cued] = []
    for one in cued:
        if group and _SENTENCE_ENDS.search(text, group[-1].mention.end, one.mention.start + 1):
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _roles(group: list[_Cued]) -> Iterator[tuple[_Cued, CreditRole]]:
    """Who was first, of those that one sentence credits."""
    cues = {one.cue for one in group}
    others = {one.mention.outlet for one in group}
    for one in group:
        passes_on = one.cue is Cue.VIA
        if len(others) > 1:
            if Cue.CITED in cues:
                passes_on |= one.cue is not Cue.CITED
            elif cues & _FIRST_HAND:
                passes_on |= one.cue in _PASSES_ON
        yield one, CreditRole.VIA if passes_on else CreditRole.ORIGIN


def _credit(text: str, mention: Mention, role: CreditRole, field: str) -> Credit:
    span = Span(field=field, start=mention.start, end=mention.end)
    return Credit(outlet=mention.outlet, role=role, text=text[mention.start : mention.end], span=span)
