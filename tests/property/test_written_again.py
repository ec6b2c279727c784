"""Documents say the same, byte for byte, whatever was written before them and whether that is remembered or not."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Enclosure, PublishedEntry, TopicFeed
from feeds.render import ATOM, JSON, RSS, Flawed, atom, json_feed, prepare, rss, written
from feeds.render.squeezed import Known, squeeze
from tests.fakes.topic_feeds import DZVIN, NOON, STEP, a_feed, an_entry, published

FORMS = ((atom, ATOM), (partial(rss, ttl_minutes=15), RSS), (json_feed, JSON))

words = st.sampled_from(
    ["Plain", "<entry>", "  <item>", ']\n}, {"items": [', "</feed>", "\n</channel>", "Ж & ш", "long " * 900, "\x01", ""]
)
contents = st.lists(words, max_size=3).map(lambda parts: "".join(f"<p>{part}</p>\n  " for part in parts))
entries: st.SearchStrategy[PublishedEntry] = st.builds(
    lambda number, title, content, also, pictures: published(
        an_entry(number, title=title, content=content, enclosures=tuple(pictures)), also=also
    ),
    number=st.integers(1, 8),
    title=words,
    content=contents,
    also=st.sampled_from([(), (DZVIN,), (DZVIN, STEP)]),
    pictures=st.lists(st.just(Enclosure(url="https://river.example/a.png", media_type="image/png")), max_size=1),
)
feeds: st.SearchStrategy[TopicFeed] = st.builds(
    lambda held, minute, title, home: a_feed(
        *held, updated=NOON + timedelta(minutes=minute), title=title, home=f"https://feeds.example/{home}"
    ),
    held=st.lists(entries, max_size=8),
    minute=st.integers(0, 3),
    title=st.sampled_from(["River treaty", "River  treaty", "River & border"]),
    home=st.sampled_from(["topics/river", "topics/river", "elsewhere"]),
)


@st.composite
def successions(draw: st.DrawFn) -> list[TopicFeed]:
    """Feeds as they follow each other: mostly the same entries, some gone, moved, edited or come."""
    feed = draw(feeds)
    found = [feed]
    for _ in range(draw(st.integers(1, 4))):
        held = [entry for entry in feed.entries if draw(st.integers(0, 4))]
        for new in draw(st.lists(entries, max_size=2)):
            held.insert(draw(st.integers(0, len(held))), new)
        shell = draw(feeds)
        feed = replace(shell if draw(st.booleans()) else feed, updated=shell.updated, entries=tuple(held))
        found.append(feed)
    return found


@given(successions())
def test_a_document_does_not_tell_what_was_written_before_it(succession):
    before, prepared = {}, None
    for feed in succession:
        prepared = prepare(feed, before=prepared)
        assert prepared == prepare(feed)
        for write, media_type in FORMS:
            made = written(prepared, write, media_type, before=before.get(media_type))
            assert made == written(prepare(feed), write, media_type)
            assert not isinstance(made, Flawed)
            assert made.document.body == write(prepared)
            assert gzip.decompress(made.document.gzip) == made.document.body
            before[media_type] = made


pieces = st.lists(
    st.binary(min_size=1, max_size=40).map(lambda b: b * 90) | st.binary(min_size=1, max_size=9), min_size=1
)


@given(pieces, st.data())
def test_squeezed_pieces_are_one_stream_that_is_the_same_with_and_without_help(old, data):
    picked = data.draw(st.lists(st.integers(0, len(old) - 1) | st.binary(min_size=1, max_size=9), min_size=1))
    new = [old[one] if isinstance(one, int) else one for one in picked]
    known = Known(body=b"".join(old), squeezed=squeeze(b"".join(old), starts(old)))
    origins = [one if isinstance(one, int) else None for one in picked]
    body = b"".join(new)
    made = squeeze(body, starts(new), known=known, origins=origins)
    assert made == squeeze(body, starts(new))
    assert gzip.decompress(made.gzip) == body
    alone = zlib.decompressobj(wbits=31)  # as strict readers do: one member, nothing behind it
    assert alone.decompress(made.gzip) == body
    assert (alone.eof, alone.unused_data) == (True, b"")


def starts(cut: list[bytes]) -> list[int]:
    return [0, *accumulate(map(len, cut[:-1]))]
