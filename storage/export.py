"""A store as an ordinary TinyDB file, for stock TinyDB and everything else that reads JSON."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import TextIO

from feeds.errors import StoreError
from storage.documents import JournalStorage


def export(storage: JournalStorage, file: Path) -> int:
    """Write all tables to `file`, in one step; returns how many documents that were.

    Raises `OSError`, and `StoreError` where `file` is to be in the store's own folder, whose files it could replace.
    """
    if storage.tables() and file.parent.resolve() == storage.reader.path.parent.resolve():
        raise StoreError(f"{file} is in the store's own folder: write the export somewhere else")
    draft = file.with_name(file.name + ".new")
    try:
        with draft.open("w", encoding="ascii") as out:
            count = _write(storage, out)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)  # half an export would hold room on a full disk
        raise
    return count


def _write(storage: JournalStorage, out: TextIO) -> int:
    count = 0
    out.write("{")
    for n, (table, places) in enumerate(storage.tables().items()):
        out.write(f"{',' if n else ''}\n{json.dumps(table)}: {{")
        for m, (number, place) in enumerate(places.pairs()):
            out.write(f'{"," if m else ""}\n"{number}": {json.dumps(storage.reader.document(table, place))}')
            count += 1
        out.write("}")
    out.write("}\n")
    return count
