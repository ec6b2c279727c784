"""Every call of a store's life refused once, by strace: old state or new state, and an error that names the path.

    python benchmarks/store_faults.py [--every 1]

A child opens a store, commits, compacts, keeps a snapshot and closes: 20 operations. It runs once for each error at
each call that writes, syncs, renames, cuts or opens a file of the store. Needs Debian's strace.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from feeds.errors import StoreError
from storage.memory import MemoryStore
from storage.tinydb_store import open_store
from tests.fakes.committing_child import change

ROOT = Path(__file__).parents[1]
CALLS = ("write", "fsync", "rename", "ftruncate", "openat")
ERRORS = ("ENOSPC", "EIO", "EDQUOT", "EROFS", "EMFILE")
FILES = ("journal", "journal.new", "snapshot", "snapshot.new", "lock", "")
CHANGES, SEED = 16, 5


def child(folder: Path) -> None:
    """The 20 operations; says on standard output what is acknowledged and what is refused."""
    try:
        with open_store(folder, writable=True) as store:
            for number in range(CHANGES):
                store.commit(change(number, SEED))
                os.write(1, b"acknowledged\n")
                if number in (7, 13):
                    compact(store)
                if number == 9:
                    store.keep_snapshot(worth=0)
    except StoreError as error:
        os.write(1, f"refused: {error}\n".encode())


def compact(store) -> None:
    try:
        store.compact()
    except StoreError as error:
        os.write(1, f"refused: {error}\n".encode())


def facts(store) -> tuple:
    ids = [f"entry-{n}" for n in range(40)]
    placed, revisions = store.placements(ids), [store.revisions(one) for one in ids]
    return (list(store.entries()), placed, revisions, store.decisions(), store.boilerplate(), store.site())


def states() -> list[tuple]:
    store, found = MemoryStore(), []
    for number in range(-1, CHANGES):
        if number >= 0:
            store.commit(change(number, SEED))
        found.append(facts(store))
    return found


def run(inject: str, expected: list[tuple]) -> str:
    """One life with one refused call: what is wrong with it, empty when nothing is."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "store"
        folder.mkdir()
        paths = [part for file in FILES for part in ("-P", str(folder / file).rstrip("/"))]
        strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={','.join(CALLS)}", "-e", inject, *paths]
        python = os.path.realpath(sys.executable)
        done = subprocess.run(
            [*strace, python, __file__, "--child", str(folder)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        said = done.stdout.splitlines()
        if done.returncode or done.stderr:
            return f"the child failed: {done.stderr[-500:]}"
        acknowledged = said.count("acknowledged")
        refusals = [line for line in said if line.startswith("refused")]
        if any(str(folder) not in line for line in refusals):
            return f"a refusal names no path: {refusals}"
        if acknowledged < CHANGES and not refusals:
            return f"{acknowledged} changes, and nothing was refused"
        try:
            with open_store(folder, writable=True) as store:
                found = facts(store)
        except StoreError as error:
            return f"unreadable: {error}"
        return "" if found in expected[acknowledged : acknowledged + 2] else f"a mixture, after {acknowledged} changes"


def calls_made() -> dict[str, int]:
    """How many calls of each kind an undisturbed life makes on the store's files."""
    with tempfile.TemporaryDirectory() as name:
        folder, log = Path(name) / "store", Path(name) / "log"
        folder.mkdir()
        paths = [part for file in FILES for part in ("-P", str(folder / file).rstrip("/"))]
        command = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={','.join(CALLS)}", *paths]
        python = os.path.realpath(sys.executable)
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        subprocess.run([*command, python, __file__, "--child", str(folder)], cwd=ROOT, check=True, env=env, stdout=-3)
        text = log.read_text()
    return {call: len(re.findall(rf"^\d+ +{call}\(", text, re.MULTILINE)) for call in CALLS}


def plans(made: dict[str, int], *, every: int = 1, in_turn: bool = False) -> list[str]:
    """What to inject: every so many calls, each with all errors, or with one of them in turn."""
    found = []
    for call in CALLS:
        for when in range(1, made[call] + 1, every):
            errors = [ERRORS[len(found) % len(ERRORS)]] if in_turn else ERRORS
            found += [f"inject={call}:error={error}:when={when}" for error in errors]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--child", type=Path)
    parser.add_argument("--every", type=int, default=1, help="only every so many calls")
    options = parser.parse_args()
    if options.child:
        child(options.child)
        return
    made, expected = calls_made(), states()
    print(f"calls: {made}", flush=True)
    chosen = plans(made, every=options.every)
    with ThreadPoolExecutor(2) as pool:
        flaws = [
            (plan, flaw)
            for plan, flaw in zip(chosen, pool.map(lambda one: run(one, expected), chosen), strict=True)
            if flaw
        ]
    for plan, flaw in flaws:
        print(f"{plan}: {flaw}")
    print(f"runs: {len(chosen)}\nbad: {len(flaws)}")


if __name__ == "__main__":
    main()
