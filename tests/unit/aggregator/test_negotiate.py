"""Which format a request without suffix gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.serving.negotiate import preferred

OFFERS = ("application/rss+xml", "application/atom+xml", "application/feed+json", "text/html")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/rss+xml"),
        ("*/*", "application/rss+xml"),
        ("application/*", "application/rss+xml"),
        ("application/atom+xml", "application/atom+xml"),
        ("APPLICATION/ATOM+XML ; Q=0.5", "application/atom+xml"),
        ("application/rss+xml;q=0.4, application/atom+xml;q=0.6", "application/atom+xml"),
        ("application/rss+xml;q=0, */*;q=0.1", "application/atom+xml"),
        ("application/feed+json, */*;q=0.5", "application/feed+json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("text/*;q=0.9, application/*;q=0.2", "text/html"),
        ("image/png", "application/rss+xml"),
        ("application/atom+xml;q=x, text/html;q=7", "application/rss+xml"),
    ],
)
def test_the_type_that_the_request_ranks_highest_is_chosen(accept, chosen):
    assert preferred(accept, OFFERS) == chosen


@given(st.text() | st.text("aplictonmex*/;,q=.01 +"))
def test_any_header_gets_one_of_the_offers(accept):
    assert preferred(accept, OFFERS) in OFFERS
