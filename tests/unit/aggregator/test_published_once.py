"""Nothing is published twice, whatever a source does to the names of its entries."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.model import Identity, PublishedFrom, Source
from storage.tinydb_store import open_store
from tests.fakes.following import DAY, HARBOUR, HOUR, MONDAY, Following, Item, moved

NOUNS = "ferry bridge mayor school storm market harbour council river tram lighthouse museum".split()  # noqa: SIM905


def articles(count: int) -> list[Item]:
    """Newest first, an hour and some minutes apart."""
    return [
        Item(
            guid=f"post-{n}",
            title=f"The {NOUNS[n % 12]} and the {NOUNS[n // 12 % 12]}, part {n}",
            text=f"What the {NOUNS[n % 12]} did to the {NOUNS[n // 12 % 12]} on day {n} is told in this report.",
            at=MONDAY - n * HOUR * 1.1,
        )
        for n in range(count)
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"guid": "node/{n}"},
        {"guid": "node/{n}", "url": "https://www.new-harbour.example/articles/{n}.html"},
        {"guid": "node/{n}", "url": "https://harbour.example/?p={n}", "text": "A teaser."},
    ],
    ids=["guids", "guids and addresses", "guids, addresses and texts"],
)
@pytest.mark.parametrize("aged_out", [False, True], ids=["kept", "aged out"])
def test_a_redesign_publishes_nothing_twice(changes, aged_out):
    following, before = Following(), articles(30)
    following.take(before, MONDAY)
    if aged_out:
        following.let_all_go(MONDAY + HOUR)
    was = dict(following.published)
    after = [Item(guid="node/new", title="Fog closes the port", at=MONDAY + 30 * HOUR), *moved(before, **changes)]
    kept = following.take(after, MONDAY + 40 * HOUR)
    assert (kept.new, kept.held) == (1, 0)
    assert len(following.published) == len(was) + 1
    assert following.take(after, MONDAY + 41 * HOUR).new == 0
    assert len(following.published) == len(was) + 1


@pytest.mark.in_files  # and there is a snapshot
def test_a_redesign_while_the_daemon_was_down_publishes_nothing_twice(tmp_path):
    with open_store(tmp_path, writable=True) as store:
        Following(store=store).take(articles(30), MONDAY)
        store.keep_snapshot(worth=0)
    with open_store(tmp_path, writable=True) as store:
        kept = Following(store=store).take(
            moved(articles(30), guid="n/{n}", url="https://new.example/{n}"), MONDAY + DAY
        )
        assert (kept.new, kept.held, kept.revised, store.counts().entries) == (0, 0, 30, 30)


def test_what_a_redesign_digs_up_is_kept_and_not_published():
    following, before = Following(), articles(40)
    following.take(before[:20], MONDAY)
    kept = following.take(moved(before, guid="node/{n}", url="https://new.example/{n}"), MONDAY + HOUR)
    assert (kept.held, kept.new, len(following.published)) == (20, 0, 20)
    assert following.store.counts().entries == 40


@pytest.mark.heavy
@pytest.mark.parametrize("aged_out", [False, True], ids=["kept", "aged out"])
def test_a_source_that_sends_700_old_entries_again_publishes_none_of_them_twice(aged_out):
    following, archive = Following(), articles(700)
    for end in range(700, 0, -50):
        following.take(archive[end - 50 : end], MONDAY)
    assert len(following.published) == 700
    if aged_out:
        following.let_all_go(MONDAY + DAY)
    kept = following.take(archive, MONDAY + 2 * DAY)
    assert (kept.new, kept.held, kept.same, len(following.published)) == (0, 0, 700, 700)
    kept = following.take(moved(archive, guid="tag:{n}", url="https://harbour.example/a/{n}"), MONDAY + 3 * DAY)
    assert (kept.new, kept.held, len(following.published)) == (0, 0, 700)


@pytest.mark.parametrize("url", ["", "https://harbour.example/story/{n}"], ids=["slug in the address", "fixed address"])
def test_headlines_that_change_their_slugs_with_them_are_edits(url):
    def listed(suffix: str) -> list[Item]:
        return [
            replace(item, guid=slug(item.title + suffix), title=item.title + suffix, url=url.format(n=n))
            for n, item in enumerate(articles(12))
        ]

    following = Following()
    following.take(listed(""), MONDAY)
    for hour, suffix in enumerate([", corrected", ", police say", " – as it happened"], 1):
        document = [*listed(suffix)[:hour], *listed("")[hour:]]
        assert following.take(document, MONDAY + hour * HOUR).new == 0
    assert len(following.published) == 12
    assert sorted(len(titles) for titles in following.published.values()) == [1] * 9 + [2, 3, 4]


def slug(title: str) -> str:
    return "-".join(title.lower().replace(",", "").replace("–", "").split())


def test_one_guid_for_all_swallows_nothing_and_repeats_nothing():
    following, listed = Following(), moved(articles(30), guid="the-feed", url="https://harbour.example/story/{n}")
    for newest in range(20, -1, -5):
        following.take(listed[newest : newest + 10], MONDAY + (20 - newest) * HOUR)
    assert len(following.published) == 30


def test_guids_that_are_drawn_anew_at_every_fetch_repeat_nothing_where_the_config_says_so():
    source, following = replace(HARBOUR, identity=Identity.URL), Following()
    for n in range(5):
        following.take(moved(articles(10), guid=f"{n}-{{n}}", url="https://harbour.example/{n}"), MONDAY, source=source)
    assert len(following.published) == 10


@pytest.mark.parametrize("suffix", ["atom", "rss", "json"])
@pytest.mark.parametrize("aged_out", [False, True], ids=["kept", "aged out"])
def test_our_own_feed_as_a_source_adds_nothing(suffix, aged_out):
    following = Following()
    following.take(articles(20), MONDAY)
    before = following.feed(MONDAY + HOUR)
    own = Source(id="own", url="https://elsewhere.example/copy", rank=9)
    body = following.documents(MONDAY)[suffix]
    if aged_out:
        following.let_all_go(MONDAY + HOUR)
    kept = following.read(body, MONDAY + HOUR, source=own)
    assert (kept.new, kept.copies, kept.same, kept.changed) == (0, 0, 20, ())
    assert following.feed(MONDAY + HOUR).entries == (() if aged_out else before.entries)
    assert len(following.published) == 20


def test_the_feed_of_another_topicwire_is_a_source_like_any_other():
    theirs = Following()
    theirs.take(articles(3), MONDAY)
    body = theirs.documents(MONDAY)["atom"]
    ours = Following()
    assert ours.read(body, MONDAY, source=Source(id="theirs", url="https://theirs.example/feed")).new == 3
    assert {entry.published_from for entry in ours.store.entries()} == {PublishedFrom.FEED}
