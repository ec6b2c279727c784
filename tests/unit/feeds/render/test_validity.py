"""Our documents by the rules of the W3C Feed Validator, the RSS profile, JSON Feed 1.1 and OPML 2.0."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feeds.model import Outline
from feeds.render import ATOM, RSS, atom, json_feed, prepare, rss
from feeds.render.opml import MEDIA_TYPE, opml
from tests.fakes.topic_feeds import NOON, as_archive, the_golden_feed
from tests.validity.validating import ALL, CANNOT_OCCUR, UNAVOIDABLE, avoidable, faults, messages, ruled

GOLDEN = Path(__file__).parents[3] / "golden"
TYPES = {"atom": ATOM, "rss": RSS}
OUTLINES = opml(
    [Outline(url="https://river.example/feed?a&b", title="River & Post", home="https://river.example/", tags=("a",))],
    title="Mine",
    created=NOON,
)


def golden(suffix: str) -> bytes:
    return (GOLDEN / f"river-treaty.{suffix}").read_bytes()


ARCHIVE = prepare(as_archive(the_golden_feed()))
ARCHIVES = {"atom": atom(ARCHIVE), "rss": rss(ARCHIVE, ttl_minutes=15)}


def said(body: bytes, suffix: str, content_type: str = "") -> set[str]:
    url = f"https://feeds.example/feeds/river-treaty.{suffix}"
    found = messages(body, content_type=content_type or TYPES[suffix], url=url, now=NOON + timedelta(hours=1))
    return {name for name, _ in found}


def test_every_message_has_a_rule_or_a_reason_why_it_cannot_occur():
    assert ruled() | CANNOT_OCCUR.keys() == ALL
    assert ruled() & CANNOT_OCCUR.keys() == set()
    assert UNAVOIDABLE.keys() <= ruled()


@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_the_golden_documents_get_no_message_at_all(suffix):
    url = f"https://feeds.example/feeds/river-treaty.{suffix}"
    assert messages(golden(suffix), content_type=TYPES[suffix], url=url, now=NOON) == set()


@pytest.mark.parametrize("suffix", ["atom", "rss"])
def test_an_archive_gets_no_message_at_all(suffix):
    url = f"https://feeds.example/feeds/river-treaty/archive/2.{suffix}"
    assert messages(ARCHIVES[suffix], content_type=TYPES[suffix], url=url, now=NOON) == set()
    assert faults(json_feed(ARCHIVE)) == []


@pytest.mark.parametrize("suffix", ["atom", "rss"])
@pytest.mark.parametrize(
    ("message", "old", "new"),
    [
        ("MissingCurrentInArchive", 'rel="current"', 'rel="related"'),
        ("UnregisteredAtomLinkRel", 'rel="prev-archive"', 'rel="older"'),
        ("UndefinedElement", "fh:archive/", "fh:archived/"),
        ("InvalidMIMEType", '+xml" href', '/xml" href'),
        ("DuplicateElement", "<fh:archive/>", "<fh:archive/><fh:archive/>"),
    ],
)
def test_an_archive_that_breaks_a_rule_gets_the_message(suffix, message, old, new):
    body = ARCHIVES[suffix].decode()
    url = f"https://feeds.example/feeds/river-treaty/archive/2.{suffix}"
    assert old in body
    broken = body.replace(old, new).encode()
    found = messages(broken, content_type=TYPES[suffix], url=url, now=NOON)
    assert message in {name for name, _ in found}


def test_the_golden_json_feed_follows_the_specification():
    assert faults(golden("json")) == []


def test_a_list_of_feeds_is_valid_opml():
    assert avoidable(OUTLINES, content_type=MEDIA_TYPE, url="", now=NOON) == set()


@pytest.mark.parametrize(
    ("message", "suffix", "old", "new"),
    [
        ("SAXError", "rss", "</rss>", ""),
        ("WPBlankLine", "rss", "<?xml", "\n<?xml"),
        ("UndefinedNamedEntity", "rss", "River Post<", "River&nbsp;Post<"),
        ("MissingEncoding", "atom", " encoding='UTF-8'", ""),
        ("ObscureEncoding", "atom", "'UTF-8'", "'KOI8-U'"),
        ("BadXmlVersion", "rss", "version='1.0'", "version='1.1'"),
        ("ContainsSystemEntity", "atom", "<feed", "<!DOCTYPE feed><feed"),
        ("FatalSecurityRisk", "atom", "<feed", "<?xml-stylesheet href='a'?><feed"),
        ("MediaRssNamespace", "rss", "com/mrss/", "com/mrss"),
        ("ReservedPrefix", "rss", "purl.org/dc/elements/1.1/", "purl.org/dc/terms/"),
        ("UnknownNamespace", "rss", "<rss ", '<rss xmlns:x="urn:x" '),
        ("NonstdPrefix", "rss", "<rss ", '<rss xmlns:dublin="http://purl.org/dc/elements/1.1/" '),
        ("InvalidNamespace", "rss", "<channel>", '<channel xmlns="urn:x">'),
        ("InvalidRSSVersion", "rss", 'version="2.0"', 'version="0.92"'),
        ("UndefinedElement", "rss", "<ttl>", "<skipHours/><ttl>"),
        ("UnexpectedAttribute", "rss", "<ttl>", "<ttl a='b'>"),
        ("UseOfExtensionAttr", "rss", "<item>", "<item xml:lang='en'>"),
        ("MissingAttribute", "rss", ' length="0"', ""),
        ("MissingHref", "rss", 'href="https://feeds.example/feeds/river-treaty.rss" ', ""),
        ("DuplicateElement", "rss", "<ttl>30</ttl>", "<ttl>30</ttl><ttl>30</ttl>"),
        (
            "DuplicateEnclosure",
            "rss",
            "<enclosure",
            '<enclosure url="https://a.example/" length="0" type="a/b"/><enclosure',
        ),
        ("UnexpectedText", "atom", "<entry", "text<entry"),
        ("AtomLinkNotEmpty", "atom", 'rel="self" type="application/atom+xml"/>', 'rel="self" type="a/b">x</link>'),
        ("MissingElement", "atom", "<id>urn:uuid:d241cf3a-96e1-5bba-991b-9593ab70f25b</id>", ""),
        ("MissingSourceElement", "atom", "<title>River Post</title>", ""),
        ("MissingTextualContent", "atom", 'type="html">&#x3C;p&gt;Source: Степной вестник&#x3C;/p&gt;', 'type="html">'),
        ("MissingTypeAttr", "atom", '<content type="html">', "<content>"),
        ("InvalidTextType", "atom", '<content type="html">', '<content type="markdown">'),
        ("HtmlFragment", "atom", '<content type="html">', '<content type="text/html">'),
        ("MissingTitle", "rss", "<title>River treaty &#x26; border</title>", ""),
        ("MissingLink", "rss", "<link>https://feeds.example/topics/river-treaty</link>", ""),
        ("MissingDescription", "rss", "description>", "copyright>"),
        ("MissingGuid", "rss", "guid", "rating"),
        ("MissingDCLanguage", "rss", "<language>en</language>", ""),
        ("MissingRecommendedElement", "rss", "<generator>topicwire</generator>", ""),
        ("MissingRecommendedAttribute", "atom", ' rel="alternate" type="text/html"/>', ' rel="alternate"/>'),
        ("MisplacedItem", "rss", "</channel>", "<ttl>1</ttl></channel>"),
        ("MisplacedMetadata", "atom", "</feed>", "<generator>a</generator></feed>"),
        ("NeedDescriptionBeforeContent", "rss", "description>", "generator>"),
        ("DuplicateItemSemantics", "rss", "<dc:creator>", "<author>a</author><dc:creator>"),
        ("DuplicateSemantics", "rss", "<ttl>", "<dc:language>en</dc:language><ttl>"),
        ("FeedHistoryRelInEntry", "atom", 'rel="enclosure"', 'rel="next"'),
        (
            "UriNotIri",
            "rss",
            "https://dzvin.example/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8/2<",
            "https://дзвін.example/<",
        ),
        ("InvalidUriChar", "rss", "/a%20b.jpg", "/a%2.jpg"),
        ("InvalidFullLink", "rss", "<link>https://river.example", "<link>"),
        ("SchemeNotIANARegistered", "rss", "<link>https://river.example", "<link>javascript:x"),
        ("InvalidLink", "rss", "<link>https://river.example", "<link>https:///"),
        ("UnexpectedWhitespace", "rss", "<link>https://river.example", "<link> https://river.example"),
        ("InvalidURLAttribute", "rss", 'enclosure url="https://river.example', 'enclosure url="https://river'),
        ("InvalidUUID", "atom", "urn:uuid:d241cf3a-", "urn:uuid:d241cf3a"),
        ("InvalidURN", "atom", "urn:uuid:d241cf3a", "urn:x"),
        ("InvalidURI", "atom", "urn:uuid:d241cf3a", "d"),
        ("NonCanonicalURI", "atom", "<id>https://dzvin.example/rss", "<id>https://dzvin.example:443/rss"),
        ("DuplicateEntries", "atom", "4be8040e-967c-5d46-ae60-5abd9f8680bc", "86c5bfa3-4a99-5aba-ba0b-77a98411b60f"),
        ("DuplicateValue", "rss", "4be8040e-967c-5d46-ae60-5abd9f8680bc", "86c5bfa3-4a99-5aba-ba0b-77a98411b60f"),
        ("DuplicateUpdated", "atom", "2026-03-14T11:55:00+00:00", "2026-03-14T10:30:00+00:00"),
        ("NotSufficientlyUnique", "rss", "urn:uuid:4be8040e-967c-5d46-ae60-5abd9f8680bc", "7"),
        ("InvalidPermalink", "rss", ' isPermaLink="false"', ""),
        ("InvalidBooleanAttribute", "rss", 'isPermaLink="false"', 'isPermaLink="no"'),
        ("MissingAtomSelfLink", "rss", 'rel="self"', 'rel="related"'),
        ("MissingSelf", "atom", 'rel="self"', 'rel="related"'),
        ("RelativeSelf", "atom", 'href="https://feeds.example/feeds', 'href="/feeds'),
        ("SelfDoesntMatchLocation", "atom", 'href="https://feeds.example/feeds', 'href="https://old.example/feeds'),
        ("SelfNotAtom", "atom", 'type="application/atom+xml"', 'type="text/html"'),
        ("DuplicateAtomLink", "atom", 'rel="related"', 'rel="alternate"'),
        ("UnregisteredAtomLinkRel", "atom", 'rel="related"', 'rel="friend"'),
        ("AttrNotBlank", "atom", 'rel="self" type="application/atom+xml"', 'rel=" " type="application/atom+xml"'),
        ("InvalidMIMEType", "atom", 'type="image/jpeg"', 'type="image"'),
        ("InvalidMIMEAttribute", "rss", 'type="audio/mpeg"', 'type="audio"'),
        ("InvalidIntegerAttribute", "rss", 'length="0"', 'length="much"'),
        ("UseZeroForUnknown", "rss", 'length="0"', 'length="-1"'),
        ("InvalidNonNegativeInteger", "atom", 'length="2048"', 'length="-5"'),
        ("InvalidInteger", "rss", "<ttl>30", "<ttl>half"),
        ("InvalidPositiveInteger", "rss", "<ttl>30", "<ttl>0"),
        ("InvalidRFC3339Date", "atom", "2026-03-14T12:00:00+00:00", "2026-03-14 12:00"),
        ("InvalidRFC2822Date", "rss", "Sat, 14 Mar 2026 12:00:00 +0000", "2026-03-14"),
        ("ProblematicalRFC822Date", "rss", "Sat, 14 Mar 2026 12:00:00 +0000", "14 Mar 26 12:00 UT"),
        ("IncorrectDOW", "rss", "Sat, 14 Mar 2026 12", "Sun, 14 Mar 2026 12"),
        ("UseZeroForMidnight", "rss", "2026 12:00:00", "2026 24:00:00"),
        ("ImplausibleDate", "atom", "2026-03-14T12:00:00", "2036-03-14T12:00:00"),
        ("InvalidLanguage", "rss", "<language>en<", "<language>english<"),
        ("BadCharacters", "rss", "River Post<", "\ufffd<"),
        ("NotBlank", "rss", "<dc:creator>Ann Quill<", "<dc:creator> <"),
        ("ContainsHTML", "rss", "is 3 &#x3C; 4?", "is &#x3C;b>3&#x3C;/b>?"),
        ("ContainsUndeclaredHTML", "atom", "is 3 &#x3C; 4?", "is &#x3C;b>3&#x3C;/b>?"),
        ("CharacterData", "rss", "&#x3C;b&gt; is no tag", "&lt;b&gt; is no tag"),
        ("ContainsEmail", "atom", "<name>Ann Quill", "<name>Ann &#x3C;ann@river.example>"),
        ("NotHtml", "rss", "&#x3C;/b&gt;", ""),
        ("SecurityRisk", "rss", "&#x3C;ul&gt;", "&#x3C;script&gt;&#x3C;/script&gt;&#x3C;ul&gt;"),
        ("SecurityRiskAttr", "rss", "&#x3C;ul&gt;", "&#x3C;ul onclick='x'&gt;"),
        ("DangerousStyleAttr", "atom", "&#x3C;ul&gt;", "&#x3C;ul style='x'&gt;"),
        ("ContainsRelRef", "atom", 'href="https://river.example/x', 'href="/x'),
    ],
)
def test_a_document_that_breaks_a_rule_gets_the_message(message, suffix, old, new):
    body = golden(suffix).decode()
    assert old in body
    assert message in said(body.replace(old, new).encode(), suffix)


@pytest.mark.parametrize(
    ("message", "content_type"),
    [
        ("TextXml", "text/xml"),
        ("NonSpecificMediaType", "application/xml; charset=utf-8"),
        ("UnexpectedContentType", "application/atom+xml"),
        ("EncodingMismatch", "application/rss+xml; charset=koi8-u"),
    ],
)
def test_a_document_that_is_served_as_another_gets_the_message(message, content_type):
    assert message in said(golden("rss"), "rss", content_type)


@pytest.mark.parametrize(
    ("message", "old", "new"),
    [
        ("InvalidOPMLVersion", 'version="2.0"', 'version="3"'),
        ("MissingXmlURL", ' xmlUrl="https://river.example/feed?a&amp;b"', ""),
        ("MissingTitleAttr", ' title="River &amp; Post"', ""),
        ("MissingOutlineType", ' type="rss"', ""),
        ("InvalidOutlineType", ' type="rss"', ' type="feed"'),
        ("MissingUrlAttr", ' type="rss"', ' type="link"'),
        ("InvalidOutlineVersion", ' type="rss"', ' type="rss" version="7"'),
        ("InvalidTrueFalse", ' type="rss"', ' type="rss" isComment="no"'),
        ("InvalidExpansionState", "<dateCreated>", "<expansionState>a</expansionState><dateCreated>"),
    ],
)
def test_a_list_of_feeds_that_breaks_a_rule_gets_the_message(message, old, new):
    body = OUTLINES.decode()
    assert old in body
    found = messages(body.replace(old, new).encode(), content_type=MEDIA_TYPE, url="", now=NOON)
    assert message in {name for name, _ in found}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version/1.1", "version/2"),
        ('"title": "River treaty', '"titel": "River treaty'),
        ('"id": "urn:uuid:4be8', '"id": "urn:uuid:86c5bfa3-4a99-5aba-ba0b-77a98411b60f", "_old": "'),
        ('"id": "urn:uuid:4be8', '"id": 7, "_old": "urn:'),
        ('"content_html"', '"_html"'),
        ("2026-03-14T09:30:00+00:00", "yesterday"),
        ('"mime_type": "audio/mpeg"', '"mime": "audio/mpeg"'),
        ('"size_in_bytes": 2048', '"size_in_bytes": "2048"'),
        ('"name": "topicwire"', '"nick": "topicwire"'),
        ('"url": "https://river.example/1', '"url": "/1'),
        ('"tags": [', '"tags": ["", '),
    ],
)
def test_a_json_feed_that_breaks_the_specification_is_found_out(old, new):
    body = golden("json").decode()
    assert old in body
    assert faults(body.replace(old, new, 1).encode()) != []
