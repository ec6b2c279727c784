from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feeds.read.dates import DateRead, read_date

NOW = datetime(2023, 6, 9, 12, 0, tzinfo=UTC)
# Ten past one in the morning of 8 June 2023 in Kyiv.
THEN = datetime(2023, 6, 7, 22, 10, tzinfo=UTC)


def read(text: str, timezone: str = "Europe/Kyiv") -> DateRead | None:
    return read_date(text, timezone=timezone, now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "Thu, 08 Jun 2023 01:10:00 +0300",
        "Thu, 8 Jun 2023 01:10 +03:00",
        "Thursday, 08 June 2023 01:10:00 GMT+3",
        "Wed, 07 Jun 2023 22:10:00 GMT",
        "Wed, 07 Jun 2023 22:10:00 -0000",
        "Wed, 07 Jun 23 22:10:00 UT",
        "Thu, 08 Jun 2023 01:10:00 EEST",
        "Thu, 08 Jun 2023 00:10:00 EET",
        "Thu, 08 Jun 2023 01:10:00 MSK",
        "Thu, 08 Jun 2023 01:10:00 +0300 (EEST)",
        "Wed, 07 Jun 2023 18:10:00 ET",
        "Wed, 07 Jun 2023 18:10:00 EDT",
        "Thu Jun 08 01:10:00 EEST 2023",
        "2023-06-08T01:10:00+03:00",
        "2023-06-07T22:10:00Z",
        "2023-06-07T22:10:00.123456789Z",
        "2023-06-08 01:10 EEST",
        "20230607T221000Z",
        "2023-W23-4T01:10:00+03:00",
        "2023W233T221000Z",
        "2023-158T22:10:00Z",
        "1686175800",
        "1686175800000",
        "8 июня 2023 г., 01:10 МСК",
        "Чт, 08 черв 2023 01:10:00 +0300",
        "jeu., 08 juin 2023 00:10:00 +0200",
    ],
)
def test_a_date_that_names_its_zone_is_read_whatever_its_form(text: str):
    assert read(text, timezone="Asia/Tokyo") == DateRead(moment=THEN, zone_assumed=False)


@pytest.mark.parametrize(
    "text",
    [
        "Thursday, 8 June 2023, 01:10",
        "Четвер, 8 червня 2023, 01:10",
        "8 июня 2023 г. в 01:10",
        "01:10, 8 червня 2023",
        "8 czerwca 2023 01:10",
        "8. Juni 2023, 01:10 Uhr",
        "2023. június 8. 01:10",
        "2023年6月8日 01:10",
        "June 8, 2023 1:10 am",
        "06/08/2023 1:10 AM",
        "08.06.2023 01:10",
        "2023-06-08 01:10:00",
        "2023-W23-4 01:10",
        "2023-159T01:10",
        "Thu, 08 Jun 2023 01:10:00 QQQ",
    ],
)
def test_a_date_without_a_zone_is_read_in_the_zone_of_its_source(text: str):
    assert read(text) == DateRead(moment=THEN, zone_assumed=True)


def test_the_zone_of_a_source_knows_its_seasons():
    assert read("8 February 2023 01:10") == DateRead(moment=datetime(2023, 2, 7, 23, 10, tzinfo=UTC), zone_assumed=True)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023-06-08", datetime(2023, 6, 8, tzinfo=UTC)),
        ("8 Jun 2023", datetime(2023, 6, 8, tzinfo=UTC)),
        ("Thu, 08 Jun 2023 23:59:60", datetime(2023, 6, 8, 23, 59, 59, tzinfo=UTC)),
        ("June 8, 2023 1:10 pm", datetime(2023, 6, 8, 13, 10, tzinfo=UTC)),
    ],
)
def test_what_a_date_leaves_out_is_its_beginning(text: str, moment: datetime):
    assert read(text, timezone="UTC") == DateRead(moment=moment, zone_assumed=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "now",
        "yesterday",
        "2 hours ago",
        "01:10",
        "8 June",
        "Thursday",
        "Thu, 31 Jun 2023 01:10:00 +0300",
        "Thu, 08 Jun 2023 25:10:00 +0300",
        "2023-13-01",
        "2023-00-08",
        "2023-06-00",
        "2023-06",
        "2023",
        "2023-W23",
        "2023-W23-8",
        "2023-W54-1",
        "2023-w00-1 01:10",
        "2023-000",
        "2022-366",
        "2023159",
        "06/2023",
        "8.6.",
        "2023Q2",
        "2023-Q2",
        "June 2023",
        "0000-00-00 00:00:00",
        "word 2023 word",
        "x" * 10_000,
    ],
)
def test_what_names_no_day_is_no_date(text: str):
    assert read(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 01 Jan 0001 00:00:00 +1400",
        "0001-01-01T00:00:00Z",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Sun, 31 Dec 1989 23:59:59 GMT",
        "Fri, 31 Dec 9999 23:59:59 -1400",
        "9999-12-31T23:59:59-14:00",
        "Sat, 10 Jun 2023 12:00:01 GMT",
    ],
)
def test_an_absurd_date_is_no_date(text: str):
    assert read(text) is None


def test_a_day_ahead_is_within_the_error_of_clocks():
    assert read("Sat, 10 Jun 2023 12:00:00 GMT") == DateRead(moment=NOW + timedelta(days=1), zone_assumed=False)


def test_one_date_does_not_decide_how_the_next_one_is_read():
    first = read("03.04.2023 01:10")
    read("04/03/2023 1:10 PM")
    read("3 березня 2023 01:10")
    assert read("03.04.2023 01:10") == first
