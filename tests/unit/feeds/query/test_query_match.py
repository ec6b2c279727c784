"""What tables of texts cannot say: fields other than the text, evidence, bounds."""

import pytest

from feeds.model import Source, Span
from feeds.query.match import MOST_SPANS, find, holds, word_count
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from tests.decision_table import entry


@pytest.fixture
def analyser() -> Analyser:
    return Analyser()


def takes(query, of, analyser, source=None):
    return holds(parse_query(query), of, source=source, analyser=analyser)


def test_an_author_s_phrase_does_not_run_into_the_next_author(analyser):
    of = entry("News", authors=("Ada Stone", "Bo Rivers"))
    assert takes('author:"ada stone"', of, analyser)
    assert not takes('author:"stone bo"', of, analyser)
    assert not takes("stone", of, analyser)
    assert find(parse_query("author:rivers"), of, source=None, analyser=analyser) == (
        Span(field="author", start=14, end=20),
    )


def test_a_category_is_searched_only_when_named(analyser):
    of = entry("News", categories=("Harbours", "Sea"))
    assert takes("category:harbour", of, analyser)
    assert not takes("harbour", of, analyser)


@pytest.mark.parametrize(
    ("query", "yes"),
    [
        ("host:gazette.example", True),
        ("host:www.gazette.example", True),
        ("host:en.gazette.example", True),
        ("host:azette.example", False),
        ("host:example", True),
        ("host:other.gazette.example", False),
    ],
)
def test_a_host_stands_for_the_hosts_under_it(query, yes, analyser):
    assert takes(query, entry("News", url="https://en.gazette.example/x"), analyser) is yes


def test_a_source_is_named_by_its_id_or_its_name(analyser):
    source = Source(id="gazette", url="https://gazette.example/rss", name="The Gazette")
    of = entry("News")
    assert takes("source:gazette", of, analyser)
    assert takes('source:"the gazette"', of, analyser, source)
    assert not takes('source:"the gazette"', of, analyser)
    assert not takes("source:gaz", of, analyser, source)


def test_a_language_is_compared_by_its_primary_subtag(analyser):
    assert takes("lang:en", entry("News", "en-gb"), analyser)
    assert takes("lang:en-US", entry("News", "en-gb"), analyser)
    assert not takes("lang:en", entry("News", ""), analyser)


def test_evidence_counts_characters_of_the_plain_text(analyser):
    of = entry("News", content="<p>Fish &amp; chips</p><p>The <b>old</b> harbours</p>")
    assert find(parse_query('"old harbour"'), of, source=None, analyser=analyser) == (
        Span(field="body", start=17, end=29),
    )


def test_evidence_of_or_is_that_of_the_parts_that_hold(analyser):
    of = entry("Island harbour")
    assert find(parse_query("(island bridge) OR harbour"), of, source=None, analyser=analyser) == (
        Span(field="title", start=7, end=14),
    )


def test_evidence_is_bounded(analyser):
    of = entry("sea " * 1000)
    assert len(find(parse_query("sea"), of, source=None, analyser=analyser)) == MOST_SPANS


def test_a_near_over_a_text_of_one_word_ends(analyser):
    assert takes("sea NEAR/99 sea NEAR/99 sea", entry("sea " * 3000), analyser)


def test_words_are_counted_in_the_longer_of_summary_and_body(analyser):
    assert word_count(entry("One two three", summary="a b", content="<p>a b-c d</p>"), analyser=analyser) == 4


def test_an_edited_entry_is_read_anew(analyser):
    assert takes("island", entry("The island"), analyser)
    assert not takes("island", entry("The harbour"), analyser)


def test_an_analyser_that_remembers_nothing_decides_the_same():
    forgetful = Analyser(words=1, texts=1)
    for title in ("The islands", "The harbours", "The islands"):
        assert takes("island", entry(title), forgetful) is (title == "The islands")
