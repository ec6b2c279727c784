"""What threads have freed does not stay with the process."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
THREADS_IN_TURN = """
import threading
from aggregator.allocation import give_back_what_is_freed
from tests.fakes.processes import resident

print(give_back_what_is_freed())
before = resident()
kept = []

def work():
    blocks = [bytes(size) for _ in range(200) for size in (200_000, 3_000)]
    together.wait()
    kept.append(blocks[-1])  # one small block that stays, as every round of publishing leaves some

for _ in range(3):
    together = threading.Barrier(4)
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
print((resident() - before) / 1e6)
"""


def test_a_process_that_worked_in_threads_holds_next_to_nothing_of_it_afterwards():
    done = subprocess.run(
        [sys.executable, "-c", THREADS_IN_TURN], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    told, megabytes = done.stdout.split()
    assert told == str(platform.libc_ver()[0] == "glibc")
    assert float(megabytes) < 20 or told == "False", "160 MB were freed"
