from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feeds.dedupe.fingerprint import fingerprint
from feeds.dedupe.shingles import TEXT, text_part
from feeds.dedupe.sketch import write_parts
from feeds.dedupe.terms import LABEL as TERMS
from feeds.dedupe.terms import Terms
from feeds.model import Enclosure, Entry, ParsedEntry, ParsedFeed, PublishedFrom, ReadFeed, Skipped, Source
from feeds.read.normalize import LONGEST_LABEL, MOST_LISTED, SUMMARY_FROM_CONTENT, normalize

NOW = datetime(2023, 6, 9, 12, 0, tzinfo=UTC)
URL = "https://news.example/feeds/rss.xml"
SOURCE = Source(id="sea", url=URL, timezone="Europe/Kyiv", timezone_assumed=False)


def normalized(*entries: ParsedEntry, source: Source = SOURCE, language: str = "", skipped=()) -> ReadFeed:
    feed = ParsedFeed(format="rss20", language=language, entries=entries, skipped=skipped)
    return normalize(feed, source=source, url=URL, now=NOW)


def only(entry: ParsedEntry, source: Source = SOURCE, language: str = "") -> Entry:
    (kept,) = normalized(entry, source=source, language=language).entries
    return kept


def test_an_entry_becomes_complete_and_clean():
    parsed = ParsedEntry(
        guid=" sea-1 ",
        url="/sea/1?utm_source=rss",
        title="Storm &amp; <b>calm</b>",
        summary="<p>Calm</p>",
        content="<p>Calm <a href='more'>after</a> the storm</p>",
        authors=("Olena\x00", "", "Olena"),
        categories=("sea &amp; air",),
        enclosures=(Enclosure(url="/1.mp3", media_type="AUDIO/mpeg", length=9), Enclosure(url="file:///x")),
        language="EN_gb",
        published="8 June 2023, 01:10",
        updated="2023-06-08T09:00:00Z",
        base="https://news.example/sea/",
    )
    entry = only(parsed)

    assert entry == Entry(
        id=entry.id,
        source="sea",
        guid="sea-1",
        url="https://news.example/sea/1?utm_source=rss",
        canonical_url="https://news.example/sea/1",
        title="Storm & calm",
        summary="Calm",
        content='<p>Calm <a href="https://news.example/sea/more" rel="noopener noreferrer">after</a> the storm</p>',
        authors=("Olena",),
        categories=("sea & air",),
        enclosures=(Enclosure(url="https://news.example/1.mp3", media_type="audio/mpeg", length=9),),
        language="en-GB",
        published=datetime(2023, 6, 7, 22, 10, tzinfo=UTC),
        published_from=PublishedFrom.FEED,
        published_text="8 June 2023, 01:10",
        updated=datetime(2023, 6, 8, 9, 0, tzinfo=UTC),
        first_seen=NOW,
        revised=NOW,
        revision=0,
        fingerprint=fingerprint("Storm & calm", "Calm after the storm"),
        sketch=write_parts(
            {
                TEXT: text_part("Storm & calm", "Calm after the storm"),
                TERMS: Terms().of("Storm & calm", "Calm after the storm", "en-GB"),
            }
        ),
    )
    assert entry.id


def test_a_zone_that_nobody_gave_makes_the_date_a_guess():
    entry = only(ParsedEntry(title="x", published="8 June 2023, 01:10"), source=Source(id="sea", url=URL))

    assert (entry.published, entry.published_from) == (
        datetime(2023, 6, 8, 1, 10, tzinfo=UTC),
        PublishedFrom.ASSUMED_ZONE,
    )


@pytest.mark.parametrize("text", ["", "soon", "Fri, 31 Dec 9999 00:00:00 GMT", "Sat, 10 Jun 2023 12:00:01 GMT"])
def test_an_entry_without_a_plausible_date_was_published_when_it_was_first_seen_and_says_so(text: str):
    entry = only(ParsedEntry(title="x", published=text))

    assert (entry.published, entry.published_from, entry.published_text) == (NOW, PublishedFrom.FIRST_SEEN, text)


