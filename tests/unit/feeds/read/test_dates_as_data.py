"""What publishers write for a date, and the moment it names: tests/data/dates."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.read.dates import read_date

LINES = (Path(__file__).parents[3] / "data" / "dates" / "written.txt").read_text("utf-8").splitlines()
CASES = [tuple(part.strip() for part in line.split("|")) for line in LINES if line and not line.startswith("#")]
NOW = datetime(2023, 6, 9, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("written", "moment", "zone"), CASES)
def test_a_date_is_read_to_the_minute_or_not_at_all(written: str, moment: str, zone: str):
    read = read_date(written, timezone="Europe/Kyiv", now=NOW)

    told = (f"{read.moment:%Y-%m-%d %H:%M}", "assumed" if read.zone_assumed else "given") if read else ("-", "")
    assert told == (moment, zone)


def test_there_are_enough_of_them():
    assert len(CASES) >= 120
    assert len({written for written, _, _ in CASES}) == len(CASES)
