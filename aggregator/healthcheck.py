"""Whether the daemon of a config answers: exit code 0 or 1, for a container's healthcheck.

    python -m aggregator.healthcheck [CONFIG]

Asks `/healthz` at the address that `serve.listen` names, from inside the container.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from aggregator.client import Client
from aggregator.config import find, load
from aggregator.config.locate import home
from feeds.conditional import Request
from feeds.errors import TopicwireError

PATIENCE = timedelta(seconds=5)
LONGEST = 100_000
"""Bytes of an answer that is worth reading."""


def main(arguments: Sequence[str]) -> int:
    """Ask, say why not, and return the exit code."""
    file = Path(arguments[0]) if arguments else find(folder=Path(), home=home(), environ=os.environ)
    if file is None:
        return _unwell("no config is found")
    try:
        serve = load(file, environ=os.environ).serve
        answers = asyncio.run(_status(f"{serve.url_from_here}/healthz"))
    except (TopicwireError, OSError) as error:
        return _unwell(str(error))
    return 0 if answers == 200 else _unwell(f"/healthz answers {answers}")


async def _status(url: str) -> int:
    client = Client(user_agent="topicwire-healthcheck", timeout=PATIENCE, max_size=LONGEST)
    return (await client.fetch(Request(url=url, stay=True), allow_private=True)).status


def _unwell(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
