"""No wrong clock costs more than a small share of what is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.retention import DAY, LEAST, SHARE, SLACK, Keeping, Left, Ration, Retention, newest, ration, trusted
from storage.memory import MemoryStore
from storage.port import Change
from tests.fakes.stored_values import entry_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEEPING = Keeping(age=90 * DAY, most=100_000)


class Bench:
    """A store of `count` entries first seen at `seen`, and a process over it whose clock may be set."""

    def __init__(self, count: int, *, seen: datetime, clock: datetime = NOW, keeping: Keeping = KEEPING) -> None:
        self.store = MemoryStore()
        self.store.commit(Change(entries=tuple(entry_of(f"{n:05}", first_seen=seen) for n in range(count))))
        self.clock, self.uptime = clock, timedelta(hours=5)
        self.retention = Retention(self.store, keeping, clock=lambda: self.clock, uptime=lambda: self.uptime)

    def left(self, rounds: int) -> int:
        return sum(len(self.retention.let_go().ids) for _ in range(rounds))


def test_a_clock_years_ahead_takes_nothing():
    bench = Bench(3000, seen=NOW, clock=NOW.replace(year=2037))
    assert bench.retention.let_go() == Left(held=3000)


def test_a_clock_that_jumps_while_we_run_takes_nothing():
    bench = Bench(3000, seen=NOW)
    bench.clock = NOW.replace(year=2037)
    assert bench.left(3) == 0


def test_what_was_seen_with_a_clock_half_a_year_back_stays_when_the_clock_is_right():
    bench = Bench(50, seen=NOW - 180 * DAY, clock=NOW - 180 * DAY)
    bench.clock = NOW
    assert bench.left(3) == 0


def test_a_tenth_of_the_store_leaves_in_a_day_of_the_process():
    bench = Bench(3000, seen=NOW - 180 * DAY)
    bench.store.commit(Change(entries=(entry_of("fresh", first_seen=NOW),)))
    bench.retention = Retention(bench.store, KEEPING, clock=lambda: bench.clock, uptime=lambda: bench.uptime)
    assert bench.left(5) == 300
    bench.uptime += DAY
    bench.clock += DAY
    assert bench.left(5) == 270


def test_entries_still_leave_at_their_age_as_time_goes_by():
    bench = Bench(3, seen=NOW)
    bench.clock, bench.uptime = NOW + 91 * DAY, bench.uptime + 91 * DAY
    assert bench.retention.let_go() == Left(ids=("00000", "00001", "00002"))


def test_what_is_too_many_leaves_whatever_the_clock_says():
    bench = Bench(500, seen=NOW, clock=NOW.replace(year=2037), keeping=Keeping(age=90 * DAY, most=100))
    assert bench.left(2) == 400


def test_an_empty_store_knows_no_moment():
    assert newest(MemoryStore()) is None


moments = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
spans = st.timedeltas(min_value=timedelta(), max_value=3650 * DAY)


@given(moments, moments, spans)
def test_trusted_time_is_never_ahead_of_the_clock_nor_of_what_is_known(clock, anchor, running):
    assert trusted(clock, anchor=anchor, running=running) in (clock, anchor + running + SLACK)
    assert trusted(clock, anchor=anchor, running=running) <= min(clock, anchor + running + SLACK)


@given(st.integers(0, 200_000), spans, spans)
def test_a_ration_lasts_for_a_day(entries, since, later):
    current = Ration(since=since, left=7)
    expected = current if later < DAY else Ration(since=since + later, left=max(LEAST, entries // SHARE))
    assert ration(current, entries=entries, running=since + later) == expected
