"""`topicwire` and `python -m aggregator`: the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from aggregator.cli import run


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; None: the arguments of this process."""
    return run(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
