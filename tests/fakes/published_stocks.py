"""All that may be on a shelf, drawn: few paths and documents, so that what comes after is much like what was before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from aggregator.publishing.shelf import Private, Stock
from feeds.render import ATOM, document
from tests.fakes.topic_feeds import NOON

HOUR = timedelta(hours=1)
PATHS = st.sampled_from(["/", "/feeds/a.atom", "/feeds/b.rss", "/topics/річка", "/404.html"])
WHOLE = [document(b"<feed>%d</feed>" % n, ATOM, NOON + n * HOUR) for n in range(4)]
MADE = st.sampled_from([*WHOLE, replace(WHOLE[0], body=b""), replace(WHOLE[1], body=b"", fresh_for=HOUR)])
COMING = st.frozensets(st.sampled_from(["/feeds/a/archive/1.atom", "/feeds/a/archive/2-cafe.rss"]))
DOCUMENTS = st.dictionaries(PATHS, MADE)
MOVED = st.dictionaries(st.sampled_from(["old", "older"]), st.sampled_from(["a", "b"]))
STOCKS = st.builds(
    Stock,
    documents=DOCUMENTS,
    private=st.lists(
        st.builds(Private, token=st.sampled_from(["k1", "k2"]), documents=DOCUMENTS, moved=MOVED, coming=COMING),
        max_size=3,
    ).map(tuple),
    moved=MOVED,
    gone=st.frozensets(st.sampled_from(["x", "y"])),
    coming=COMING,
)
