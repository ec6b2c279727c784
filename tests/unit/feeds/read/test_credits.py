"""Credits of whole entries: in which text, of whose entry, by which links, in which order."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feeds.model import Credit, CreditRole, Entry, Outlet, ParsedEntry, ParsedFeed, Source, Span
from feeds.read.article import Article
from feeds.read.attribution import credits_of, outlet_of, own_outlets, shipped, with_added
from feeds.read.fulltext import with_article
from feeds.read.normalize import normalize
from feeds.sanitize import plain_text

NOW = datetime(2023, 6, 9, 12, 0, tzinfo=UTC)
URL = "https://www.pravda.com.ua/eng/rss/"
SOURCE = Source(id="up", url=URL, name="Ukrainska Pravda")
GUARDIAN, REUTERS = "The Guardian", "Reuters"
HARBOUR = Outlet(name="Harbour Post", hosts=("harbour.example",), aliases=("Гавань",))


def entry_of(title: str, content: str = "", *, link: str = "https://www.pravda.com.ua/eng/news/1/", **named) -> Entry:
    parsed = ParsedEntry(guid="1", url=link, title=title, content=content)
    feed = ParsedFeed(format="rss20", title=named.pop("feed_title", "Ukrainska Pravda"), entries=(parsed,))
    (entry,) = normalize(feed, source=named.pop("source", SOURCE), url=URL, now=NOW, **named).entries
    return entry


def credited(content: str, title: str = "", summary: str = "", own: frozenset[str] = frozenset()):
    found = credits_of(title=title, summary=summary, content=content, registry=shipped(), own=own)
    return [(credit.outlet, credit.role.value, credit.span.field, credit.text) for credit in found]


def test_a_chain_goes_from_the_nearest_relay_to_the_origin_with_the_places_of_their_names():
    content = (
        "<p>Some may send engineers.</p><p><strong>Source:</strong> The Guardian, as reported by European Pravda</p>"
    )
    entry = entry_of("Some may send engineers – Former Harbour Master", content)

    text = plain_text(entry.content)
    via, origin = text.index("European Pravda"), text.index("The Guardian")
    assert entry.credits == (
        Credit(
            outlet="European Pravda",
            role=CreditRole.VIA,
            text="European Pravda",
            span=Span(field="body", start=via, end=via + 15),
        ),
        Credit(
            outlet="The Guardian",
            role=CreditRole.ORIGIN,
            text="The Guardian",
            span=Span(field="body", start=origin, end=origin + 12),
        ),
    )


def test_a_summary_is_read_where_there_is_no_more_and_a_title_beside_it():
    assert credited("", "Locks open – Bloomberg", "The locks are open, Reuters reports.") == [
        ("Reuters", "origin", "summary", "Reuters"),
        ("Bloomberg", "origin", "title", "Bloomberg"),
    ]


def test_an_outlet_is_credited_once():
    assert credited("<p>Reuters reports it. Reuters reports more.</p>", "Locks open – Reuters") == [
        ("Reuters", "origin", "body", "Reuters")
    ]


def test_an_outlet_that_names_itself_credits_nobody():
    assert entry_of("Locks open", "<p>The master told Ukrainska Pravda so.</p>").credits == ()
    assert credited("<p>The master told the BBC so.</p>", own=frozenset({"BBC"})) == []


def test_a_link_counts_where_no_words_do():
    link = (
        '<p>The <a href="https://www.theguardian.com/1">locks</a> are open, <a href="https://bbc.com/">so on</a>.</p>'
    )
    assert credited(link) == [("The Guardian", "origin", "body", "")]
    assert credited(link + "<p>Reuters reports it.</p>") == [("Reuters", "origin", "body", "Reuters")]
    assert credited(link, own=frozenset({"The Guardian"})) == [("BBC", "origin", "body", "")]


@pytest.mark.parametrize("host", ["twitter.com", "news.google.com", "www.yahoo.com", "harbour.example"])
def test_a_link_to_who_reports_nothing_counts_nothing(host):
    assert credited(f'<p>The <a href="https://{host}/1">locks</a> are open.</p>') == []


def test_an_outlet_that_the_config_adds_is_credited_by_its_names_and_by_its_links():
    registry = with_added((HARBOUR,))
    named = entry_of("Locks open", "<p>Про це повідомляє «Гавань».</p>", registry=registry)
    linked = entry_of("Locks open", '<p>See <a href="https://www.harbour.example/1">it</a>.</p>', registry=registry)

    assert [credit.outlet for credit in named.credits] == ["Harbour Post"]
    assert [credit.outlet for credit in linked.credits] == ["Harbour Post"]
    assert entry_of("Locks open", "<p>Про це повідомляє «Гавань».</p>").credits == ()


def test_what_the_config_adds_goes_before_what_ships():
    registry = with_added((Outlet(name="Our Guardian", hosts=("theguardian.com",), aliases=("The Guardian",)),))
    assert (registry.of_host("www.theguardian.com"), registry.of_name("the  guardian")) == ("Our Guardian",) * 2


def test_a_page_gives_its_credits_with_its_text():
    lead = "The old locks above Greymouth are open again."
    entry = entry_of("Locks open", f"<p>{lead}</p>")
    text = f"{lead} The boats from Alder passed in the morning, the harbour master told Reuters."
    page = Article(title="Locks open", text=text, content=f"<p>{text}</p>")

    completed = with_article(entry, page, source=SOURCE, now=NOW)

    assert [(credit.outlet, credit.span.start) for credit in completed.credits] == [("Reuters", text.index("Reuters"))]


def test_whose_an_entry_is_follows_from_addresses_and_names():
    registry = shipped()
    assert own_outlets(registry, addresses=("https://edition.cnn.com/1", "https://[", "")) == {"CNN"}
    assert own_outlets(registry, names=("The Guardian: Ukraine", "World | BBC News")) == {"The Guardian", "BBC"}
    assert own_outlets(registry, names=("Guardians of the harbour",)) == frozenset()


def test_an_outlet_without_a_name_goes_by_its_source():
    known = entry_of("Locks open", link="https://www.bbc.co.uk/news/1")
    unknown = entry_of("Locks open", link="https://harbour.example/1")
    assert (outlet_of(known, shipped()), outlet_of(unknown, shipped())) == ("BBC", "up")


# --- titles -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Storm warning | Ukrainska Pravda", "Storm warning"),
        ("Storm warning - Ukrainska Pravda", "Storm warning"),
        ("Штормове попередження — Українська правда", "Штормове попередження"),
        ("Storm warning | News | Ukrainska Pravda", "Storm warning | News"),
        ("Storm warning - Harbour news", "Storm warning"),
        (
            "Some may send troops – Former NATO Secretary General",
            "Some may send troops – Former NATO Secretary General",
        ),
        ("Storm warning – Bloomberg", "Storm warning – Bloomberg"),
        ("Ukrainska Pravda", "Ukrainska Pravda"),
        ("| Ukrainska Pravda", "| Ukrainska Pravda"),
        ("A letter to Ukrainska Pravda", "A letter to Ukrainska Pravda"),
    ],
)
def test_a_title_loses_the_name_of_its_own_site_and_nothing_else(written, kept):
    assert entry_of(written, "<p>Text</p>", feed_title="Harbour News").title == kept


def test_a_site_is_known_by_its_entries_addresses_too():
    anywhere = Source(id="agg", url="https://agg.example/feed")
    entry = entry_of("Storm warning - BBC News", source=anywhere, link="https://www.bbc.co.uk/news/1")
    assert entry.title == "Storm warning"
