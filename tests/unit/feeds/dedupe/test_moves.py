"""Sources whose guids prove worthless, and sources that give all their entries new names."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.dedupe.fingerprint import fingerprint
from feeds.dedupe.identity import judge
from feeds.dedupe.moves import REASON
from feeds.dedupe.remains import remains
from feeds.model import Held, Identity, New, Placement, PublishedFrom, Revised, RevisionKind, Same
from tests.fakes.seen_entries import HOUR, MONDAY, seen

LATER = MONDAY + HOUR
DAY = timedelta(days=1)
BODY = "The ferry to Lund stays in the harbour until the storm has passed, the port authority said on Monday morning."


def again(entries, known, **rest):
    """(id, verdict) of each, with nothing else placed."""
    judged = judge(entries, known=list(known), **rest)
    return [(one.entry.id, one.verdict) for one in judged]


def old_site(count: int = 6):
    return [
        seen(f"{n}", f"https://daily.example/{n}", f"Number {n} of the news", published=MONDAY - n * HOUR)
        for n in range(1, count + 1)
    ]


def new_site(count: int = 6, **facts):
    return [
        seen(
            f"node-{n}",
            f"https://new.daily.example/articles/{n}",
            f"Number {n} of the news",
            **({"at": LATER, "published": MONDAY - n * HOUR} | facts),
        )
        for n in range(1, count + 1)
    ]


def test_guids_that_a_redesign_mints_anew_keep_the_ids():
    known = [seen(str(n), f"https://daily.example/{n}", f"Title {n}") for n in range(3)]
    anew = [seen(f"node-{n}", f"https://daily.example/{n}", f"Title {n}", at=LATER) for n in range(3)]
    judged = judge(anew, known=known)
    assert [(one.entry.id, one.verdict) for one in judged] == [(entry.id, Same()) for entry in known]


def test_one_guid_for_all_swallows_nothing_from_one_fetch_to_the_next():
    first = judge([seen("feed", f"https://daily.example/{n}", f"Title {n}") for n in range(2)], known=[])
    known = [one.entry for one in first]
    second = judge([seen("feed", "https://daily.example/2", "Title 2", at=LATER)], known=known)
    known += [one.entry for one in second]
    third = judge([seen("feed", "https://daily.example/3", "Title 3", at=LATER)], known=known)
    assert [one.verdict for one in (*first, *second, *third)] == [New()] * 4
    assert len({one.entry.id for one in (*first, *second, *third)}) == 4


def test_an_entry_whose_guid_turns_out_to_be_everybodys_keeps_its_id():
    known = seen("feed", "https://daily.example/1", "Title 1")
    document = [known, seen("feed", "https://daily.example/2", "Title 2", at=LATER)]
    judged = judge(document, known=[known])
    assert [one.verdict for one in judged] == [Same(), New()]
    assert judged[0].entry.id == known.id


MOVED = Revised(changes=("url",), kind=RevisionKind.SILENT)


def test_a_redesign_with_new_guids_and_new_addresses_is_the_same_entries():
    known = old_site()
    assert again(new_site(), known) == [(entry.id, MOVED) for entry in known]


def test_a_redesign_pairs_with_what_is_left_of_entries_that_aged_out():
    left = [remains(entry, now=MONDAY) for entry in old_site()]
    assert [entry_id for entry_id, _ in again(new_site(), left)] == [entry.id for entry in left]


def test_a_redesign_that_takes_its_own_day_for_the_date_of_everything_is_recognised_by_the_words():
    known = [replace(entry, published=entry.published - n * DAY) for n, entry in enumerate(old_site())]
    assert [i for i, _ in again(new_site(published=LATER), known)] == [entry.id for entry in known]


def test_a_redesign_that_shifts_its_dates_by_hours_and_cuts_its_texts_is_recognised_by_the_headlines():
    known = [replace(entry, summary=BODY) for entry in old_site()]
    moved = [
        replace(entry, summary=BODY[:20], published=entry.published + 3 * HOUR, published_text="shifted")
        for entry in new_site()
    ]
    assert [i for i, _ in again(moved, known)] == [entry.id for entry in known]


def test_what_does_not_pair_in_a_redesign_is_held_unless_it_is_plainly_news():
    news = seen("node-99", "https://new.daily.example/articles/99", "Storm warning", at=LATER, published=MONDAY)
    old = seen("node-50", "https://new.daily.example/articles/50", "Old tale", at=LATER, published=MONDAY - 9 * HOUR)
    judged = judge([news, *new_site(), old], known=old_site())
    assert [judged[0].verdict, judged[-1].verdict] == [New(), Held(reason=REASON)]
    assert judged[-1].placement == Placement(entry=judged[-1].entry.id, held=REASON)


def test_without_dates_news_stands_before_everything_that_is_known():
    known = [
        replace(entry, published_from=PublishedFrom.FIRST_SEEN, title=f"{entry.title}. {BODY}") for entry in old_site()
    ]
    known = [replace(entry, fingerprint=fingerprint(entry.title, "")) for entry in known]
    moved = [
        seen(f"node-{n}", f"https://new.daily.example/{n}", entry.title, at=LATER, published=None)
        for n, entry in enumerate(known)
    ]
    news, old = (seen(f"node-{n}", "", title, at=LATER, published=None) for n, title in ((98, "Storm"), (99, "Tale")))
    judged = judge([news, *moved, old], known=known)
    assert [one.entry.id for one in judged[1:-1]] == [entry.id for entry in known]
    assert [judged[0].verdict, judged[-1].verdict] == [New(), Held(reason=REASON)]


def test_a_document_in_which_most_entries_keep_their_names_is_no_redesign():
    known = old_site(9)
    old = seen("x", "https://daily.example/x", "Found late", at=LATER, published=MONDAY - 20 * HOUR)
    assert again([*known[:6], *new_site(9)[6:], old], known)[-1][1] == New()
    marks = [f"mark{n}" for n in range(6)]
    assert again([*new_site(9)[6:], old], known, unread=marks)[-1][1] == New()


def test_the_same_notice_every_day_makes_no_redesign():
    def notice(n):
        day = MONDAY + timedelta(days=n)
        return seen(f"{n}", f"https://daily.example/{n}", "No alarms tonight", at=day, published=day)

    assert [verdict for _, verdict in again([notice(n) for n in range(7, 14)], [notice(n) for n in range(7)])] == [
        New()
    ] * 7


@pytest.mark.parametrize("dated", [True, False])
def test_headlines_that_come_back_every_day_make_no_redesign(dated):
    def forecasts(day):
        at = MONDAY + day * DAY
        return [
            seen(
                f"{day}{n}",
                f"https://daily.example/{day}/{n}",
                f"Weather in {n}",
                at=at,
                published=at if dated else None,
            )
            for n in ("Lund", "Malmö", "Ystad", "Visby")
        ]

    assert [verdict for _, verdict in again(forecasts(1), forecasts(0))] == [New()] * 4


def test_a_single_entry_that_moves_with_its_date_and_headline_is_known():
    known = seen("1", "https://daily.example/old-path/1", "Ferry stays in harbour", summary=BODY)
    moved = seen("x1", "https://daily.example/new-path/1", "Ferry stays in harbour", summary=BODY, at=LATER)
    assert again([moved], [known]) == [(known.id, MOVED)]


def test_two_articles_of_one_moment_stay_two():
    known = seen("1", "https://daily.example/1", "Ferry stays in harbour", summary=BODY)
    other = seen("2", "https://daily.example/2", "Bridge reopens", summary="Cars may cross from six.", at=LATER)
    assert again([other], [known]) == [(other.id, New())]


def slugged(slug: str, title: str, *, at=MONDAY, published=MONDAY - HOUR, path: str = ""):
    return seen(slug, f"https://daily.example/{path or slug}", title, at=at, published=published)


FIRST, EDITED = "Ferry stays in harbour", "Ferry stays in harbour as storm nears"


def test_a_guid_that_follows_the_headline_is_no_identity_at_one_address():
    known = slugged("ferry-stays-in-harbour", FIRST, path="7")
    edited = slugged("ferry-stays-in-harbour-as-storm-nears", EDITED, path="7", at=LATER, published=MONDAY)
    assert again([edited], [known])[0][0] == known.id


def test_a_guid_and_an_address_that_follow_the_headline_are_known_by_the_date():
    known = slugged("ferry-stays-in-harbour", FIRST)
    edited = slugged("ferry-stays-in-harbour-as-storm-nears", EDITED, at=LATER)
    assert again([edited], [known])[0][0] == known.id


def test_an_edited_headline_over_the_same_text_at_one_address_is_an_edit_whatever_guid_and_date():
    known = seen("паром-стоїть", "https://daily.example/7", "Паром стоїть у порту", summary=BODY)
    edited = seen(
        "буря", "https://daily.example/7", "Через бурю пором не вийде", summary=BODY, at=LATER, published=MONDAY
    )
    assert again([edited], [known])[0][0] == known.id


def test_a_column_with_a_standing_summary_at_a_standing_address_is_new_every_day():
    known = seen("1", "https://daily.example/briefing", "Fog and ferries", summary=BODY)
    next_one = seen(
        "2", "https://daily.example/briefing", "Bridges", summary=BODY, at=MONDAY + DAY, published=MONDAY + DAY
    )
    assert again([next_one], [known]) == [(next_one.id, New())]


def test_an_address_that_follows_the_headline_under_one_guid_is_an_edit():
    known = seen("1", "https://daily.example/ferry-stays", FIRST)
    edited = seen("1", "https://daily.example/ferry-stays-as-storm-nears", EDITED, at=LATER)
    assert again([edited], [known])[0][0] == known.id


def test_a_guid_that_only_numbers_places_in_the_feed_swallows_nothing():
    known = [
        seen(f"{n}", f"https://daily.example/a{n}", title, published=MONDAY - n * HOUR)
        for n, title in ((1, "Bridge reopens"), (2, "Mayor resigns"))
    ]
    document = [
        seen("1", "https://daily.example/a9", "Ferry stays put", at=LATER, published=MONDAY),
        seen("2", "https://daily.example/a1", "Bridge reopens", at=LATER, published=MONDAY - HOUR),
    ]
    judged = again(document, known)
    assert judged[0][1] == New()
    assert judged[1][0] == known[0].id
    assert judged[0][0] not in {entry.id for entry in known}


def test_a_source_may_be_known_by_guid_alone():
    known = seen("1", "https://daily.example/1", FIRST)
    other = seen("2", "https://daily.example/1", FIRST, at=LATER)
    moved = seen("1", "https://daily.example/9", "Mayor resigns", at=LATER, published=MONDAY)
    assert [i == known.id for i, _ in again([other], [known], identity=Identity.GUID)] == [False]
    assert [i == known.id for i, _ in again([moved], [known], identity=Identity.GUID)] == [True]


def test_a_source_may_be_known_by_address_alone():
    known = seen("1", "https://daily.example/1", FIRST)
    renamed = seen("2", "https://daily.example/1", "Mayor resigns", at=LATER, published=MONDAY)
    elsewhere = seen("1", "https://daily.example/9", FIRST, at=LATER, published=MONDAY)
    judged = again([renamed, elsewhere], [known], identity=Identity.URL)
    assert [i == known.id for i, _ in judged] == [True, False]


def test_a_source_may_be_known_by_words_and_date_alone():
    known = [seen("1", "https://daily.example/1", FIRST), seen("2", "https://daily.example/2", "Mayor resigns")]
    document = [
        seen("2", "https://daily.example/2", FIRST, at=LATER),
        seen("1", "https://daily.example/1", "Mayor resigns", at=LATER),
        seen("3", "https://daily.example/2", "Bridge reopens", at=LATER),
    ]
    judged = again(document, known, identity=Identity.TEXT)
    assert [i for i, _ in judged[:2]] == [entry.id for entry in known]
    assert judged[2][1] == New()
    assert again(document[:1], known, identity=Identity.TEXT) == [
        (known[0].id, Revised(changes=("url",), kind=RevisionKind.SILENT))
    ]
    assert again([known[0]], known, identity=Identity.TEXT) == [(known[0].id, Same())]


def test_an_entry_without_guid_and_address_that_was_paired_by_its_date_is_the_same_when_it_is_read_again():
    def told(guid, url, at, summary="", published=None):
        return seen(guid, url, "Morning", summary=summary, published=published, at=at)

    before = [told("", "", MONDAY, published=MONDAY - HOUR)]
    before += [told("", f"https://a.example/{path}", MONDAY) for path in ("", "1")]
    after = [told("", "", LATER, summary="Short.", published=MONDAY - 2 * HOUR)]
    after += [told("1", f"https://a.example/{path}", LATER) for path in ("", "1")]
    known = {one.entry.id: one.entry for one in judge(before, known=[])}
    known |= {one.entry.id: one.entry for one in judge(after, known=list(known.values()))}
    again = judge(after, known=list(known.values()))
    assert [one.verdict for one in again] == [Same()] * 3