def test_a_date_ahead_within_the_error_of_clocks_is_now_and_still_the_feeds_word():
    text = "Fri, 09 Jun 2023 12:00:40 GMT"
    entry = only(ParsedEntry(title="x", published=text))

    assert (entry.published, entry.published_from, entry.published_text) == (NOW, PublishedFrom.FEED, text)
    assert entry.updated == NOW


def test_a_date_ahead_read_in_a_zone_that_nobody_gave_is_now_and_still_a_guess():
    entry = only(ParsedEntry(title="x", published="9 June 2023, 15:00"), source=Source(id="sea", url=URL))

    assert (entry.published, entry.published_from) == (NOW, PublishedFrom.ASSUMED_ZONE)


def test_an_entry_that_gives_only_its_last_edit_was_published_then():
    entry = only(ParsedEntry(title="x", published="soon", updated="2023-06-08T09:00:00Z"))

    assert (entry.published, entry.published_from) == (datetime(2023, 6, 8, 9, tzinfo=UTC), PublishedFrom.FEED)
    assert entry.updated == entry.published


@pytest.mark.parametrize(
    ("updated", "expected"),
    [
        ("", datetime(2023, 6, 7, tzinfo=UTC)),
        ("2023-06-06T00:00:00Z", datetime(2023, 6, 7, tzinfo=UTC)),
        ("2023-06-08T00:00:00Z", datetime(2023, 6, 8, tzinfo=UTC)),
        ("2023-06-09T18:00:00Z", NOW),
        ("2033-06-09T18:00:00Z", datetime(2023, 6, 7, tzinfo=UTC)),
    ],
)
def test_the_last_edit_lies_between_publication_and_now(updated: str, expected: datetime):
    assert only(ParsedEntry(title="x", published="2023-06-07T00:00:00Z", updated=updated)).updated == expected


@pytest.mark.parametrize(
    ("configured", "own", "of_the_feed", "expected"),
    [
        ("uk", "en", "ru", "uk"),
        ("", "en-us", "ru", "en-US"),
        ("", "klingonish", "ru", "ru"),
        ("", "", "ru_RU", "ru-RU"),
        ("", "", "", ""),
    ],
)
def test_the_nearest_language_counts_and_the_config_most(configured: str, own: str, of_the_feed: str, expected: str):
    source = Source(id="sea", url=URL, language=configured)
    assert only(ParsedEntry(title="x", language=own), source=source, language=of_the_feed).language == expected


def test_an_entry_without_a_title_takes_the_first_words_of_its_text():
    entry = only(ParsedEntry(summary="<p>" + "The ferry left on time again. " * 9 + "</p>"))

    assert entry.title == "The ferry left on time again. The ferry left on time again. The ferry left on…"


def test_an_entry_with_a_link_only_is_titled_by_it():
    assert only(ParsedEntry(url="/sea/1", title="<i></i>")).title == "https://news.example/sea/1"


def test_an_entry_with_nothing_to_show_is_skipped_at_its_place_in_the_document():
    feed = normalized(
        ParsedEntry(title="one"),
        ParsedEntry(guid="hollow", url="javascript:x()"),
        ParsedEntry(title="four"),
        skipped=(Skipped(position=0, reason="too long"), Skipped(position=2, reason="broken")),
    )

    assert [entry.title for entry in feed.entries] == ["one", "four"]
    assert feed.skipped == (
        Skipped(position=0, reason="too long"),
        Skipped(position=2, reason="broken"),
        Skipped(position=3, reason="it has neither title, nor text, nor link"),
    )


def test_the_first_of_two_equal_articles_is_kept():
    feed = normalized(
        ParsedEntry(guid="1", title="a"), ParsedEntry(guid="2", title="b"), ParsedEntry(guid="1", title="a")
    )

    assert [entry.title for entry in feed.entries] == ["a", "b"]
    assert feed.skipped == (Skipped(position=2, reason="the document has the same article before"),)


def test_a_plain_description_is_a_summary_and_needs_no_content():
    entry = only(ParsedEntry(title="x", summary="5 &lt; 6\nand more"))

    assert (entry.summary, entry.content) == ("5 < 6 and more", "")


def test_a_description_with_mark_up_is_content_too():
    entry = only(ParsedEntry(title="x", summary="<p>See <b>this</b></p>"))

    assert (entry.summary, entry.content) == ("See this", "<p>See <b>this</b></p>")


