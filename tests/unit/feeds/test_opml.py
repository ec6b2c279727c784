"""Lists of feeds: written for other readers, and read from them however they wrote."""

from __future__ import annotations

import tarfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import ParseError
from feeds.model import Outline
from feeds.read.opml import read_opml
from feeds.render.opml import opml

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def lines(*outlines: str, head: str = "<title>Mine</title>") -> bytes:
    body = "\n".join(outlines)
    return f'<?xml version="1.0"?><opml version="1.1"><head>{head}</head><body>{body}</body></opml>'.encode()


def test_a_list_is_written_as_opml_2_0():
    outlines = [
        Outline(url="https://a.example/rss?x=1&y=2", title="A & B", home="https://a.example/", language="en"),
        Outline(url="https://b.example/rss", tags=("news", "East, West")),
    ]
    assert opml(outlines, title="My <feeds>", created=NOW).decode() == (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        '<opml version="2.0">\n'
        "  <head>\n"
        "    <title>My &lt;feeds&gt;</title>\n"
        "    <dateCreated>Sun, 01 Mar 2026 12:00:00 +0000</dateCreated>\n"
        "  </head>\n"
        "  <body>\n"
        '    <outline type="rss" text="A &amp; B" title="A &amp; B" xmlUrl="https://a.example/rss?x=1&amp;y=2"'
        ' htmlUrl="https://a.example/" language="en" />\n'
        '    <outline type="rss" text="https://b.example/rss" title="https://b.example/rss"'
        ' xmlUrl="https://b.example/rss" category="news,East West" />\n'
        "  </body>\n"
        "</opml>\n"
    )


def test_folders_become_tags_and_each_address_is_there_once():
    found = read_opml(
        lines(
            '<outline text="Новини"><outline text="Світ"><outline text="A" type="rss" xmlUrl="https://a.example/rss"/>',
            '</outline><outline title="B" xmlUrl="https://b.example/rss"/></outline>',
            '<outline text="A again" type="rss" xmlUrl="https://a.example/rss" category="/x/y,z"/>',
        )
    )
    assert found == (
        Outline(url="https://a.example/rss", title="A", tags=("Новини", "Світ", "x", "y", "z")),
        Outline(url="https://b.example/rss", title="B", tags=("Новини",)),
    )


@pytest.mark.parametrize(
    "broken",
    [
        b'<opml><body><outline text="A" xmlUrl="https://a.example/rss">',
        b"<opml><body><outline text=\"A\" XMLURL='https://a.example/rss'></body>",
        b'<OPML><outline text="A" xmlUrl=https://a.example/rss></outline></outline></OPML>',
        b'\xef\xbb\xbf\n\n<opml version="2.0"><body><outline text="A" xmlUrl="https://a.example/rss" </body></opml>',
        b'<!DOCTYPE opml [<!ENTITY x "y">]><opml><body><outline text="A" xmlUrl="https://a.example/rss"/></body></opml>',
    ],
)
def test_broken_lists_are_read_all_the_same(broken):
    assert read_opml(broken) == (Outline(url="https://a.example/rss", title="A"),)


def test_an_outline_that_its_own_description_breaks_keeps_its_address():
    broken = lines(
        '<outline text="A" description="of <a href="https://x.example">X</a>" xmlUrl="https://a.example/?b&amp;c"/>'
    )
    assert [one.url for one in read_opml(broken)] == ["https://a.example/?b&c"]


def test_what_is_commented_out_is_not_there():
    assert read_opml(lines('<!-- <outline text="A" xmlUrl="https://a.example/rss"/> -->')) == ()


def test_a_list_in_another_character_set_is_read_in_it():
    text = (
        '<?xml version="1.0" encoding="windows-1251"?><opml><body><outline text="Новини" xmlUrl="http://a.example/"/>'
    )
    assert read_opml(text.encode("cp1251")) == (Outline(url="http://a.example/", title="Новини"),)


def test_addresses_handed_over_by_browsers_are_web_addresses():
    handed = lines('<outline xmlUrl="feed://a.example/rss"/>', '<outline xmlUrl="feed:https://b.example/rss"/>')
    assert [one.url for one in read_opml(handed)] == ["http://a.example/rss", "https://b.example/rss"]


def test_lists_that_a_list_includes_are_not_followed():
    included = lines('<outline type="include" text="More" url="https://evil.example/more.opml"/>')
    assert read_opml(included) == ()


@pytest.mark.parametrize(
    "body", [b"", b"  ", b"plain text", b"<html><body><p>page</p></body></html>", b"\x00\xff" * 50]
)
def test_what_is_no_list_is_refused(body):
    with pytest.raises(ParseError, match="no OPML"):
        read_opml(body)


def test_entities_are_not_expanded():
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    body = f'<!DOCTYPE opml [<!ENTITY e0 "x">{bomb}]><opml><body><outline text="&e11;" xmlUrl="http://a.example/"/>'
    assert [one.url for one in read_opml(body.encode())] == ["http://a.example/"]


tags = st.text("abc абв", min_size=1).map(lambda text: " ".join(text.split())).filter(bool)
words = st.text(st.characters(codec="utf-8"), max_size=20)
plain = words.map(lambda text: " ".join(text.split())).filter(str.isprintable)


@given(
    outlines=st.lists(
        st.builds(
            Outline,
            url=st.integers(0, 99).map(lambda n: f"https://{n}.example/rss?a=1&b=2"),
            title=plain.filter(bool),
            tags=st.lists(tags, unique=True, max_size=3).map(tuple),
        ),
        max_size=5,
        unique_by=lambda one: one.url,
    ),
    title=words,
)
def test_what_is_written_is_read_back(outlines, title):
    written = opml(outlines, title=title, created=NOW)
    assert ET.fromstring(written).tag == "opml"
    assert read_opml(written) == tuple(outlines)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_a_list_or_a_parse_error(body):
    with suppress(ParseError):
        assert all(isinstance(one, Outline) for one in read_opml(body))


@pytest.mark.corpora
def test_real_lists_are_read(corpora: Path):
    with tarfile.open(corpora / "opml.tar.xz") as archive:
        bodies = [archive.extractfile(one).read() for one in archive if one.name.endswith(".opml")]
    found = [read_opml(body) for body in bodies]
    assert len(found) == 118
    assert sum(map(len, found)) == 1_572
