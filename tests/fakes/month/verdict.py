"""What is held of a simulated month when it is over; each figure with the assertion that it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from feeds.model import Entry
from tests.fakes.month import books as kept_by
from tests.fakes.month.month import Month
from tests.fakes.month.subscriber import HEALTH

FEED_ENTRIES = 50
"""As the config has it."""


def verdict(month: Month) -> Iterator[tuple[str, float]]:
    """Names and values, of a month whose daemon still runs and is idle; raises AssertionError at what does not hold."""
    _expect_files(month)
    books, plan = month.books, month.plan
    counted = kept_by.accounting(month.life.config)
    stored, gone = kept_by.stored(month.folder, books)
    yield "entries_acknowledged", len(books.acknowledged)
    yield "entries_stored", len(stored)
    yield "entries_aged_out", len(gone)
    yield "edits_taken_in", len(books.edited)
    kept_by.expect_nothing_lost(books, stored, gone, keep=plan.keep, now=month.now)
    yield "acknowledged_and_lost", 0
    missed = kept_by.missed(books)
    told = month.subscriber.told()
    silent = {name: number for name, number in missed.items() if ("gap", False) not in told.get(name, ())}
    assert not silent, f"an honest poller saw what never came: {silent}"
    yield "missed_and_told_of_as_gaps", sum(missed.values())
    yield "published", kept_by.expect_each_story_once(books, month.subscriber, month.topics)
    yield "published_twice", 0
    yield "came_back_after_they_left", month.subscriber.returned
    yield "changes_of_state_told", kept_by.expect_told(books, month.subscriber, month.own)
    yield "told_twice_or_not_at_all", 0
    _expect_accounts(month, counted, stored, gone)
    yield "accounts_that_do_not_close", 0
    yield "documents_polled", month.subscriber.documents
    yield "documents_validated", month.subscriber.validated


def _expect_accounts(month: Month, counted: Mapping[str, Any], stored: Mapping[str, Entry], gone: set[str]) -> None:
    """What `status --accounting` says is what the books say."""
    books, overall = month.books, counted["overall"]
    failed = len(books.empty)
    sums = {name: overall[name] for name in ("taken_in", "pruned", "failed", "held")}
    came = len(stored) + len(gone)
    assert sums == {"taken_in": came + failed, "pruned": len(gone), "failed": failed, "held": 0}
    pieces = [books.by_link[link][1] for link in stored]
    for account in counted["topics"]:
        topic = account["topic"]
        on_it = [piece for piece in pieces if piece.subject == topic]
        stories = {piece.group for piece in on_it} if month.topics[topic] == "copies" else on_it
        shown = min(FEED_ENTRIES, len(stories))
        ends = tuple(account[name] for name in ("published", "passed_over", "copy", "not_matched"))
        expected = (shown, len(stories) - shown, len(on_it) - len(stories), len(pieces) - len(on_it))
        assert ends == expected, f"{topic}: {ends}, by the books {expected}"
        assert len(month.subscriber.feeds[topic].now) == shown


def _expect_files(month: Month) -> None:
    """The static copy is what is served, if not at once: another process answers, and has it a moment later."""
    folder: Path = month.folder / "site" / "feeds"
    feeds = (*month.topics, HEALTH)

    def served() -> bool:
        month.subscriber.poll(month.topics, month.now)
        return all((folder / f"{one}.atom").read_bytes() == month.subscriber.feeds[one].body for one in feeds)

    month.life.wait(served, "readers to be given what is in the static copy")
