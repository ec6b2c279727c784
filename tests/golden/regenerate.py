"""Writes the expected documents anew; look at the difference before you commit it."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent))


def main() -> None:
    from feeds import render  # noqa: PLC0415 - after the path is set
    from tests.fakes.topic_feeds import the_golden_feed  # noqa: PLC0415

    prepared = render.prepare(the_golden_feed())
    (HERE / "river-treaty.atom").write_bytes(render.atom(prepared))
    (HERE / "river-treaty.rss").write_bytes(render.rss(prepared, ttl_minutes=30))
    (HERE / "river-treaty.json").write_bytes(render.json_feed(prepared))


if __name__ == "__main__":
    main()
