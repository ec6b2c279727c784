"""All who work on a database go by its clock, whatever their machines' clocks say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.cluster.shared_clock import NEAR, SLOW, SharedClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Machine:
    """Whose clock is an hour fast, beside a database."""

    def __init__(self) -> None:
        self.up = timedelta(days=3)
        self.database = NOON
        self.way = timedelta()
        """How long the database's answer takes, there and back."""
        self.clock = SharedClock(clock=lambda: self.database + timedelta(hours=1), uptime=lambda: self.up)

    def goes_on(self, span: timedelta) -> None:
        self.up += span
        self.database += span

    def look(self) -> datetime:
        self.goes_on(self.way / 2)
        shown = self.database
        self.goes_on(self.way / 2)
        return shown


def test_it_is_the_machines_until_somebody_has_looked():
    assert Machine().clock() == NOON + timedelta(hours=1)


def test_it_is_the_databases_from_then_on_and_goes_on_between_looks():
    machine = Machine()
    machine.way = 2 * SECOND
    machine.clock.set(machine.look)
    assert machine.clock() == machine.database
    machine.goes_on(timedelta(hours=2))
    assert machine.clock() == machine.database == NOON + timedelta(hours=2) + 2 * SECOND


def test_a_look_that_is_near_changes_nothing_so_that_time_never_goes_back_a_little():
    machine = Machine()
    machine.clock.set(machine.look)
    machine.database -= NEAR
    machine.clock.set(machine.look)
    assert machine.clock() == machine.database + NEAR


def test_a_database_whose_clock_was_set_is_followed():
    machine = Machine()
    machine.clock.set(machine.look)
    machine.database -= timedelta(minutes=5)
    machine.clock.set(machine.look)
    assert machine.clock() == machine.database


def test_a_look_that_took_very_long_says_nothing():
    machine = Machine()
    machine.clock.set(machine.look)
    machine.way = SLOW + SECOND
    machine.database -= timedelta(minutes=5)
    machine.clock.set(machine.look)
    assert machine.clock() == machine.database + timedelta(minutes=5)
