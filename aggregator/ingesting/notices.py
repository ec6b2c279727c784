"""What subscribers are told besides news: put down as facts, with the state that it tells of."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from aggregator.observing.events import ConfigRefused, ConfigTaken, Event, IngestResumed, IngestStopped
from feeds.errors import StoreError
from feeds.model import CONFIG, STORE, Notice, SourceState
from feeds.polling import beyond
from storage.port import Change, Store

REFUSED: Final = "refused"
"""Of the config."""
STOPPED: Final = "stopped"
"""Of the store: nothing can be stored."""
MOMENT: Final = timedelta(microseconds=1)
"""The least time between a beginning and its end: equal times are one notice."""


def with_notices(store: Store, change: Change, told: Sequence[Notice]) -> Change:
    """`change`, with these notices in it and those out of it that there are too many of now. Raises StoreError."""
    if not told:
        return change
    known = store.notices()
    return replace(change, notices=tuple(told), dropped=beyond(known, told))


def others_reached(states: Callable[[], Mapping[str, SourceState]], source: str) -> Callable[[datetime], bool]:
    """Whether any other source gave a good answer since a moment; also true where none was asked that could have.

    What it gives asks for the `states` of all, which few passes need, and raises what that raises.
    """

    def since(moment: datetime) -> bool:
        others = [state for state in states().values() if state.source != source]
        asked = [one.last_ok for one in others if one.last_fetch is not None and one.last_fetch >= moment]
        return not asked or any(last is not None and last >= moment for last in asked)

    return since


def refusal(notices: Sequence[Notice]) -> Notice | None:
    """The notice, of all that there are, oldest first, that the config is refused as it is now; None: it is not."""
    last = next((one for one in reversed(notices) if one.about == CONFIG), None)
    return last if last is not None and not last.ended else None


class Notices:
    """An observer that hears of the daemon's own troubles; whoever holds the store alone has them put down.

    A trouble that begins again before it ended is the same one; of a config, the reason is that of the last refusal.
    """

    def __init__(self, store: Store, *, clock: Callable[[], datetime]) -> None:
        """Whoever makes this goes by a config that is right. Raises StoreError."""
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._pending: list[Notice] = []
        self._standing: dict[str, Notice] = {}
        self._last: dict[str, datetime] = {}
        """When something was last told of what a trouble is about."""
        for notice in store.notices():
            if notice.about in (CONFIG, STORE):
                self._follow(notice)
        for about in tuple(self._standing):  # this process reads its config, and opened its store for writing
            self._end(about)

    def observe(self, event: Event) -> None:
        """Take note; nothing is written."""
        with self._lock:
            match event:
                case ConfigRefused():
                    self._begin(CONFIG, REFUSED, _refused(event))
                case ConfigTaken():
                    self._end(CONFIG)
                case IngestStopped(reason=reason):
                    self._begin(STORE, STOPPED, reason)
                case IngestResumed():
                    self._end(STORE)
                case _:
                    pass

    def settle(self) -> tuple[Notice, ...]:
        """Put down what was heard; all notices, oldest first, also those that cannot be put down now.

        Raises StoreError when the store cannot be read.
        """
        with self._lock:
            pending = tuple(self._pending)
        if pending:
            try:
                self._store.commit(with_notices(self._store, Change(), pending))
            except StoreError:  # whoever fetches meets that, and tells it; they wait here
                return _together(self._store.notices(), pending)
            with self._lock:
                self._pending = [one for one in self._pending if one not in pending]
        return self._store.notices()

    def _begin(self, about: str, condition: str, reason: str) -> None:
        standing = self._standing.get(about)
        at = standing.at if standing else self._now(about)
        self._add(Notice(at=at, about=about, condition=condition, reason=reason))

    def _end(self, about: str) -> None:
        if standing := self._standing.get(about):
            self._add(Notice(at=self._now(about), about=about, condition=standing.condition, ended=True))

    def _now(self, about: str) -> datetime:
        """Behind all that was told of it, though a clock may have been set back: what is told last is what stands."""
        now = self._clock()
        return max(now, self._last[about] + MOMENT) if about in self._last else now

    def _add(self, notice: Notice) -> None:
        if self._standing.get(notice.about) != notice:
            self._follow(notice)
            self._pending = [one for one in self._pending if _key(one) != _key(notice)] + [notice]

    def _follow(self, notice: Notice) -> None:
        self._last[notice.about] = notice.at
        if notice.ended:
            self._standing.pop(notice.about, None)
        else:
            self._standing[notice.about] = notice


def _refused(event: ConfigRefused) -> str:
    """Without what the config says: this is published, and lines of a config hold secrets."""
    if not event.problems:
        return event.reason
    number, first = len(event.problems), event.problems[0]
    counted = "one problem" if number == 1 else f"{number} problems, the first"
    return f"{counted} in line {first.line}; the log and `topicwire check` say what it is"


def _together(stored: Sequence[Notice], pending: Sequence[Notice]) -> tuple[Notice, ...]:
    found = {_key(one): one for one in (*stored, *pending)}
    return tuple(found[key] for key in sorted(found))


def _key(notice: Notice) -> tuple[datetime, str, str]:
    return notice.at, notice.about, notice.condition
