"""Whether the daemon of a config answers: exit code 0 or 1, for a container's healthcheck.

    python -m aggregator.operating.healthcheck [CONFIG]

Asks `/healthz` at the address that `serve.listen` names, from inside the container. A config that is wrong by now is
none of its business: the daemon goes on by the one before, and must not be ended for it.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from aggregator.config import ServeSettings, find, load
from aggregator.config.load import parse
from aggregator.config.locate import home
from aggregator.fetching.client import Client
from feeds.conditional import Request
from feeds.errors import ConfigError, TopicwireError

PATIENCE = timedelta(seconds=5)
LONGEST = 100_000
"""Bytes of an answer that is worth reading."""
_LISTEN = re.compile(r"""^\s*listen\s*=\s*(["'])[^"'\n]*\1""", re.MULTILINE)


def main(arguments: Sequence[str]) -> int:
    """Ask, say why not, and return the exit code."""
    file = Path(arguments[0]) if arguments else find(folder=Path(), home=home(), environ=os.environ)
    if file is None:
        return _unwell("no config is found")
    try:
        answers = asyncio.run(_status(f"{_served(file).url_from_here}/healthz"))
    except (TopicwireError, OSError) as error:
        return _unwell(str(error))
    return 0 if answers == 200 else _unwell(f"/healthz answers {answers}")


def _served(file: Path) -> ServeSettings:
    """Where the daemon of this config listens; of one that is wrong, what can be made out. Raises as `load` does."""
    try:
        return load(file, environ=os.environ).serve
    except ConfigError:
        found = _LISTEN.search(file.read_text("utf-8", "replace"))
        return parse((f"[serve]\n{found[0]}" if found else "").encode(), file=file, environ={}).serve


async def _status(url: str) -> int:
    client = Client(user_agent="topicwire-healthcheck", timeout=PATIENCE, max_size=LONGEST)
    return (await client.fetch(Request(url=url, stay=True), allow_private=True)).status


def _unwell(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
