"""Kill -9 at random moments while a process commits, lets entries leave and compacts.

    python benchmarks/store_kills.py [--rounds 1000]

Stops at the first store that cannot be read or that lacks what was acknowledged.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.unit.storage.test_killed_writers import survive


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    rounds = parser.parse_args().rounds
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        survive(Path(name) / "store", rounds)
    print(f"kills: {rounds}\nunreadable: 0\nacknowledged_and_lost: 0\nseconds: {time.perf_counter() - began:.0f}")


if __name__ == "__main__":
    main()
