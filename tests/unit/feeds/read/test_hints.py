"""What a document says about when to come back."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Hint
from feeds.read.hints import LONGEST, hint_in

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("", Hint()),
        ("<ttl>60</ttl>", Hint(every=HOUR)),
        ("<ttl> 15\n</ttl>", Hint(every=HOUR / 4)),
        ("<ttl/><ttl></ttl>", Hint()),
        ("<ttl>0</ttl>", Hint()),
        ("<ttl>-5</ttl>", Hint()),
        ("<ttl>often</ttl>", Hint()),
        ("<ttl>٦٠</ttl>", Hint()),
        ("<ttl>999999</ttl>", Hint(every=LONGEST)),
        ("<ttl>99999999999</ttl>", Hint()),
        ("<!-- <ttl>60</ttl> -->", Hint()),
        ("<ttl>60", Hint()),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>", Hint(every=HOUR)),
        ("<sy:updatePeriod>\n\tdaily\t</sy:updatePeriod>", Hint(every=24 * HOUR)),
        (
            "<syn:updatePeriod>Daily</syn:updatePeriod><syn:updateFrequency>4</syn:updateFrequency>",
            Hint(every=6 * HOUR),
        ),
        ("<updatePeriod>weekly</updatePeriod>", Hint(every=7 * 24 * HOUR)),
        ("<sy:updatePeriod>now and then</sy:updatePeriod>", Hint()),
        ("<sy:updateFrequency>4</sy:updateFrequency>", Hint()),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", Hint(every=HOUR)),
        ("<ttl>60</ttl><sy:updatePeriod>daily</sy:updatePeriod>", Hint(every=24 * HOUR)),
        (
            "<skipHours><hour>23</hour><hour>0</hour>\n<hour>1</hour><hour>1</hour></skipHours>",
            Hint(skip_hours=(0, 1, 23)),
        ),
        ("<skipHours><hour>24</hour><hour>25</hour><hour>x</hour></skipHours><hour>5</hour>", Hint(skip_hours=(0,))),
        ("<skipDays><day>Sunday</day><day>saturday</day><day>Yesterday</day></skipDays>", Hint(skip_days=(5, 6))),
    ],
)
def test_hints_are_read_and_what_makes_no_sense_is_none(said, hint):
    assert hint_in(f"<rss><channel><title>T</title>{said}", "</channel></rss>") == hint
    assert hint_in("<rss><channel><title>T</title>", f"{said}</channel></rss>") == hint


@given(st.text(alphabet="<>/!-:ty upmesdaorkH0129\n", max_size=200))
def test_no_text_is_too_strange(text):
    hint = hint_in(f"<ttl>{text}", f"<skipHours><hour>{text}</hour></skipHours>{text}")
    assert hint.every is None or timedelta() < hint.every <= LONGEST
    assert set(hint.skip_hours) <= set(range(24))


def test_elements_that_are_opened_and_never_closed_cost_nothing():
    for name in ("ttl", "skipHours", "sy:updatePeriod", "hour"):
        assert hint_in(f"<{name}>" * 100_000, f"<{name} " * 100_000 + "</skipHours>") == Hint()
