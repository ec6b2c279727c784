from __future__ import annotations

import pytest

from feeds.model import Skipped
from feeds.read.splice import LONGEST_ENTRY, MOST_ENTRIES, limited, splice

HEAD, TAIL = '<rss version="2.0"><channel><title>x</title>', "</channel></rss>"


def item(text: str) -> str:
    return f"<item><title>{text}</title></item>"


def test_a_document_falls_apart_at_its_entries_and_back_together():
    document = f"<!-- <b> -->{HEAD}{item('1')} {item('2')}\n{TAIL}"
    spliced = splice(document)

    assert spliced.entries == (f"{item('1')} ", item("2"))
    assert spliced.text() == document
    assert spliced.alone(spliced.entries[1]) == f'<rss version="2.0"><channel>{item("2")}{TAIL}'
    assert (spliced.root, spliced.cut_off) == ("rss", False)


def test_an_rdf_entry_stands_outside_the_channel():
    spliced = splice("<rdf:RDF><channel><items/></channel><item>1</item></rdf:RDF>")

    assert (spliced.opening, spliced.closing, spliced.entries) == ("<rdf:RDF>", "</rdf:RDF>", ("<item>1</item>",))


def test_a_document_without_entries_is_all_head():
    spliced = splice(HEAD + TAIL)

    assert (spliced.head, spliced.entries, spliced.tail, spliced.cut_off) == (HEAD + TAIL, (), "", False)


def broke_off(document: str) -> tuple[bool, int]:
    spliced = splice(document)
    return spliced.cut_off, spliced.whole_entries()


def test_a_document_that_broke_off_says_how_many_entries_arrived():
    assert broke_off(HEAD) == (True, 0)
    assert broke_off(HEAD + item("1")[:12]) == (True, 0)
    assert broke_off(HEAD + item("1") + item("2")[:12]) == (True, 1)
    assert broke_off(HEAD + item("1") + "\n<ite") == (True, 1)
    assert broke_off(HEAD + item("1") + item("2") + "</channel>\n") == (True, 2)
    assert broke_off(HEAD + item("1") + "<item><x><![CDATA[</rss>]]>") == (True, 1)
    assert broke_off(f"<br/><b>Warning</b>{HEAD}{item('1')}<ite") == (True, 1)


@pytest.mark.parametrize(
    "whole",
    [
        HEAD + item("1") + "</channel></rss",
        HEAD + item("1") + "</channel></RSS >\n<!-- 0.3 s --><script>",
        HEAD + "<item><title>1</title>" + TAIL,
        f"<br><b>Warning</b>{HEAD}{item('1')}{TAIL}",
        "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry/></a:feed>",
        "<feed/>",
        "<note>No feed",
        "no feed",
    ],
)
def test_a_document_that_ends_or_is_no_feed_is_not_taken_for_one_that_broke_off(whole: str):
    assert not splice(whole).cut_off


def test_an_entry_that_is_too_long_costs_only_itself():
    document = limited(splice(HEAD + item("1") + item("x" * LONGEST_ENTRY) + item("3") + TAIL))

    assert document.text() == HEAD + item("1") + item("3") + TAIL
    assert document.positions() == (0, 2)
    (skipped,) = document.skipped
    assert (skipped.position, "262,144" in skipped.reason) == (1, True)


def test_entries_beyond_the_limit_are_counted_and_left():
    document = limited(splice(HEAD + "".join(item(str(n)) for n in range(MOST_ENTRIES + 5)) + TAIL))

    assert len(document.entries) == MOST_ENTRIES
    assert document.skipped == (
        Skipped(position=1000, reason="the document has 1,005 entries; the first 1,000 are read"),
    )
    assert document.text().endswith(item("999") + TAIL)


def test_entries_that_never_end_are_taken_all_the_same():
    document = splice(f"{HEAD}<item><title>1</title><item><title>2</title>{TAIL}")

    assert (len(document.entries), document.cut_off) == (2, False)
