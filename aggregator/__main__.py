"""`topicwire` and `python -m aggregator`: the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from aggregator.running import sigterm


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; None: the arguments of this process, which then heeds SIGTERM."""
    return _run(argv) if argv is not None else _process(sys.argv[1:])


def _process(arguments: Sequence[str]) -> int:
    try:
        with sigterm.heard():
            return _run(arguments)
    except sigterm.Terminated:
        sys.stderr.write("topicwire: SIGTERM: stopped; what was stored stays stored\n")
        return sigterm.exit_code(arguments)


def _run(arguments: Sequence[str]) -> int:
    from aggregator.cli import run  # noqa: PLC0415 - takes a while, in which SIGTERM is to be heard

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
