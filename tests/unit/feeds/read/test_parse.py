from __future__ import annotations

import pytest

from feeds.errors import ParseError
from feeds.model import Enclosure, FailureKind, ParsedEntry, ParsedFeed, Skipped
from feeds.read.parse import parse

URL = "https://news.example/rss"


def parsed(body: str, content_type: str = "") -> ParsedFeed:
    return parse(body.encode(), url=URL, content_type=content_type)


def rss(*items: str) -> str:
    return f'<rss version="2.0"><channel><title>Sea</title>{"".join(items)}</channel></rss>'


def test_a_feed_is_handed_over_as_its_publisher_wrote_it():
    feed = parsed(
        '<rss version="2.0"><channel><title>Sea &amp;amp; air</title><link>/home</link><language>EN</language>'
        "<item><guid>7</guid><title>&lt;b&gt;Storm&lt;/b&gt;</title><link>one?a=1&amp;b=2</link>"
        "<pubDate>Thursday, 8 June 2023, 01:10</pubDate><description>&lt;p onclick='x'&gt;Wind&lt;/p&gt;</description>"
        "<author>crew@news.example (Olena)</author><category>sea</category>"
        '<enclosure url="1.mp3" type="audio/mpeg" length="007"/></item></channel></rss>'
    )

    assert feed == ParsedFeed(
        format="rss20",
        title="Sea &amp; air",
        home="/home",
        language="EN",
        entries=(
            ParsedEntry(
                guid="7",
                url="one?a=1&b=2",
                title="<b>Storm</b>",
                summary="<p onclick='x'>Wind</p>",
                authors=("Olena",),
                categories=("sea",),
                enclosures=(Enclosure(url="1.mp3", media_type="audio/mpeg", length=7),),
                published="Thursday, 8 June 2023, 01:10",
            ),
        ),
    )


def test_a_last_edit_is_no_publication_and_the_reverse():
    (entry,) = parsed(rss("<item><title>x</title><pubDate>a</pubDate></item>")).entries
    assert (entry.published, entry.updated) == ("a", "")
    (entry,) = parsed('<feed xmlns="http://www.w3.org/2005/Atom"><entry><updated>b</updated></entry></feed>').entries
    assert (entry.published, entry.updated) == ("", "b")


def test_a_picture_given_as_content_is_no_text():
    atom = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="image/png">aWI=</content></entry></feed>'
    assert parsed(atom).entries == (ParsedEntry(),)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("<author>crew@news.online (Olena Sea)</author>", ("Olena Sea",)),
        ("<author>Olena Sea &lt;crew@news.online&gt;</author>", ("Olena Sea",)),
        ("<author>Olena Sea (crew@news.online)</author>", ("Olena Sea",)),
        ("<author>crew@news.online</author>", ("crew@news.online",)),
        ("<author>Olena Sea</author>", ("Olena Sea",)),
        ("<dc:creator>Olena</dc:creator><dc:creator>Petro</dc:creator>", ("Olena", "Petro")),
        ("<author/>", ()),
    ],
)
def test_people_are_named_without_their_addresses(written: str, names: tuple[str, ...]):
    feed = f'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item>{written}</item></channel></rss>'
    assert parsed(feed).entries[0].authors == names


def test_an_articles_own_address_beats_that_of_a_counting_proxy():
    feed = parsed(
        '<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><item>'
        "<link>https://proxy.example/1</link><feedburner:origLink>https://news.example/1</feedburner:origLink>"
        "</item></channel></rss>"
    )
    assert feed.entries[0].url == "https://news.example/1"


