"""Who told a story first, of all that tell it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feeds.dedupe.origins import origins
from feeds.model import Credit, CreditRole, Entry, Span

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def told(source: str, *, origin: tuple[str, ...] = (), via: tuple[str, ...] = ()) -> Entry:
    """An entry of an outlet that is called like its source, and whom it credits."""
    credits_ = [(name, CreditRole.VIA) for name in via] + [(name, CreditRole.ORIGIN) for name in origin]
    return Entry(
        id=source, source=source, guid="", url="", canonical_url="", title=source,
        published=NOON, updated=NOON, first_seen=NOON, revised=NOON,
        credits=tuple(
            Credit(outlet=name, role=role, text=name, span=Span(field="body", start=0, end=len(name)))
            for name, role in credits_
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([], set()),
        ([told("post")], {"post"}),
        ([told("post"), told("echo")], {"post", "echo"}),
        ([told(name, origin=("wire",)) for name in ("post", "echo", "quay", "dock", "pier", "buoy")], {"wire"}),
        ([told("wire"), told("post", origin=("wire",)), told("echo", origin=("wire",))], {"wire"}),
        ([told("post", origin=("wire",), via=("echo",)), told("echo", origin=("wire",))], {"wire"}),
        ([told("post", via=("echo",))], {"echo"}),
        ([told("post", origin=("echo",)), told("echo", origin=("wire",))], {"wire"}),
        ([told("post", origin=("echo",)), told("echo", origin=("wire",)), told("echo")], {"echo", "wire"}),
        ([told("post", origin=("echo",)), told("echo", origin=("post",))], {"post", "echo"}),
        ([told("post", origin=("wire", "echo"))], {"wire", "echo"}),
        ([told("post", origin=("post",))], {"post"}),
    ],
)
def test_tellings_are_counted_by_who_was_first(entries, found):
    assert origins(entries, outlet_of=lambda entry: entry.source) == found
    assert origins(reversed(entries), outlet_of=lambda entry: entry.source) == found
