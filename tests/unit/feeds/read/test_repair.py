from __future__ import annotations

import pytest

from feeds.errors import ParseError
from feeds.model import FailureKind
from feeds.read.repair import repair


@pytest.mark.parametrize(
    ("written", "repaired"),
    [
        ("<a>&amp;&lt;&gt;&quot;&apos;</a>", "<a>&amp;&lt;&gt;&quot;&apos;</a>"),
        ("<a>R&D & co</a>", "<a>R&amp;D &amp; co</a>"),
        ("<a>caf&eacute;&nbsp;&mdash;</a>", "<a>café\u00a0—</a>"),
        ("<a>&unknown;</a>", "<a>&amp;unknown;</a>"),
        ("<a href='?a=1&b=2'/>", "<a href='?a=1&amp;b=2'/>"),
        ("<a>&#x41;&#66;</a>", "<a>&#65;&#66;</a>"),
        ("<a>[&#xD800;&#0;&#x1F;&#xFFFE;&#x110000;&#99999999999;]</a>", "<a>[]</a>"),
        ("<a>&#xZZ; &#; &#</a>", "<a>&amp;#xZZ; &amp;#; &amp;#</a>"),
        ("<a>\x00\x0b\ufffe\ud800b</a>", "<a>b</a>"),
        ("<a><![CDATA[R&D &eacute; <b>]]></a>", "<a><![CDATA[R&D &eacute; <b>]]></a>"),
        ("<a><!-- R&D --></a>", "<a><!-- R&D --></a>"),
        ("<a><!-- R&D</a>", "<a>&lt;!-- R&amp;D</a>"),
        ("\n <?xml version='1.1' encoding='x'?>\n<a/>", "<a/>"),
    ],
)
def test_what_xml_does_not_take_is_put_right(written: str, repaired: str):
    assert repair(written) == repaired


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE rss>",
        '<!doctype rss PUBLIC "-//x//y>z" "http://x.example/x.dtd">',
        '<!DOCTYPE rss [<!ENTITY a "]>"> <!-- ]> --> <!ENTITY % b SYSTEM "file:///etc/passwd"> %b;]  >',
    ],
)
def test_a_document_type_goes_with_all_that_it_declares(doctype: str):
    assert repair(f"<?xml version='1.0'?>{doctype}<a>&a;</a>") == "<a>&amp;a;</a>"


def test_a_second_document_type_is_text():
    assert repair("<!DOCTYPE a><!DOCTYPE a [<!ENTITY b 'c'>]><a/>") == "&lt;!DOCTYPE a [&lt;!ENTITY b 'c'>]><a/>"


def test_a_document_type_without_end_is_refused():
    with pytest.raises(ParseError, match="DOCTYPE") as caught:
        repair("<!DOCTYPE rss [ <!ENTITY a 'b'> <rss/>")
    assert caught.value.kind is FailureKind.BROKEN


def test_a_section_that_an_entry_forgot_to_close_does_not_swallow_the_next():
    broken = "<item><t><![CDATA[one & two</t></item><item><t><![CDATA[R&D]]></t></item>"

    assert repair(broken) == "<item><t>one &amp; two</t></item><item><t><![CDATA[R&D]]></t></item>"
    assert repair("<item><t><![CDATA[R&D</t></item><item>2</item>") == "<item><t>R&amp;D</t></item><item>2</item>"


def test_a_section_that_shows_a_section_stays():
    shown = "<item><t><![CDATA[write <![CDATA[ first]]></t></item>"
    assert repair(shown) == shown
