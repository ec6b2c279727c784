"""What a worker has done since it began, counted: an observer, and the figures that its signs of life carry."""

from __future__ import annotations

import json

from aggregator.observing.events import Event
from aggregator.observing.worker_events import Delivered, FencedOff
from feeds.model import Failed

NAMES = ("passes", "entries", "fenced", "failures", "requests")


class Tally:
    """Counts from nought."""

    def __init__(self) -> None:
        self.passes = 0
        """Sources that were asked, and of which what was found is brought."""
        self.entries = 0
        """In what was brought, known ones included."""
        self.fenced = 0
        """Sources that were asked for nothing, since their host was another worker's by then."""
        self.failures = 0
        """Of the passes, those that found no feed."""
        self.requests = 0
        """To publishers, for whatever it was."""

    def observe(self, event: Event) -> None:
        """An observer."""
        match event:
            case Delivered(outcome=outcome, entries=entries):
                self.passes += 1
                self.entries += entries
                self.failures += isinstance(outcome, Failed)
            case FencedOff():
                self.fenced += 1
            case _:
                pass

    @property
    def figures(self) -> bytes:
        """For `storage.postgres.crew.Crew.beat`: an object of JSON, a number for each of `NAMES`."""
        return json.dumps({name: getattr(self, name) for name in NAMES}).encode()
