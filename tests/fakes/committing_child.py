"""A process that commits random changes as fast as it can and says what is acknowledged; made to be killed.

    python committing_child.py FOLDER SEED

Each change has a number, known from its entries alone, and touches all tables; a line with the number is written to
standard output after the commit has returned.
"""

from __future__ import annotations

import os
import random
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[2]))

from feeds.model import Boilerplate, Decision, DecisionKind, Placement, Site, SourceState
from storage import tinydb_store
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes.stored_values import NOON, entry_of, revision_of


def change(number: int, seed: int) -> Change:
    """The change with this number in a life that began with `seed`: the same each time it is asked for."""
    draw = random.Random(seed * 1_000_003 + number)
    moment = NOON + timedelta(seconds=number)
    text = "ferry " * draw.choice([1, 10, 100, 3000])
    ids = [f"entry-{draw.randrange(40)}" for _ in range(draw.randrange(1, 6))]
    marked = replace(entry_of(ids[0], title=f"Change {number}", summary=text), revised=moment, revision=number)
    others = tuple(replace(marked, id=one, guid=one) for one in ids[1:])
    return Change(
        entries=(marked, *others),
        revisions=(revision_of(ids[0], number, title=f"Change {number}"),),
        placements=tuple(Placement(entry=one, story=f"Change {number}") for one in ids),
        decisions=(Decision(kind=DecisionKind.HIDE, entry=ids[0], made=moment),),
        undone=(Decision(kind=DecisionKind.HIDE, entry=ids[-1], made=moment),) if number % 5 == 4 else (),
        boilerplate=(Boilerplate(host="harbour.example", line=f"support us {number % 9}"),),
        unlearnt=(Boilerplate(host="harbour.example", line=f"support us {number % 4}"),) if number % 3 == 2 else (),
        states=(SourceState(source="harbour-post", url="https://harbour.example/feed", failures=number),),
        site=Site(id=UUID(int=number), since=NOON),
        buried=others[-1:] if number % 7 == 6 else (),
    )


def main(folder: Path, seed: int) -> None:
    tinydb_store.LEAST = 1 << 16  # so that compactions are under way at most times
    with open_store(folder, writable=True) as store:
        state = store.states().get("harbour-post")
        number = 0 if state is None else state.failures + 1
        while True:
            store.commit(change(number, seed))
            os.write(1, f"{number}\n".encode())
            number += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
