"""What threads have freed does not stay with the process."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
IN_THREADS = """
import threading
from aggregator.running.allocation import give_back, keep_little
from tests.fakes.processes import resident

print(keep_little())
before, kept = resident(), []

def work():
    blocks = [bytes(size) for _ in range(200) for size in (200_000, 3_000, 3_000)]
    together.wait()
    kept.extend(blocks[1::99])  # some small blocks stay, as of every round of publishing

for _ in range(3):
    together = threading.Barrier(4)
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
print((resident() - before) / 1e6)
give_back()
print((resident() - before) / 1e6)
"""


@pytest.fixture(scope="module")
def told():
    done = subprocess.run(
        [sys.executable, "-c", IN_THREADS], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.split()


def test_it_is_known_whether_the_c_library_heeds_us(told):
    assert told[0] == str(platform.libc_ver()[0] == "glibc")


def test_of_the_160_mb_that_threads_freed_the_process_holds_next_to_nothing(told):
    assert float(told[1]) < 20 or told[0] == "False"


def test_what_lies_free_between_blocks_that_stay_goes_back_when_it_is_given_back(told):
    assert float(told[2]) < 4 or told[0] == "False"
