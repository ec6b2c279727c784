"""What workers have to tell, in words; see `aggregator.observing.logs`."""

from __future__ import annotations

import logging

from aggregator.observing.worker_events import Delivered, FencedOff, LeaseLost, SourceUnknown, WorkerEvent
from feeds.model import Failed


def worded_for_workers(event: WorkerEvent) -> tuple[int, str]:
    """The level and the text of one line; of what was brought, the judge's line says what came of it."""
    match event:
        case Delivered(source=source, problem=problem) if problem:
            return logging.ERROR, f"{source}: {problem}"
        case Delivered(source=source, outcome=Failed(kind=kind, reason=reason)):
            return logging.DEBUG, f"{source}: brought: {kind}: {reason}"
        case Delivered(source=source, outcome=outcome):
            return logging.DEBUG, f"{source}: brought: {type(outcome).__name__.lower()}"
        case FencedOff(source=source, host=host):
            return logging.WARNING, f"{source}: forgotten, as another worker asks {host} by now"
        case LeaseLost(host=host):
            return logging.WARNING, f"{host} is no longer asked here: its lease was not renewed in time"
        case SourceUnknown(source=source, host=host):
            put_off = "put off until all machines have the same one"
            return logging.WARNING, f"{source} at {host} is not in this worker's config: {put_off}"
