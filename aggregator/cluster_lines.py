"""What workers log of themselves: a level and a text for each event of `aggregator.cluster_events`."""

from __future__ import annotations

import logging

from aggregator.cluster_events import ClusterEvent, DeliveryGivenUp, JudgeDisplaced, JudgingEnded, JudgingStarted


def of_the_cluster(event: ClusterEvent) -> tuple[int, str]:
    """Level and text."""
    match event:
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
