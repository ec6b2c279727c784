"""What workers log of themselves: a level and a text for each event of `aggregator.observing.cluster_events`."""

from __future__ import annotations

import logging

from aggregator.observing.cluster_events import (
    CannotJudge,
    ClusterEvent,
    DaemonAtWork,
    DatabaseAway,
    DatabaseBack,
    DeliveryGivenUp,
    JudgeDisplaced,
    JudgingEnded,
    JudgingStarted,
    WorkBroken,
    WorkerJoined,
    WorkerLeft,
)


def of_the_cluster(event: ClusterEvent) -> tuple[int, str]:  # noqa: C901, PLR0911 - as in `aggregator.observing.logs`
    """Level and text."""
    match event:
        case WorkerJoined(worker=worker):
            return logging.INFO, f"{worker} works with the others from now on"
        case WorkerLeft(worker=worker):
            return logging.INFO, f"{worker} works no more; what it had is given back"
        case DatabaseAway(reason=reason):
            return logging.WARNING, f"waiting for the database, nothing is fetched meanwhile: {reason}"
        case DaemonAtWork(daemon=daemon):
            return logging.WARNING, f"workers fetch nothing while {daemon} does it all: stop it, or them"
        case DatabaseBack():
            return logging.INFO, "the database is back, and work goes on"
        case WorkBroken(problem=problem):
            return logging.ERROR, f"work broke off, and begins anew: {problem}"
        case CannotJudge(reason=reason):
            return logging.WARNING, f"this worker cannot judge, others may: {reason}"
        case JudgingStarted():
            return logging.INFO, "judging what workers bring, and publishing it"
        case JudgingEnded(reason=""):
            return logging.INFO, "judging no more"
        case JudgingEnded(reason=reason):
            return logging.WARNING, f"judging no more: {reason}"
        case JudgeDisplaced(worker=worker):
            return logging.WARNING, f"{worker} judged and gave no sign of life: it can write nothing any more"
        case DeliveryGivenUp(source=source, worker=worker, reason=reason):
            return logging.WARNING, f"{source}: what {worker} brought is given up: {reason}"
