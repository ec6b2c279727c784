"""The feed's text and the page's: which one an entry has."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe import shingles as copies
from feeds.dedupe.sketch import write_parts
from feeds.model import PublishedFrom, Source
from feeds.read.article import Article
from feeds.read.fulltext import pages_to_ask, with_article, with_known_text
from tests.fakes.pages import LEAD, NOW, REST, entry

SOURCE = Source(id="tides", url="https://tides.example/feed")
TEXT = "\n".join((LEAD, *REST))
ARTICLE = Article(title="Locks", text=TEXT, content=f"<p>{LEAD}</p><p>{REST[0]}</p>", language="en")


def completed(known, article=ARTICLE, source=SOURCE):
    return with_article(known, article, source=source, now=NOW)


def test_a_page_that_yields_more_gives_its_text_and_the_rest_stays_the_feeds():
    sketch = write_parts({copies.TEXT: copies.text_part(entry().title, TEXT)})
    assert completed(entry()) == replace(entry(), content=ARTICLE.content, sketch=sketch)


def test_of_a_sketch_only_the_part_of_the_text_follows_the_page_and_known_text_brings_its_own():
    page = completed(entry(sketch="c1:AAAA s1:BBBB"))
    assert page.sketch == f"{completed(entry()).sketch} s1:BBBB"
    assert with_known_text([entry(sketch="c1:AAAA")], [page]) == (page,)
    assert with_known_text([entry(sketch="c1:AAAA")], [entry()]) == (entry(sketch="c1:AAAA"),)


def test_a_page_that_yields_less_leaves_the_feeds_text():
    full = entry(content=f"<p>{LEAD}</p><p>{' '.join(REST)} And more than the page has to say.</p>")
    assert completed(full) == full


def test_a_wall_that_says_something_else_leaves_the_feeds_text():
    wall = Article(title="Consent", text="We and our partners would like to store cookies. " * 20, content="<p>We…</p>")
    assert completed(entry(), wall) == entry()


def test_words_in_another_case_form_are_the_same_words():
    lead = "Рада річкових міст відкрила старі шлюзи над Ґреймутом."
    text = "Старих шлюзів над Ґреймутом не відкривали дев'ять років, каже річкова рада; нині човни з Олдера пройшли."
    ours = entry(title="Рада відкрила шлюзи", summary=lead)
    assert completed(ours, Article(title="", text=text, content="<p>…</p>")).content == "<p>…</p>"


def test_an_entry_without_a_summary_gets_one_from_its_page():
    bare = completed(entry(summary=""))
    assert (bare.summary, bare.content) == (" ".join(TEXT.split()), ARTICLE.content)


def test_an_entry_that_had_only_its_address_for_a_title_gets_the_pages():
    bare = entry(title="https://tides.example/1", summary="")
    assert completed(bare).title == "Locks"


def test_the_fingerprint_stays_that_of_the_feeds_words():
    assert completed(entry()).fingerprint == "f1"


PAGE_DATE = replace(ARTICLE, published="2026-02-27T10:15:00+02:00")
MOMENT = datetime(2026, 2, 27, 8, 15, tzinfo=UTC)


def test_an_entry_without_a_date_gets_the_pages():
    undated = entry(published_from=PublishedFrom.FIRST_SEEN)
    dated = completed(undated, PAGE_DATE)
    assert (dated.published, dated.updated, dated.published_from) == (MOMENT, MOMENT, PublishedFrom.FEED)
    assert dated.published_text == "2026-02-27T10:15:00+02:00"


@pytest.mark.parametrize("known", [PublishedFrom.FEED, PublishedFrom.ASSUMED_ZONE])
def test_a_date_of_the_feed_gives_way_only_to_a_better_one(known):
    vague = replace(ARTICLE, published="27 February 2026, 10:15")
    assert completed(entry(published_from=known), vague).published == NOW


def test_a_page_that_names_the_future_dates_nothing():
    ahead = replace(ARTICLE, published=(NOW + timedelta(hours=3)).isoformat())
    assert completed(entry(published_from=PublishedFrom.FIRST_SEEN), ahead).published == NOW


def test_a_language_is_taken_only_where_there_is_none():
    french = replace(ARTICLE, language="fr")
    assert completed(entry(language=""), french).language == "fr"
    assert completed(entry(), french).language == "en"


def test_pages_are_asked_for_new_and_edited_entries_the_newest_first():
    old, new, edited = entry(1), entry(2, published=NOW - timedelta(hours=2)), entry(3, fingerprint="edited")
    nowhere = entry(4, url="")
    known = (old, entry(3), entry(2, source="other"))
    assert pages_to_ask((nowhere, old, new, edited), known) == (edited, new)


def test_an_entry_met_again_as_it_was_keeps_the_text_of_its_page():
    known = completed(entry(language=""))
    assert with_known_text((entry(language="", guid="minted anew"),), (known,)) == (
        replace(known, guid="minted anew", language="en"),
    )


def test_an_entry_that_was_edited_does_not():
    known = completed(entry())
    assert with_known_text((entry(fingerprint="edited"),), (known,)) == (entry(fingerprint="edited"),)


@given(
    article=st.builds(
        Article, title=st.text(), text=st.text(), content=st.text(), published=st.text(), language=st.text()
    )
)
def test_whatever_a_page_says_who_an_entry_is_stays(article):
    now = completed(entry(), article)
    names = ("id", "source", "guid", "url", "canonical_url", "title", "fingerprint", "first_seen", "published")
    assert [getattr(now, name) for name in names] == [getattr(entry(), name) for name in names]
