"""What all formats say of an entry, and which entries they cannot carry."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.model import Credit, CreditRole, Enclosure, Outlet, Span
from feeds.read.attribution import Registry
from feeds.render import Refused, anchor, prepare
from feeds.render.chain import Link
from tests.fakes.topic_feeds import DZVIN, NOON, STEP, a_feed, an_entry, published


def the_only(entry, **more):
    (shown,) = prepare(a_feed(published(entry, **more))).entries
    return shown


def test_the_order_of_the_feed_is_kept():
    prepared = prepare(a_feed(*(published(an_entry(n)) for n in (2, 1, 3))))
    assert [e.title for e in prepared.entries] == ["Headline 2", "Headline 1", "Headline 3"]


def test_the_content_ends_with_a_visible_linked_credit():
    shown = the_only(an_entry(url="https://river.example/1?a=1&b=2"), also=(DZVIN, STEP))
    assert shown.html == (
        "<p>Body 1.</p>\n"
        '<p>Source: <a href="https://river.example/1?a=1&amp;b=2">River Post</a>; '
        'also: <a href="https://dzvin.example/">Дзвін &amp; Ко</a>, Степной вестник</p>'
    )


def test_an_entry_without_content_shows_its_summary_as_text():
    shown = the_only(an_entry(content="", summary="1 < 2"))
    assert shown.html.startswith("<p>1 &lt; 2</p>\n<p>Source: ")


def test_an_entry_of_a_headline_alone_still_says_where_it_comes_from():
    shown = the_only(an_entry(content="", summary="", url=""), origin=STEP)
    assert (shown.html, shown.summary) == ("<p>Source: Степной вестник</p>", "Source: Степной вестник")


def test_a_missing_summary_is_cut_from_the_content_between_words():
    shown = the_only(an_entry(summary="", content=f"<p>{'word ' * 100}</p><p>end</p>"))
    assert shown.summary == ("word " * 60).rstrip() + " …"


def test_content_is_sanitised_again_on_its_way_out():
    shown = the_only(an_entry(content='<p onclick="x()">a<script>b()</script><a href="/c">c</a></p>'))
    assert shown.html.split("\n")[0] == '<p>a<a href="https://river.example/c" rel="noopener noreferrer">c</a></p>'


@pytest.mark.parametrize(
    "hidden",
    [
        '<img src="https://count.example/a.gif" width="1" height="1">',
        '<img width="0" src="https://count.example/a.gif">',
        '<img src="https://count.example/a.gif" height=" 1px " alt="a > b">',
        '<img alt="no address" src="data:image/gif;base64,R0">',
        "<svg><circle/></svg><button>go</button><iframe src='https://x.example'></iframe><style>p{}</style>",
        "\ufffd",
    ],
)
def test_nothing_that_counts_or_acts_is_in_the_content(hidden):
    shown = the_only(an_entry(content=f'<p>a{hidden}b<img src="/c.png" width="10" height="1000"></p>'))
    assert shown.html.split("\n")[0] == '<p>ab<img src="https://river.example/c.png" width="10" height="1000"></p>'


def test_the_direction_of_letters_is_not_overridden():
    assert the_only(an_entry(content='<p><bdo dir="rtl">abc</bdo></p>')).html.startswith("<p>abc</p>")


def test_the_first_link_to_an_outlet_that_the_entry_credits_is_its_origin():
    quill = Outlet(name="Quill & Ink", hosts=("quill.example",))
    named = Credit(outlet=quill.name, role=CreditRole.ORIGIN, text="Quill", span=Span(field="body", start=0, end=5))
    content = (
        '<p><a href="https://other.example/">x</a> <a href="https://www.quill.example/n?a=1&amp;b=ї">Quill</a></p>'
    )
    feed = a_feed(published(an_entry(content=content, credits=(named,))), published(an_entry(2, content=content)))
    first, second = prepare(feed, registry=Registry([quill])).entries
    assert first.via == Link(url="https://www.quill.example/n?a=1&b=%D1%97", title="Quill & Ink")
    assert first.html.endswith(
        ', first reported by <a href="https://www.quill.example/n?a=1&amp;b=%D1%97">Quill &amp; Ink</a></p>'
    )
    assert second.via is None


def test_other_outlets_and_the_reason_are_related():
    told = replace(DZVIN, page="https://dzvin.example/n/7")
    shown = the_only(an_entry(), also=(told, STEP))
    assert shown.related == (Link(url=told.page, title="Дзвін & Ко"), shown.why)
    assert shown.why == Link(
        url=f"https://feeds.example/topics/river-treaty#{anchor(shown.id)}",
        title="Why it is in “River treaty & border”",
    )


def test_addresses_are_uris_in_every_format():
    files = tuple(
        Enclosure(url=url, media_type=media_type, length=-1)
        for url, media_type in [
            ("https://ріка.example?a[]=1", "audio/mpeg"),
            ("https://[::1]/a", "audio/mpeg"),
            ("https://a.example/ї", "nonsense"),
        ]
    )
    shown = the_only(an_entry(url="https://river.example/новини/a b", enclosures=files))
    assert shown.url == "https://river.example/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8/a%20b"
    assert shown.enclosures == (
        Enclosure(url="https://xn--80atr2g.example/?a%5B%5D=1", media_type="audio/mpeg"),
        Enclosure(url="https://a.example/%D1%97", media_type="application/octet-stream"),
    )


def test_a_name_is_shown_without_its_mail_address():
    authors = ("Ann Quill <ann@river.example>", "desk@river.example (Desk)", "only@river.example", "Ann  Quill")
    assert the_only(an_entry(authors=authors)).authors == ("Ann Quill", "Desk")


def test_a_language_that_is_none_is_left_out():
    assert [the_only(an_entry(language=tag)).language for tag in ("uk", "pt-BR", "english!", "x")] == [
        "uk",
        "pt-BR",
        "",
        "",
    ]


def test_an_entry_without_authors_is_by_its_outlet():
    assert the_only(an_entry(authors=("", " "))).authors == ("River Post",)


def test_nothing_is_published_later_than_it_was_seen():
    future = NOON + timedelta(days=1)
    shown = the_only(an_entry(published=future, updated=future))
    seen = NOON - timedelta(hours=1)
    assert (shown.published, shown.updated) == (seen, seen)


def test_updated_is_the_publishers_until_we_see_a_change_and_ours_from_then_on():
    edited = NOON - timedelta(minutes=80)
    assert the_only(an_entry(updated=edited)).updated == edited
    assert the_only(an_entry(updated=edited, revision=1, revised=NOON)).updated == NOON


def test_an_edit_that_the_topic_does_not_tell_of_leaves_updated_where_it_was():
    edited = NOON - timedelta(minutes=80)
    quiet = replace(published(an_entry(updated=edited, revision=1, revised=NOON)), edited=None)
    assert prepare(a_feed(quiet)).entries[0].updated == edited


def test_a_copy_that_takes_over_moves_updated_on_and_nothing_else():
    before = replace(published(an_entry(9)), id="urn:x")
    came = an_entry(2, published=NOON - timedelta(hours=3))
    after = replace(published(came), id="urn:x", first_seen=before.entry.first_seen, switched=came.first_seen)
    (shown,) = prepare(a_feed(after)).entries
    assert (shown.published, shown.updated, shown.first_seen) == (
        before.entry.first_seen,
        came.first_seen,
        before.entry.first_seen,
    )
    edited = replace(after, edited=NOON)
    assert prepare(a_feed(edited)).entries[0].updated == NOON


def test_times_are_whole_seconds():
    shown = the_only(an_entry(first_seen=NOON.replace(microsecond=7), published=NOON.replace(microsecond=5)))
    assert (shown.published, shown.first_seen) == (NOON, NOON)


def test_the_thumbnail_is_the_first_picture():
    files = tuple(
        Enclosure(url=f"https://river.example/{n}", media_type=t)
        for n, t in enumerate(["audio/mpeg", "image/png", "image/webp"])
    )
    assert the_only(an_entry(enclosures=files)).thumbnail == "https://river.example/1"
    assert the_only(an_entry()).thumbnail == ""


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": " "}, "it has no title"),
        ({"title": "a\x00b"}, "its title holds the character U+0000, which XML cannot carry"),
        ({"summary": "a\ud800"}, "its summary holds the character U+D800, which XML cannot carry"),
        ({"authors": ("a\ufffe",)}, "its author holds the character U+FFFE, which XML cannot carry"),
        ({"categories": ("\x0b.",)}, "its category holds the character U+000B, which XML cannot carry"),
        ({"url": "javascript:alert(1)"}, "its address 'javascript:alert(1)' is not http or https"),
        ({"title": "\ufffd"}, "it has no title"),
        ({"url": "https://[::1]/"}, "its address 'https://[::1]/' is none that feeds can carry"),
        ({"enclosures": (Enclosure(url="file:///x"),)}, "its address 'file:///x' is not http or https"),
    ],
)
def test_an_entry_that_no_format_can_carry_costs_only_itself(changes, reason):
    prepared = prepare(a_feed(published(an_entry(1)), published(an_entry(2, **changes)), published(an_entry(3))))
    assert [e.title for e in prepared.entries] == ["Headline 1", "Headline 3"]
    assert prepared.refused == (Refused(entry="river:2", reason=reason),)


def test_the_same_id_is_in_a_feed_once():
    prepared = prepare(a_feed(published(an_entry(1)), published(an_entry(1, title="Again"))))
    assert [e.title for e in prepared.entries] == ["Headline 1"]
    assert prepared.refused == (Refused(entry="river:1", reason="the feed has its id already"),)
