"""Which entry or story somebody means who types an id, the beginning of one, or an address."""

from __future__ import annotations

from collections.abc import Sequence

from feeds.errors import TopicwireError
from feeds.model import Entry
from feeds.read.urls import canonical
from storage.port import Keys, Store

HOW_TO_NAME = "name one by its id, the beginning of it, or its URL; `topicwire search WORDS` lists them"
SHORTEST = 8
"""Characters of a beginning, where what follows is remembered: with fewer, another entry may share it tomorrow."""
_SHOWN = 5


class Unclear(TopicwireError):  # noqa: N818 - reads as the state it reports
    """What was typed names nothing, or several things; the message says which."""


def entries_meant(store: Store, typed: str) -> tuple[Entry, ...]:
    """The entries that `typed` names: an id, the beginning of exactly one, or an address, which several may share.

    For questions: any beginning will do. Raises `Unclear`, and StoreError.
    """
    if entry := store.entry(typed):
        return (entry,)
    if "://" in typed:
        address = canonical(typed)
        found = store.known(Keys(urls=frozenset((address,)))) if address else ()
    else:
        begun = store.beginning(typed) if typed else ()
        found = store.known(Keys(ids=frozenset(begun[:_SHOWN])))
        if len(begun) > 1:
            raise _several(typed, found, len(begun))
    if not found:
        raise Unclear(f"there is no entry {typed}: {HOW_TO_NAME}")
    return found


def entry_meant(store: Store, typed: str, *, shortest: int = SHORTEST) -> Entry:
    """The one entry that `typed` names; raises `Unclear`, and StoreError.

    A beginning of an id has at least `shortest` characters. Of several entries at one page, that which is read at
    exactly this address is meant.
    """
    if "://" not in typed and not store.entry(typed):
        _require_enough(typed, shortest)
    found = entries_meant(store, typed)
    exactly = [entry for entry in found if entry.url == typed]
    if len(found) > 1 and len(exactly) != 1:
        raise _several(typed, found[:_SHOWN], len(found))
    return found[0] if len(found) == 1 else exactly[0]


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
        _require_enough(typed, SHORTEST)
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


def _require_enough(typed: str, shortest: int) -> None:
    if len(typed) < shortest:
        raise Unclear(f"{typed!r} is too short: type {shortest} or more characters of an id, or a URL")


def _several(typed: str, first: Sequence[Entry], number: int) -> Unclear:
    """`first` are some of `number`."""
    more = f" and {number - len(first)} more" if number > len(first) else ""
    return Unclear(f"{typed} names several entries: {', '.join(map(shown, first))}{more}")
