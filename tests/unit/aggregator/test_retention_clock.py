"""No wrong clock costs more than a small share of what is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.ingesting.retention import (
    AWAY,
    DAY,
    LEAST,
    SHARE,
    SLACK,
    Keeping,
    Left,
    Retention,
    allowed,
    elapsed,
    newest,
    trusted,
)
from feeds.model import Allowance, Reading, SourceState
from storage.port import Change
from tests.fakes.stored_values import entry_of
from tests.fakes.stores import new_store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEEPING = Keeping(age=90 * DAY, most=100_000)


class Bench:
    """A store of `count` entries first seen at `seen`, and a process over it whose clock may be set."""

    def __init__(self, count: int, *, seen: datetime, clock: datetime = NOW, keeping: Keeping = KEEPING) -> None:
        self.store = new_store()
        self.store.commit(Change(entries=tuple(entry_of(f"{n:05}", first_seen=seen) for n in range(count))))
        self.clock, self.uptime, self.boot = clock, timedelta(hours=5), "first"
        self.keeping = keeping
        self.start_again()

    def start_again(self) -> None:
        """Another process, on the same machine as it now is."""
        self.retention = Retention(self.store, self.keeping, read=self.read)

    def read(self) -> Reading:
        return Reading(clock=self.clock, boot=self.boot, uptime=self.uptime)

    def go_on(self, span: timedelta, *, boot: str = "") -> None:
        """Time goes by, in which the machine may be started anew."""
        self.clock += span
        self.uptime, self.boot = (timedelta(), boot) if boot else (self.uptime + span, self.boot)

    def left(self, rounds: int) -> int:
        return sum(len(self.retention.let_go().ids) for _ in range(rounds))

    def run_once(self) -> int:
        """What leaves in a process that asks a source and ends: what it stores bears the clock's time."""
        self.start_again()
        state = SourceState(source="tides", url="https://tides.example/feed", last_fetch=self.clock)
        self.store.commit(Change(states=(state,)))
        return self.left(2)


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
    bench.start_again()
    assert bench.left(5) == 300
    bench.go_on(DAY)
    assert bench.left(5) == 270


def test_entries_still_leave_at_their_age_as_time_goes_by():
    bench = Bench(3, seen=NOW)
    bench.go_on(91 * DAY)
    assert bench.retention.let_go() == Left(ids=("00000", "00001", "00002"))


def test_what_is_too_many_leaves_whatever_the_clock_says():
    bench = Bench(500, seen=NOW, clock=NOW.replace(year=2037), keeping=Keeping(age=90 * DAY, most=100))
    assert bench.left(2) == 400


def test_an_empty_store_knows_no_moment():
    assert newest(new_store()) is None


moments = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
spans = st.timedeltas(min_value=timedelta(), max_value=3650 * DAY)


@given(moments, moments, spans)
def test_trusted_time_is_never_ahead_of_the_clock_nor_of_what_is_known(clock, anchor, running):
    assert trusted(clock, anchor=anchor, running=running) in (clock, anchor + running + SLACK)
    assert trusted(clock, anchor=anchor, running=running) <= min(clock, anchor + running + SLACK)


def test_a_clock_that_stays_wrong_takes_a_tenth_a_day_from_any_number_of_processes():
    bench = Bench(3000, seen=NOW, clock=NOW.replace(year=2037))
    assert bench.run_once() == 0
    left = []
    for _ in range(4 * 24):
        bench.go_on(timedelta(hours=1))
        left.append(bench.run_once())
    assert [sum(left[day : day + 24]) for day in (0, 24, 48, 72)] == [300, 270, 243, 218]


def test_a_clock_that_jumps_between_processes_adds_nothing_to_the_time_that_the_machine_counts():
    bench = Bench(3000, seen=NOW)
    bench.run_once()
    left = []
    for n in range(24):
        bench.go_on(timedelta(minutes=30))
        bench.clock = NOW.replace(year=2026 if n % 4 > 1 else 2037)
        left.append(bench.run_once())
    assert sum(left) == 300


def test_on_a_machine_that_is_started_for_each_process_a_clock_adds_a_quarter_of_a_day_at_most():
    bench = Bench(3000, seen=NOW - 180 * DAY, clock=NOW)
    bench.run_once()
    left = []
    for n in range(12):
        bench.go_on(DAY, boot=f"start {n}")
        left.append(bench.run_once())
    assert left == [300, 0, 0, 0, 270, 0, 0, 0, 243, 0, 0, 0]


def test_the_hours_of_a_machine_that_is_started_often_add_up():
    bench = Bench(3000, seen=NOW - 180 * DAY, clock=NOW)
    bench.run_once()
    left = []
    for n in range(49):
        bench.go_on(timedelta(hours=1), boot=f"start {n}")
        left.append(bench.run_once())
    assert [n for n, one in enumerate(left) if one] == [0, 24, 48]


def test_what_is_full_is_not_remembered_again_and_what_is_used_is_once_an_hour():
    bench = Bench(50, seen=NOW)
    for _ in range(30):
        bench.go_on(timedelta(minutes=30))
        assert bench.retention.let_go() == Left()
    assert bench.store.allowance() is None
    bench.go_on(90 * DAY)
    assert bench.left(1) == 50
    bench.store.commit(Change(entries=tuple(entry_of(f"{n:05}", first_seen=bench.clock) for n in range(2000))))
    remembered = []
    for _ in range(8):
        bench.go_on(timedelta(minutes=15))
        bench.left(1)
        remembered.append(bench.store.allowance().passed)
    hour = timedelta(hours=1)
    assert remembered == [timedelta()] * 3 + [hour] * 4 + [2 * hour]


readings = st.builds(Reading, clock=moments, boot=st.sampled_from(["", "one", "two"]), uptime=spans)


@given(readings, readings)
def test_time_that_surely_passed_is_what_one_start_of_the_machine_counts_or_little(last, now):
    passed = elapsed(last, now)
    assert passed >= timedelta()
    if last.boot == now.boot != "":
        assert passed == max(timedelta(), now.uptime - last.uptime)
    else:
        assert passed <= min(AWAY, max(timedelta(), now.clock - last.clock))


@given(st.integers(0, 200_000), spans, readings, readings)
def test_an_allowance_lasts_for_a_day(entries, passed, last, now):
    current = Allowance(left=7, passed=passed, read=last)
    full = Allowance(left=max(LEAST, entries // SHARE), read=now)
    together = passed + elapsed(last, now)
    expected = Allowance(left=7, passed=together, read=now) if together < DAY else full
    assert allowed(current, now, entries=entries) == expected
    assert allowed(None, now, entries=entries) == full


def test_what_has_surely_come_goes_on_with_the_machine_and_not_with_a_clock_that_is_set():
    bench = Bench(1, seen=NOW)
    bench.clock = NOW.replace(year=2037)
    assert bench.retention.come() == NOW + SLACK
    bench.uptime += DAY
    assert bench.retention.come() == NOW + DAY + SLACK
