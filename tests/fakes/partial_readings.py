"""What a reading in part owes to the reading of the whole document."""

from __future__ import annotations

from dataclasses import replace

from feeds.dedupe.identity import clue_mark
from feeds.model import ReadFeed


def assert_same_answer(part: ReadFeed, whole: ReadFeed) -> bool:
    """The entries in `part` are as in `whole`, and only entries that were seen before are missing.

    Returns whether anything was left out at all.
    """
    if not part.unread:
        assert part == whole
        return False
    kept = {entry.id for entry in part.entries}
    assert part.entries == tuple(entry for entry in whole.entries if entry.id in kept)
    missing = {clue_mark(entry.guid, entry.canonical_url) for entry in whole.entries if entry.id not in kept}
    # Of entries without guid and address, two in the same words are one, whichever of them was left out.
    assert missing <= set(part.unread) <= missing | {clue_mark("", "")}
    assert set(part.seen) == set(whole.seen)
    # That an article is in the document twice need not be said again when both are known.
    assert set(part.skipped) <= set(whole.skipped)
    frame = {"entries": (), "seen": (), "unread": (), "skipped": ()}
    assert replace(part, **frame) == replace(whole, **frame)
    return True
