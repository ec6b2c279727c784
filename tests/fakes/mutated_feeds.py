"""Feeds that something happened to on the way, drawn by hypothesis."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

SAMPLES = tuple(path.read_bytes() for path in sorted((Path(__file__).parents[1] / "data" / "feeds").glob("*.xml")))

# Pieces that have broken one reader or another.
SHARDS = st.sampled_from(
    [
        *(
            b"<item>",
            b"</item>",
            b"<entry>",
            b"</channel>",
            b"</rss>",
            b"<![CDATA[",
            b"]]>",
            b"<!--",
            b"-->",
            b"<!DOCTYPE",
        ),
        *(
            b"&#xD800;",
            b"&#0;",
            b"&#x110000;",
            b"&nope;",
            b"&",
            b"<",
            b">",
            b"\x00",
            b"\xff",
            b"\xed\xa0\x80",
            b"'",
            b'"',
        ),
        *(
            b' xml:base="http://["',
            b' href="//"',
            b' url="x"',
            b' type="base64"',
            b" mode='base64'",
            b' rel="enclosure"',
        ),
        *(
            b"<width>x</width>",
            b"<links a='b'/>",
            b"<authors c='d'/>",
            b"<tags/>",
            b"<content src='x'/>",
            b"<source url=''>",
        ),
        *(
            b"<title_detail x='y'/>",
            b"<image><url>",
            b"<media:credit>",
            b"<svg>",
            b"<div>",
            b"<language>\xc3\xa9",
            b"<ttl/>",
        ),
    ]
)
MUTATIONS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.one_of(SHARDS, st.binary(max_size=6))), min_size=1, max_size=6
)


def mutated(body: bytes, mutations: list[tuple[float, int, bytes]]) -> bytes:
    for place, removed, inserted in mutations:
        at = int(place * len(body))
        body = body[:at] + inserted + body[at + removed :]
    return body
