"""A store as an ordinary TinyDB file, for stock TinyDB and everything else that reads JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path

from storage.documents import JournalStorage


def export(storage: JournalStorage, file: Path) -> int:
    """Write all tables to `file`, in one step; returns how many documents that were. Raises `OSError`."""
    draft = file.with_name(file.name + ".new")
    count = 0
    with draft.open("w", encoding="ascii") as out:
        out.write("{")
        for n, (table, places) in enumerate(storage.tables().items()):
            out.write(f"{',' if n else ''}\n{json.dumps(table)}: {{")
            for m, (number, place) in enumerate(places.pairs()):
                out.write(f'{"," if m else ""}\n"{number}": {json.dumps(storage.reader.document(table, place))}')
                count += 1
            out.write("}")
        out.write("}\n")
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
    return count
