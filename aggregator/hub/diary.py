"""What is told of subscriptions: who, of what, without the secrets in their addresses."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from aggregator.hub.book import Key, host_of
from aggregator.hub.topics import shown
from aggregator.observing.events import Observer
from aggregator.observing.reader_events import SubscriptionChanged, TellingFailed


class Diary:
    """Tells an observer; `base_url` is what all addresses of topics begin with."""

    def __init__(self, observe: Observer, *, base_url: Callable[[], str]) -> None:
        self.base_url = base_url
        self._observe = observe

    def changed(self, key: Key, what: str) -> None:
        topic, callback = key
        self._observe(SubscriptionChanged(topic=shown(topic, self.base_url()), host=host_of(callback), what=what))

    def failed(self, key: Key, reason: str) -> None:
        topic, callback = key
        self._observe(TellingFailed(topic=shown(topic, self.base_url()), host=host_of(callback), reason=reason))

    def broken(self, error: Exception) -> None:
        """Something failed in a way that nobody foresaw."""
        problem = "".join(traceback.format_exception(error))
        self._observe(TellingFailed(topic="a subscription", host="the hub", reason=problem))
