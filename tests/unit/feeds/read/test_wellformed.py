"""Well-formed documents are read in a shorter way, to exactly what feedparser makes of them."""

from __future__ import annotations

import io
from copy import deepcopy

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.read import parse
from feeds.read.wellformed import Parameters, is_plain
from tests.budget import examples

RSS = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:own="https://own.example/ns">'
    "<channel><title>Harbour Post</title><link>http:////harbour.example/</link><language>en</language>"
    "<lastBuildDate>Sun, 01 Mar 2026 11:00:00 GMT</lastBuildDate>"
    "<image><url>https://harbour.example/a.png</url><title>Logo</title><link>https://harbour.example</link></image>"
    "<textInput><title>Search</title><name>q</name></textInput>{}</channel></rss>"
)
ITEMS = {
    "a plain one": "<title>Locks</title><link>https://a.example/1</link><description>Open &amp;amp; wide</description>",
    "a guid": '<guid isPermaLink="false">17</guid><title>Locks</title>',
    "a permalink": "<guid>https://a.example/1</guid><title>Locks</title>",
    "dates": "<pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate><dc:date>2026-03-01</dc:date><updated>now</updated>",
    "content": "<description>Short</description><content:encoded><![CDATA[<p>Long</p>]]></content:encoded>",
    "content first": "<content:encoded>&lt;p&gt;Long&lt;/p&gt;</content:encoded><description>Short</description>",
    "mark-up inside": "<description>One <b>bold</b> word<br/></description><title>A <i>slip</i></title>",
    "media": '<media:group><media:content url="https://a.example/1.jpg" medium="image"/></media:group>',
    "enclosures": '<enclosure url="https://a.example/1.mp3" type="AUDIO/mpeg" length="7"/>',
    "authors": "<author>a@b.example (Olena Sea)</author><dc:creator>Olena Sea</dc:creator>",
    "categories": '<category>World</category><category domain="d">Sea</category><category>World</category>',
    "foreign elements": "<own:thing>1</own:thing><own:other at='2'>3</own:other><unknown>4</unknown><method/>",
    "a source": '<source url="https://b.example/feed">B</source><title>Locks</title>',
    "a base": '<link xml:base="https://c.example/x/">1</link><description xml:lang="uk">Текст</description>',
    "latin text twice encoded": "<title>DÃ©jÃ  vu</title><description>smart \x92quotes\x93</description>",
    "svg": '<description><svg xmlns="http://www.w3.org/2000/svg"><title>t</title></svg></description>',
    "a userland namespace": '<x:title xmlns:x="http://backend.userland.com/rss2">Locks</x:title>',
    "a link that is repaired": "<link>https://a.example/?a=1&amp;amp;b=2</link><comments>http:///x</comments>",
}
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"{}><title type="html">Tides &amp;lt;b&amp;gt;</title>'
    '<link href="https://tides.example/"/><id>t</id><entry><id>1</id><title>Locks</title><link href="/1"/>'
    "<published>2026-03-01T10:00:00Z</published><updated>2026-03-01T10:00:00Z</updated>"
    '<author><name>Olena Sea</name><email>o@t.example</email></author><category term="sea" label="Sea"/>'
    '<summary>Short</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"> <p>A &lt; b</p>'
    ' </div></content></entry><entry><content type="application/octet-stream">QUJD</content></entry></feed>'
)
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    '<channel rdf:about="x"><title>Old</title></channel><item rdf:about="https://a.example/1"><title>A</title></item>'
    "</rdf:RDF>"
)
DOCUMENTS = {
    **{name: RSS.format(f"<item>{item}</item><item><title>Next</title></item>") for name, item in ITEMS.items()},
    "Atom": ATOM.format(""),
    "Atom with a base": ATOM.format(' xml:base="https://tides.example/feeds/"'),
    "RSS 1.0": RDF,
    "an instruction in front": '<?xml-stylesheet href="a.xsl"?>' + RDF,
}


def with_feedparser(document: str) -> object:
    found = feedparser.parse(
        io.BytesIO(document.encode()),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    return without_times({name: found[name] for name in ("feed", "entries", "version")})


def without_times(value: object) -> object:
    """Dates as times are left out: nobody asks for them."""
    if isinstance(value, dict):
        return {key: without_times(one) for key, one in value.items() if not key.endswith("_parsed")}
    return [without_times(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_well_formed_document_is_what_feedparser_makes_of_it(document):
    read = parse._well_formed(document)
    assert read is not None
    assert without_times(read) == with_feedparser(document)


@given(items=st.lists(st.lists(st.sampled_from(sorted(ITEMS)), max_size=5), max_size=3))
@examples(100)
def test_any_mixture_of_elements_is_what_feedparser_makes_of_it(items):
    document = RSS.format("".join(f"<item>{''.join(ITEMS[name] for name in names)}</item>" for names in items))
    read = parse._well_formed(document)
    assert read is not None
    assert without_times(read) == with_feedparser(document)


@pytest.mark.parametrize(
    "document",
    [
        "",
        "no mark-up",
        RSS.format("<item><title>a & b</title></item>"),
        RSS.format("<item>&nbsp;</item>"),
        RSS.format("<item></channel>"),
        '<rss xmlns:a="one two"><a:b/></rss>',
        "\ufeff" + RDF,
        "<!DOCTYPE rdf>" + RDF,
        '<!entity a "b">' + RDF,
    ],
)
def test_what_is_not_well_formed_or_needs_preparation_is_left_to_feedparser(document):
    assert parse._well_formed(document) is None


def test_a_declaration_that_is_quoted_behind_the_first_element_is_none():
    assert is_plain("<rss><![CDATA[<!DOCTYPE html>]]></rss>")


def test_parameters_are_copied_and_not_shared():
    first = Parameters(type="text/html")
    second = deepcopy(first)
    second["value"] = "x"
    assert (first, second) == ({"type": "text/html"}, {"type": "text/html", "value": "x"})
