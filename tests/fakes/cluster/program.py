"""The program of a cluster: a worker as `topicwire worker` makes it, with short terms.

    python -m tests.fakes.cluster.program CONFIG SECONDS

What is not the real one: the terms of its leases, in seconds, by which signs of life and the patience with a silent
judge go as well; and the log, which is text.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from aggregator.cluster import worker
from aggregator.config import Config, load
from aggregator.observing.logs import configure, log_event
from aggregator.running import sigterm
from aggregator.running.allocation import keep_little
from aggregator.worker_app import open_worker
from aggregator.world import real_world


def read(file: Path) -> Config:
    return load(file, environ={})


def main() -> None:
    keep_little()
    config, term = read(Path(sys.argv[1])), timedelta(seconds=float(sys.argv[2]))
    configure(sys.stderr, secrets=config.secrets)
    with open_worker(config, world=real_world(), observe=log_event, read=read) as parts:
        sigterm.check()
        hasty = replace(parts, term=term, fetching=replace(parts.fetching, term=term))
        asyncio.run(worker.run(hasty))


if __name__ == "__main__":
    main()