def test_a_long_description_is_cut_in_the_summary_only():
    text = "A calm sentence on the sea. " * 40
    entry = only(ParsedEntry(title="x", summary=text))

    assert entry.content == text.strip()
    assert len(entry.summary) <= SUMMARY_FROM_CONTENT
    assert entry.summary.endswith("…")


def test_a_long_summary_that_the_content_does_not_repeat_stays_whole():
    summary = " ".join(f"word{n}" for n in range(200))
    content = "<p>" + " ".join(f"other{n}" for n in range(300)) + "</p>"
    entry = only(ParsedEntry(title="x", summary=summary, content=content))

    assert (entry.summary, entry.content) == (summary, content)


def test_the_fuller_text_is_the_content_whatever_it_is_called():
    entry = only(ParsedEntry(title="x", summary="<p>The whole story of <i>the sea</i></p>", content="Caption"))

    assert entry.content == "<p>The whole story of <i>the sea</i></p>"


@pytest.mark.parametrize(
    ("form", "base", "link", "home", "expected"),
    [
        ("rss20", "https://b.example/x/", "https://b.example/1/2", "https://home.example/", "https://b.example/x/rel"),
        ("rss20", "x/", "https://b.example/1/2", "https://home.example/", "https://news.example/feeds/x/rel"),
        ("rss20", "", "https://page.example/sea/1", "https://home.example/", "https://page.example/sea/rel"),
        ("rss20", "", "sea/1", "https://home.example/a/", "https://home.example/a/sea/rel"),
        ("rss20", "", "", "https://home.example/a/", "https://home.example/a/rel"),
        ("rss20", "", "", "/home", "https://news.example/feeds/rel"),
        ("rss20", "", "", "", "https://news.example/feeds/rel"),
        ("json1", "", "https://page.example/sea/1", "", "https://page.example/sea/rel"),
        ("atom10", "", "https://page.example/sea/1", "https://home.example/", "https://news.example/feeds/rel"),
    ],
)
def test_what_a_relative_address_in_a_text_refers_to(form: str, base: str, link: str, home: str, expected: str):
    parsed = ParsedEntry(title="x", url=link, summary="<a href='rel'>this</a>", base=base)
    feed = normalize(ParsedFeed(format=form, home=home, entries=(parsed,)), source=SOURCE, url=URL, now=NOW)

    assert f'href="{expected}"' in feed.entries[0].content


@pytest.mark.parametrize(
    ("form", "home", "site"),
    [
        ("rss20", "https://home.example/a/", "https://home.example/a/"),
        ("rss20", "home", "https://news.example/feeds/"),
        ("atom10", "https://home.example/a/", "https://news.example/feeds/"),
    ],
)
def test_what_relative_addresses_of_an_entry_refer_to(form: str, home: str, site: str):
    parsed = ParsedEntry(title="x", url="1", image="1.png", enclosures=(Enclosure(url="1.mp3"),))
    feed = normalize(ParsedFeed(format=form, home=home, entries=(parsed,)), source=SOURCE, url=URL, now=NOW)

    (entry,) = feed.entries
    assert (entry.url, entry.image, entry.enclosures) == (f"{site}1", f"{site}1.png", (Enclosure(url=f"{site}1.mp3"),))


def test_what_an_entry_lists_without_end_is_left_out_behind_the_first_hundred():
    names = tuple(f"name {n}" for n in range(5_000))
    files = tuple(Enclosure(url=f"https://news.example/{n}.mp3") for n in range(5_000))
    entry = only(ParsedEntry(title="x", authors=names, categories=names, enclosures=files))

    assert MOST_LISTED == 100
    assert (entry.authors, entry.categories, entry.enclosures) == (names[:100], names[:100], files[:100])


def test_an_endless_name_or_category_is_cut():
    entry = only(ParsedEntry(title="x", authors=("Olena " * 9_000,), categories=("sea" * 9_000,)))

    assert LONGEST_LABEL == 200
    assert (entry.authors, entry.categories) == (("Olena " * 32 + "Olena…",), (("sea" * 67)[:199] + "…",))
