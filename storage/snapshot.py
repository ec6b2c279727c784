"""What opening a store works out, kept beside the journal: where every document stands, and the key indexes.

Derived, and allowed to be missing, stale or broken: it says up to which record of which journal it goes, and whoever
finds that it does not fit reads the journal instead. So it is written without waiting for the disk.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from storage.keys import KeyIndex
from storage.places import Places

VERSION = 9
"""Of this file: any other one is passed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything about a journal up to `end`, where `chain` is the checksum of all records (`reading.chained`)."""

    end: int
    chain: int
    tables: Mapping[str, Places]
    index: KeyIndex


def save(path: Path, snapshot: Snapshot) -> None:
    """Write it in one step; raises `OSError`."""
    tables = {name: places.columns() for name, places in snapshot.tables.items()}
    columns = {"end": snapshot.end, "chain": snapshot.chain, "tables": tables, "index": snapshot.index.columns()}
    body = json.dumps(columns, check_circular=False, separators=(",", ":")).encode("ascii")
    draft = path.with_name(path.name + ".new")
    try:
        draft.write_bytes(_first_line(body) + body)
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)  # half a snapshot would hold room on a full disk
        raise


def read(path: Path) -> Snapshot | None:
    """The snapshot at `path`; None when there is none that can be used."""
    try:
        first, _, body = path.read_bytes().partition(b"\n")
        if first + b"\n" != _first_line(body):
            return None
        columns: dict[str, Any] = json.loads(body)
        tables = {name: Places.from_columns(places) for name, places in columns["tables"].items()}
        index = KeyIndex.from_columns(columns["index"])
        return Snapshot(end=columns["end"], chain=columns["chain"], tables=tables, index=index)
    except (OSError, ValueError, OverflowError, LookupError, TypeError, AttributeError):
        return None


def _first_line(body: bytes) -> bytes:
    return b"topicwire snapshot %d %d %d\n" % (VERSION, len(body), crc32(body))
