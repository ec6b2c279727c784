"""What a table says of a pass."""

import pytest

from aggregator.cli.outcomes import worded
from aggregator.observing.events import Ingested
from feeds.model import Failed, FailureKind, Fetched, Skipped, Unchanged

FETCHED = Fetched(url="https://tides.example/", body=b"")
TORN = Skipped(position=3, reason="cut off")


@pytest.mark.parametrize(
    ("ingested", "words"),
    [
        (Ingested(source="tides", outcome=FETCHED, new=2, revised=1, skipped=(TORN,)), "2 new, 1 revised, 1 skipped"),
        (Ingested(source="tides", outcome=FETCHED, same=9), "nothing new"),
        (Ingested(source="tides", outcome=Unchanged()), "unchanged"),
        (Ingested(source="tides", outcome=Failed(kind=FailureKind.HTTP, reason="no (500)")), "failed: no (500)"),
        (Ingested(source="tides", outcome=Failed(kind=FailureKind.HELD, reason="not asked")), "not asked"),
    ],
)
def test_a_pass_is_told_in_few_words(ingested, words):
    assert worded(ingested) == words
