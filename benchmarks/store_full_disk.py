"""A store on a file system of 1 MiB: it fills, refuses, and goes on after space is freed. Needs root, for the mount.

python benchmarks/store_full_disk.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.store_growth import entries
from feeds.errors import StoreFailed
from storage.port import Change
from storage.tinydb_store import TinyDBStore, open_store


def fill(store: TinyDBStore, first: int) -> tuple[int, str]:
    """Commit one entry after another until the disk refuses: how many were acknowledged, and the refusal."""
    for number in range(first, first + 10_000):
        try:
            store.commit(Change(entries=entries(number, 1)))
        except StoreFailed as error:
            return number, str(error)
    raise SystemExit("the disk never filled")


def refusal(store: TinyDBStore) -> str:
    try:
        store.recover()
    except StoreFailed as error:
        return str(error)
    return ""


def run(folder: Path) -> None:
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(400_000))
    with open_store(folder / "store", writable=True) as store:
        first, why = fill(store, 0)
        print(f"acknowledged_until_full: {first}\nrefusal: {why}\nstill_full: {refusal(store)}")
        ballast.unlink()
        print(f"after_space_was_freed: {refusal(store) or 'goes on'}")
        second, _ = fill(store, first)
        print(f"acknowledged_in_all: {second}")
        print(f"readable_while_full: {sum(1 for _ in store.entries())}")
    with open_store(folder / "store", writable=False) as store:
        ids = {entry.id for entry in store.entries()}
    print(f"acknowledged_and_lost: {len({f'{n:032x}' for n in range(second)} - ids)}")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", name], check=True)
        try:
            run(Path(name))
        finally:
            subprocess.run(["umount", name], check=True)


if __name__ == "__main__":
    main()
