"""What people decided about stories, as the story index asks it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from feeds.model import Decision, DecisionKind


class Choices:
    """Decisions about stories, by entry; where two of them contradict each other the later one counts."""

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self._split: dict[str, dict[str, datetime]] = {}
        self._pairs: dict[str, dict[str, Decision]] = {}
        for one in sorted(decisions, key=lambda one: one.made):
            if one.kind is DecisionKind.SPLIT:
                self._split.setdefault(one.entry, {})[one.other] = one.made
            elif one.kind in (DecisionKind.JOIN, DecisionKind.NEVER):
                self._pairs.setdefault(one.entry, {})[one.other] = one
                self._pairs.setdefault(one.other, {})[one.entry] = one

    def wanted(self, entry: str) -> tuple[tuple[str, datetime], ...]:
        """The entries whose story `entry` is to share, with when that was decided; the latest first."""
        pairs = self._pairs.get(entry, {})
        wanted = [(other, one.made) for other, one in pairs.items() if one.kind is DecisionKind.JOIN]
        return tuple(sorted(wanted, key=lambda pair: pair[1], reverse=True))

    def unwanted(self, entry: str) -> tuple[str, ...]:
        """The entries that never tell the same as `entry`."""
        return tuple(other for other, one in self._pairs.get(entry, {}).items() if one.kind is DecisionKind.NEVER)

    def split(self, entry: str, story: str) -> datetime | None:
        """When it was decided that `entry` is no part of `story`; None: it was not."""
        return self._split.get(entry, {}).get(story)


NO_CHOICES: Final = Choices()