@pytest.mark.parametrize(
    "unknown",
    [
        "<links a='b'/>",
        "<authors a='b'/>",
        "<tags a='b'/>",
        "<title_detail a='b'/>",
        "<summary_detail a='b'/>",
        "<content_ a='b'/>",
        "<id a='b'/>",
        "<guidislink a='b'/>",
        "<width>wide</width>",
    ],
)
def test_elements_that_feedparser_mistakes_for_its_own_cost_no_other_entry(unknown: str):
    titles = [
        entry.title for entry in parsed(rss(f"<item>{unknown}</item>", "<item><title>kept</title></item>")).entries
    ]
    assert "kept" in titles


def test_an_entry_that_breaks_the_parser_is_skipped_at_its_place():
    # The opening of a picture inside an entry makes feedparser look for what no one wrote.
    breaking = "<item><title>b</title><image><width/></image><tags/><textinput><name/></textinput></item>"
    feed = parsed(rss("<item><title>a</title></item>", breaking, "<item><title>c</title></item>"))

    kept = [entry.title for entry in feed.entries]
    assert (kept[0], kept[-1]) == ("a", "c")
    assert len(feed.entries) + len(feed.skipped) == 3


def test_entries_beyond_the_limits_are_skipped_before_they_are_parsed():
    feed = parsed(rss(f"<item><title>{'x' * 300_000}</title></item>", "<item><title>y</title></item>"))

    assert [entry.title for entry in feed.entries] == ["y"]
    assert feed.skipped == (
        Skipped(position=0, reason="the entry has 300,028 characters of mark-up, more than the 262,144 that are read"),
    )


def test_a_path_opens_no_file(tmp_path):
    file = tmp_path / "feed.xml"
    file.write_text(rss("<item><title>secret</title></item>"))

    with pytest.raises(ParseError) as caught:
        parsed(str(file))
    assert caught.value.kind is FailureKind.NOT_A_FEED


def test_a_web_page_offers_its_feeds():
    with pytest.raises(
        ParseError, match=r"got a web page instead of a feed; it offers https://news\.example/f"
    ) as caught:
        parsed('<html><link rel="alternate" type="application/atom+xml" href="/f"></html>', "text/html")
    assert (caught.value.kind, caught.value.feeds_found) == (FailureKind.NOT_A_FEED, ("https://news.example/f",))


def test_a_feed_with_the_document_type_of_a_page_is_a_feed():
    assert parsed("<!DOCTYPE html>" + rss("<item><title>x</title></item>")).entries[0].title == "x"


MEDIA = '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><item>{}</item></channel></rss>'


@pytest.mark.parametrize(
    ("written", "image", "enclosures"),
    [
        ('<media:thumbnail url="a.jpg"/>', "a.jpg", ()),
        ('<media:thumbnail url="s.jpg" width="70"/><media:thumbnail url="l.jpg" width="640"/>', "l.jpg", ()),
        ('<media:thumbnail url="s.jpg" width="900"/><media:content url="l.jpg" medium="image"/>', "l.jpg", ()),
        ('<media:group><media:content url="l.png" width="9"/><media:content url="s.png"/></media:group>', "l.png", ()),
        ('<media:content url="l" type="image/webp"><media:thumbnail url="s.jpg"/></media:content>', "l", ()),
        (
            '<media:content url="1.mp4" type="video/mp4" fileSize="7"/><media:thumbnail url="s.jpg"/>',
            "s.jpg",
            (Enclosure(url="1.mp4", media_type="video/mp4", length=7),),
        ),
        (
            '<enclosure url="1.jpg" type="image/jpeg" length="-1"/>',
            "",
            (Enclosure(url="1.jpg", media_type="image/jpeg"),),
        ),
        ('<media:content url="page" medium="document"/>', "", (Enclosure(url="page"),)),
        ('<media:content url="who-knows"/><media:thumbnail/>', "", ()),
    ],
)
def test_the_widest_picture_stands_for_an_entry_and_other_media_go_with_it(
    written: str, image: str, enclosures: tuple[Enclosure, ...]
):
    (entry,) = parsed(MEDIA.format(written)).entries
    assert (entry.image, entry.enclosures) == (image, enclosures)
