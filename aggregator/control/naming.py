"""Which entry or story somebody means who types an id, the beginning of one, or a URL."""

from __future__ import annotations

from collections.abc import Iterable

from feeds.model import Entry
from feeds.read.urls import canonical
from storage.port import Keys, Store

SHORTEST = 8
"""Characters of a beginning: with fewer, another entry may share it tomorrow."""
_SHOWN = 5


class Unclear(Exception):  # noqa: N818 - caught by whoever answers the person
    """What was typed names nothing, or several things; the message says which."""


def entry_meant(store: Store, typed: str) -> Entry:
    """The entry that `typed` names; raises `Unclear`, and StoreError."""
    if entry := store.entry(typed):
        return entry
    if "://" in typed:
        at_it = store.known(Keys(urls=frozenset({canonical(typed)}) - {""}))
        exactly = [entry for entry in at_it if entry.url == typed]
        found = exactly if len(exactly) == 1 else list(at_it)
    else:
        _require_enough(typed)
        found = list(store.known(Keys(ids=frozenset(store.beginning(typed)))))
    if len(found) == 1:
        return found[0]
    if not found:
        raise Unclear(f"there is no entry {typed}: name one by its id, {SHORTEST} or more characters of it, or its URL")
    raise Unclear(f"{typed} names several entries: {_listed(shown(entry) for entry in found)}")


def story_meant(store: Store, typed: str, entry: Entry) -> str:
    """The story that `typed` names, of which `entry` is a part; raises `Unclear`, and StoreError.

    A story is named by its id, by the beginning of it, or by another entry in it.
    """
    placement = store.placements([entry.id]).get(entry.id)
    story = placement.story if placement else ""
    if not story:
        raise Unclear(f"{shown(entry)} is in no story")
    if typed == story:
        return story
    if "://" not in typed:
        _require_enough(typed)
        if story.startswith(typed):
            return story
    other = entry_meant(store, typed)
    theirs = store.placements([other.id]).get(other.id)
    if theirs is None or theirs.story != story:
        raise Unclear(f"{shown(entry)} is not in the story {typed}: it is in {story}")
    return story


def shown(entry: Entry) -> str:
    """An entry in a sentence: enough to recognise it, and to name it again."""
    title = entry.title if len(entry.title) <= 80 else f"{entry.title[:79]}…"
    return f"“{title}” ({entry.source}, {entry.id})"


def _require_enough(typed: str) -> None:
    if len(typed) < SHORTEST:
        raise Unclear(f"{typed!r} is too short: type {SHORTEST} or more characters of an id, or a URL")


def _listed(names: Iterable[str]) -> str:
    told = list(names)
    more = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    return ", ".join(told[:_SHOWN]) + more
