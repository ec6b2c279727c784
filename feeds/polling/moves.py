"""Permanent redirects: believed only after a while, and never for ever.

A 301 may be a hotel's login page or a slip that somebody corrects tomorrow, so a new address is adopted only when
permanent redirects (301, 308) have led to it again and again for a week, with a feed at their end each time. The
configured URL stays what the config says; the adopted one is asked in its place, until it fails. What the owner wrote
down for the configured one (headers, a password) still goes to its scheme, host and port only.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from feeds.model import Failed, Fetched, Move, Source, SourceState, Unchanged

WATCHED = timedelta(days=7)
ANSWERS = 3
"""Equal answers before a move is believed: what is asked daily gives eight in a week."""
GIVEN_UP_AFTER = 3
"""Failures in a row at an adopted address, whatever their kind, before the configured one is asked again."""


def watch(source: Source, state: SourceState, outcome: Fetched | Unchanged, *, now: datetime) -> SourceState:
    """The state after a document was read, or known to be unchanged, at the end of whatever redirects there were."""
    if not outcome.moved_to or outcome.moved_to == (state.moved_to or source.url):
        return replace(state, move=None) if state.move else state
    if state.move is None or state.move.to != outcome.moved_to:
        return replace(state, move=Move(to=outcome.moved_to, since=now))
    move = replace(state.move, answers=state.move.answers + 1)
    if move.answers < ANSWERS or now - move.since < WATCHED:
        return replace(state, move=move)
    back_home = move.to == source.url
    return replace(state, move=None, moved_to="" if back_home else move.to)


def give_up(state: SourceState, outcome: Failed) -> SourceState:
    """The state after a failure: an adopted address that is gone, missing or fails on and on is no longer asked."""
    if state.moved_to and (outcome.status in {404, 410} or state.failures >= GIVEN_UP_AFTER):
        return replace(state, moved_to="", move=None)
    return state
