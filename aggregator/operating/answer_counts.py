"""How many answers went out to readers, by class of status."""

from __future__ import annotations

import threading
from collections import Counter

from aggregator.operating.exposition import Family, Sample, family


class AnswerCounts:
    """Any thread may count and ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: Counter[str] = Counter({f"{hundred}xx": 0 for hundred in range(2, 6)})

    def add(self, status: str, number: int) -> None:
        """So many readers more got an answer with this status, three digits."""
        with self._lock:
            self._answers[f"{status[:1]}xx"] += number

    def family(self) -> Family:
        """All of them since the start."""
        with self._lock:
            answers = sorted(self._answers.items())
        return family(
            "http_answers_total",
            "counter",
            "Answers to readers, by class of status.",
            [Sample(value=number, labels={"class": name}) for name, number in answers],
        )
