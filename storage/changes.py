"""A change of facts as a change of documents."""

from __future__ import annotations

from collections.abc import Callable

from storage.codec import Document, encode, encode_time
from storage.keys import Key, KeyIndex, key_of
from storage.port import Change

Numbered = Callable[[str], int]
"""A number that no document of a table has."""


def edits_of(change: Change, index: KeyIndex, next_number: Numbered) -> dict[str, dict[int, Document | None]]:
    """What to write for `change`: by table, by number; None for what goes. No table without documents."""
    wanted = wanted_of(change)
    for entry in change.buried:
        wanted["entries"][entry.id] = wanted["placements"][entry.id] = None
        stored = [(entry.id, number) for number in index.revisions.get(entry.id)]
        own = [key for key in wanted["revisions"] if key[0] == entry.id]
        wanted["revisions"].update(dict.fromkeys([*stored, *own]))
    edits: dict[str, dict[int, Document | None]] = {}
    for table, documents in wanted.items():
        for key, document in documents.items():
            number = index.number(table, key)
            if number is None and document is not None:
                number = next_number(table)
            if number is not None:
                edits.setdefault(table, {})[number] = document
    return edits


def wanted_of(change: Change) -> dict[str, dict[Key, Document | None]]:
    """What `change` wants of each table, by key: a document, or None for what leaves; without what buried entries take
    with them.
    """
    values = {
        "entries": change.entries,
        "revisions": change.revisions,
        "placements": change.placements,
        "decisions": change.decisions,
        "boilerplate": change.boilerplate,
        "states": change.states,
        "site": () if change.site is None else (change.site,),
        "allowance": () if change.allowance is None else (change.allowance,),
        "topics": change.topics,
        "archives": change.archives,
        "subscriptions": change.subscriptions,
        "notices": change.notices,
        "intakes": change.intakes,
    }
    wanted: dict[str, dict[Key, Document | None]] = {
        table: {key_of(table, document): document for document in map(encode, changed)}
        for table, changed in values.items()
    }
    wanted["revisions"].update(dict.fromkeys(change.outdated))
    wanted["tombstones"] = {entry.id: None for entry in change.entries}
    wanted["tombstones"].update({entry.id: encode(entry) for entry in change.buried})
    wanted["tombstones"].update(dict.fromkeys(change.forgotten))
    wanted["decisions"].update({(one.kind, one.entry, one.other): None for one in change.undone})
    wanted["notices"].update({(encode_time(one.at), one.about, one.condition): None for one in change.dropped})
    wanted["boilerplate"].update({(one.host, one.line): None for one in change.unlearnt})
    wanted["archives"].update(dict.fromkeys(change.cleared))
    wanted["subscriptions"].update({(one.topic, one.callback): None for one in change.unsubscribed})
    return wanted
