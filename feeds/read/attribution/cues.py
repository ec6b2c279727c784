"""What stands beside an outlet's name and makes it a credit: in English, Ukrainian, Russian and Polish.

The words before a name are read from its end, the words behind it from its start, each within the line and within
`REACH` characters; so a text costs as much as it has names.
"""

from __future__ import annotations

from enum import Enum

from feeds.read.attribution.phrases import (
    BEFORE,
    BEFORE_CYRILLIC,
    BEHIND,
    BESIDE,
    BY_OTHERS,
    CLASS_NOUN,
    CLOSELY,
    CLOSELY_BEHIND,
    CLOSELY_BEHIND_CAPITALS,
    CYRILLIC,
    DATELINE,
    DATELINE_CLOSED,
    DATELINE_DASHED,
    EMPLOYED,
    FORGOTTEN,
    LISTED,
    PICTURED,
    SOURCE_LINE,
    SUBJECT,
)

REACH = 90
"""Characters on either side of a name that are looked at: a cue, the kind of outlet and its country take no more."""
_DATELINE_WITHIN = 140
"""Characters of a text within which its dateline ends."""
_PLACE = 25
"""Characters that a place and a date before "(Reuters)" take, where no dash follows."""
_CAPITALS = 3
"""Letters in which a place in capitals is known as one."""
_OPENING = ' «„"'
_BEFORE_DATELINE = "([/-–—.,0123456789"
_QUOTES = "«»„“”\"'‘’"


class Cue(Enum):
    """How a text credits an outlet."""

    CITED = "cited"
    """Somebody else relies on it: citing X, со ссылкой на X."""
    TOLD = "told"
    """It had it first: told X, in an interview with X, according to X."""
    SAYS = "says"
    """It says so: X reports, сообщает X."""
    RELAYS = "relays"
    """It says so, or passes it on: reported by X, передает X."""
    VIA = "via"
    """It passes it on, whoever was first: via X, as reported by X, X citing …"""
    SOURCE = "source"
    """Source: X."""
    DATELINE = "dateline"
    """KYIV (X) –, and signatures."""


def cue_of(text: str, start: int, end: int, *, weak: bool) -> Cue | None:
    """How `text` credits the outlet named at `start` … `end`; None: it does not, or not here.

    With `weak` the name counts in quotation marks or right beside a cue only.
    """
    line = text.rfind("\n", 0, start) + 1
    before = text[max(line, start - REACH) : start]
    line_end = text.find("\n", end)
    behind = text[end : min(len(text) if line_end < 0 else line_end, end + REACH)]
    if SOURCE_LINE.match(text, line, start):
        return _in_source_line(before, behind)
    if _is_dateline(before, behind, early=start < _DATELINE_WITHIN):
        cue: Cue | None = Cue.DATELINE
    elif weak and not _is_certain(before, text[start:end], behind):
        return None
    else:
        cue = _beside(before, behind) or _signature(before, text[start:end], behind)
    if cue and (FORGOTTEN.match(text, line, line + REACH) or PICTURED.search(before)):
        return None
    return cue


def follows(between: str) -> bool:
    """Whether two names with that between them are one list: "Reuters and the BBC"."""
    return LISTED.fullmatch(between) is not None


def _is_dateline(before: str, behind: str, *, early: bool) -> bool:
    if before.rstrip(_OPENING)[-1:] not in _BEFORE_DATELINE:
        return False
    found = DATELINE.search(before)
    if not found:
        return False
    if found["plain"] is not None:
        return early and DATELINE_DASHED.match(behind) is not None and bool(before)
    closed = DATELINE_CLOSED.match(behind)
    if closed is None or closed["dash"]:
        return closed is not None
    return early and len(before) < _PLACE and (not found["place"] or before[:_CAPITALS].isupper())


def _in_source_line(before: str, behind: str) -> Cue:
    found = _last(before)
    if found in {Cue.CITED, Cue.VIA}:
        return found
    if found in {Cue.SAYS, Cue.RELAYS}:
        return Cue.VIA
    return Cue.VIA if BY_OTHERS.match(behind) else Cue.SOURCE


def _last(before: str) -> Cue | None:
    found = (BEFORE_CYRILLIC if CYRILLIC.search(before) else BEFORE).search(before)
    return Cue(found.lastgroup) if found else None


def _beside(before: str, behind: str) -> Cue | None:
    found = _last(before)
    if BY_OTHERS.match(behind):
        return Cue.VIA
    if found:
        return found
    if SUBJECT.match(behind) or EMPLOYED.search(before):
        return None
    if BEHIND.match(behind):
        return Cue.SAYS
    return None


def _signature(before: str, name: str, behind: str) -> Cue | None:
    """A title's "X: …" and "… – X", and what stands alone at the end of a line."""
    if behind.startswith(": ") and (not before or before.endswith((" w ", " dla "))):
        return Cue.TOLD
    if (
        "." not in name
        and not behind.strip(" .)]/")
        and (not before or before.rstrip(_QUOTES)[-2:] in BESIDE or before[-1:] in "([/")
    ):
        return Cue.DATELINE
    return None


def _is_certain(before: str, name: str, behind: str) -> bool:
    if before[-1:] in _QUOTES and before and behind[:1] in _QUOTES and behind:
        return True
    if name.isupper() and CLOSELY_BEHIND_CAPITALS.match(behind):
        return True
    if (name.startswith("The ") or before.endswith("the ")) and CLOSELY_BEHIND.match(behind):
        return True
    return bool(CLASS_NOUN.search(before) or CLOSELY.search(before))
