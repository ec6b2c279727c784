"""What workers tell of themselves with every sign of life, as servers give it to those who watch over all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final, Protocol

from aggregator.operating.exposition import Family, Sample, family

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")
_MOST: Final = 40
"""Figures of a worker: what some other version tells is not to fill anybody's disk."""


class Worker(Protocol):
    """The part of `storage.postgres.crew.Worker` that is used here."""

    @property
    def name(self) -> str: ...
    @property
    def silent(self) -> timedelta: ...
    @property
    def judges(self) -> bool: ...
    @property
    def figures(self) -> bytes: ...


def families_of(workers: Sequence[Worker]) -> Iterator[Family]:
    """All that they tell: what each counted since it began, by the name that it has for it."""
    yield family(
        "worker_silence_seconds",
        "gauge",
        "Since a worker's last sign of life.",
        [_sample(one, one.silent.total_seconds()) for one in workers],
    )
    yield family(
        "worker_judges", "gauge", "1 for the worker that judges.", [_sample(one, int(one.judges)) for one in workers]
    )
    told = [(one, _told(one.figures)) for one in workers]
    for name in sorted({name for _, figures in told for name in figures}):
        samples = [_sample(one, figures[name]) for one, figures in told if name in figures]
        yield family(f"worker_{name}_total", "counter", "As a worker counts it since it began.", samples)


def _sample(worker: Worker, value: float) -> Sample:
    return Sample(value=value, labels={"worker": worker.name})


def _told(figures: bytes) -> Mapping[str, int]:
    """Of `aggregator.cluster.tally.Tally`; what cannot be read is left out."""
    try:
        told = json.loads(figures or b"{}")
    except ValueError:
        return {}
    if not isinstance(told, dict):
        return {}
    return {name: told[name] for name in sorted(told)[:_MOST] if _NAME.fullmatch(name) and type(told[name]) is int}
