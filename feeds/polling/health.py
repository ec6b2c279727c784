"""How a source is, and what has changed about it: nothing about a source changes in silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit

from feeds.model import Source, SourceState
from feeds.polling.backoff import is_missing
from feeds.polling.rhythm import silence

STALE_GAPS = 10
"""A source is stale after ten times its usual gap: entries that came by chance would pause so long once in 20,000."""
STALE_AFTER = timedelta(days=3)
"""… but not before a long weekend is over, at which whole newsrooms rest."""
GAP_SHOWN = timedelta(days=1)
"""For how long a gap is part of a source's health: long enough that somebody who looks once a day sees it."""


class Condition(StrEnum):
    """A source's state in a word. It is in one of the first seven, and may be in any of the others besides."""

    DISABLED = "disabled"
    NEW = "not asked yet"
    OK = "ok"
    FAILING = "failing"
    THROTTLED = "throttled"
    MISSING = "missing"
    """404 for ten days: asked daily."""
    PARKED = "parked"
    """410: not asked until its URL changes."""
    STALE = "stale"
    GAP = "gap"
    MOVED = "moved"


REMARKS = frozenset({Condition.STALE, Condition.GAP, Condition.MOVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a source is at a moment."""

    condition: Condition
    """One of the first seven."""
    reason: str = ""
    """Why, in a sentence, when it is not well; else empty."""
    remarks: tuple[tuple[Condition, str], ...] = ()
    """What else is worth knowing, each with a sentence: stale, gap, moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthChange:
    """Something about a source became so, or is so no longer."""

    condition: Condition
    ended: bool = False
    """True for a remark that no longer holds; the other conditions end when the next one begins."""
    reason: str = ""
    """A sentence for a person; empty where there is nothing to say."""


def health(source: Source, state: SourceState | None, now: datetime) -> Health:
    """How `source` is at `now`. A state of another URL says nothing about this one."""
    if not source.enabled:
        return Health(condition=Condition.DISABLED)
    if state is None or state.url != source.url or state.last_fetch is None:
        return Health(condition=Condition.NEW)
    condition = _condition(state)
    return Health(
        condition=condition,
        reason="" if condition is Condition.OK else state.last_error,
        remarks=tuple(_remarks(state, now).items()),
    )


def changes(source: Source, before: SourceState | None, after: SourceState) -> tuple[HealthChange, ...]:
    """What a fetch changed, from the state before it to the one after it, each thing once.

    Each state is looked at as of its own last fetch, so that over any number of fetches and restarts nothing is told
    twice and nothing left out. The first good answer of a source is no change: nothing was known that could have.
    """
    was, now = _as_of_its_fetch(source, before), _as_of_its_fetch(source, after)
    found: list[HealthChange] = []
    if now.condition is not was.condition and (was.condition, now.condition) != (Condition.NEW, Condition.OK):
        found.append(HealthChange(condition=now.condition, reason=now.reason or _recovered(before)))
    old, new = dict(was.remarks), dict(now.remarks)
    for remark, said in new.items():
        moved_on = remark is Condition.MOVED and said != old.get(remark)
        if remark not in old or moved_on:
            found.append(HealthChange(condition=remark, reason=said))
    found += [HealthChange(condition=remark, ended=True) for remark in old if remark not in new]
    return tuple(found)


def _as_of_its_fetch(source: Source, state: SourceState | None) -> Health:
    if state is None or state.last_fetch is None:
        return Health(condition=Condition.NEW)
    return health(source, state, state.last_fetch)


def _condition(state: SourceState) -> Condition:
    if state.gone:
        return Condition.PARKED
    if is_missing(state):
        return Condition.MISSING
    if state.throttles:
        return Condition.THROTTLED
    return Condition.FAILING if state.failures else Condition.OK


def _remarks(state: SourceState, now: datetime) -> dict[Condition, str]:
    found: dict[Condition, str] = {}
    # As of its last good answer: while it fails nobody knows whether it has anything new.
    if state.rhythm and state.last_ok and (quiet := silence(state, state.last_ok)) > _patience(state.rhythm):
        found[Condition.STALE] = f"nothing new for {_span(quiet)}, where {_span(state.rhythm)} are usual"
    if state.last_gap and now - state.last_gap < GAP_SHOWN:
        found[Condition.GAP] = (
            "its document had nothing in common with the one before: entries may have been missed; it is asked more "
            "often, as far as its publisher and `fastest` allow"
        )
    if state.moved_to:
        found[Condition.MOVED] = (
            f"moved for good to {_shown(state.moved_to)} and is asked there now: give it that url in the config"
        )
    return found


def _patience(rhythm: timedelta) -> timedelta:
    return max(rhythm * STALE_GAPS, STALE_AFTER)


def _recovered(before: SourceState | None) -> str:
    if before is None or not before.failures:
        return ""
    return f"answers again after {before.failures} failed {'fetch' if before.failures == 1 else 'fetches'}"


def _span(span: timedelta) -> str:
    """`5 days`, `3 hours`, `40 minutes`: as exact as a person needs it."""
    for unit, name in ((timedelta(days=1), "days"), (timedelta(hours=1), "hours")):
        if span >= 2 * unit:
            return f"{round(span / unit)} {name}"
    return f"{round(span / timedelta(minutes=1))} minutes"


def _shown(url: str) -> str:
    """An address as a message may have it: its query is often a token, and what stands before `@` always is."""
    parts = urlsplit(url)
    bare = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    return f"{bare}?…" if parts.query else bare
