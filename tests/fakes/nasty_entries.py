"""Entries that trip renderers up: any Unicode, any mark-up, any address that reading may let through, and worse."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from feeds.model import Credit, CreditRole, Enclosure, Origin, Span
from tests.fakes.topic_feeds import NOON, RIVER, a_feed, an_entry, published

texts = st.text(st.characters(codec=None), max_size=40)  # lone surrogates and controls too
tricky = st.sampled_from(
    [
        "AT&amp;T &lt;b&gt; &#60; &copy &5",
        "is <b>bold</b> & <3",
        "<script>alert(1)</script> <img src=x onerror=y>",
        "]]> <![CDATA[ -->",
        "\u202eright\u202d \u200f\u05d0\u0645 \ufeff",
        "e\u0301\u0328 \U0001f468\u200d\U0001f469\u200d\U0001f467 \ufffd \x85",
        " padded\u00a0\u2028\t\r\n",
        "Ann <ann@river.example>",
        "<?xml version='1.0'?><!DOCTYPE a SYSTEM 'b'>",
        "Ж" * 150,
    ]
)
words = texts | tricky
_pieces = [
    "<p>",
    "</p>",
    "<script>x()</script>",
    "<style>p{}</style>",
    "<svg onload=x()><a href='/x'></svg>",
    "<iframe src=//x></iframe>",
    "<form><input></form>",
    "<bdo dir=rtl>",
    "<table><tr><td>",
    "<pre>\n\n",
    "<a><a href=''>",
    "<a href='/x?a=1&b=2'>",
    "<a href='javascript:x'>",
    "<a href='https://дзвін.example/ї \"q'>",
    "<img src='a.gif' width=1 height=1>",
    "<img src=data:x>",
    "<img src='//c.example/%zz[1]' onerror=x style='x'>",
    "<li>",
    "<b><i></b></i>",
    "]]>",
    "<![CDATA[",
    "<!-- ",
    "&amp;",
    "&#x1;",
    "&#xD800;",
    "&nbsp;",
    "<a href='https://quill.example/1'>Quill</a>",
]
snippets = st.lists(st.sampled_from(_pieces) | words, max_size=8).map("".join)
_addresses = [
    "",
    "https://river.example/1",
    "http://a.example/?b&c=[d]#e f",
    "https://дзвін.example/новини?ї=1",
    "https://river.example/%zz/a\\b|c\"d'e<f>",
    "https://u:p@river.example:8443?x",
    "HTTPS://River.Example/../a/./b",
    "http://[::1]/x",
    "http://localhost/x",
    "http://a_b.example/x",
    "javascript:x",
    "https://" + "x" * 300,
]
links = st.sampled_from(_addresses) | texts
moments = st.datetimes(datetime(1990, 1, 2), datetime(2026, 3, 15)).map(lambda t: t.replace(tzinfo=UTC))  # noqa: DTZ001
credit_chains = st.lists(
    st.builds(
        Credit,
        outlet=st.sampled_from(["Reuters", "The Guardian", "Quill & Ink"]),
        role=st.sampled_from(CreditRole),
        text=st.just(""),
        span=st.just(Span(field="body", start=0, end=0)),
    ),
    max_size=2,
).map(tuple)
origins = st.builds(Origin, id=st.sampled_from(["a", "b"]), title=words, url=links, home=links, page=links)
entries = st.builds(
    an_entry,
    number=st.integers(1, 9),
    title=words,
    summary=words,
    content=snippets,
    url=links,
    image=links,
    authors=st.lists(words, max_size=3).map(tuple),
    categories=st.lists(words, max_size=3).map(tuple),
    enclosures=st.lists(
        st.builds(Enclosure, url=links, media_type=words | st.just("audio/mpeg"), length=st.integers(-1, 2**40)),
        max_size=3,
    ).map(tuple),
    language=st.sampled_from(["", "uk", "zh-Hant-TW", "no language"]) | texts,
    published=moments,
    updated=moments,
    first_seen=st.just(NOON) | moments,
    revised=moments,
    revision=st.integers(0, 2),
    credits=credit_chains,
)
feeds = st.lists(
    st.builds(published, entries, origin=st.just(RIVER) | origins, also=st.lists(origins, max_size=2).map(tuple)),
    max_size=4,
).map(lambda listed: a_feed(*listed))
