from dataclasses import replace

from feeds.dedupe.identity import Judged, judge
from feeds.model import (
    Enclosure,
    New,
    PublishedFrom,
    Revised,
    Revision,
    RevisionKind,
    Same,
)
from tests.fakes.seen_entries import HOUR, MONDAY, seen

LATER = MONDAY + HOUR


def verdicts(entries, known=()):
    return [one.verdict for one in judge(entries, known=list(known))]


def test_what_nobody_knows_is_new_and_stays_as_it_was_read():
    entry = seen("1", "https://daily.example/1")
    assert judge([entry], known=[]) == (Judged(entry=entry, verdict=New()),)


def test_what_is_as_it_was_is_the_same():
    known = seen("1", "https://daily.example/1")
    again = seen("1", "https://daily.example/1", at=LATER)
    assert judge([again], known=[known]) == (Judged(entry=known, verdict=Same()),)


def test_an_edit_keeps_the_id_and_the_old_state():
    known = seen("1", "https://daily.example/1", "River treaty signed", summary="By three states.")
    edited = seen("1", "https://daily.example/1", "River treaty signed at last", summary="By three states.", at=LATER)
    expected = replace(
        known,
        title="River treaty signed at last",
        fingerprint=edited.fingerprint,
        revision=1,
        revised=LATER,
        updated=LATER,
        last_update=LATER,
        last_material=LATER,
    )
    revision = Revision(
        entry=known.id,
        number=0,
        replaced=LATER,
        changes=("title",),
        kind=RevisionKind.MATERIAL,
        title="River treaty signed",
        summary="By three states.",
        content="",
        url="https://daily.example/1",
    )
    assert judge([edited], known=[known]) == (
        Judged(entry=expected, verdict=Revised(changes=("title",), kind=RevisionKind.MATERIAL), revision=revision),
    )


def test_a_second_edit_counts_on():
    known = seen("1", title="First", revision=3)
    (one,) = judge([seen("1", title="Second", at=LATER)], known=[known])
    assert (one.entry.revision, one.revision.number) == (4, 3)


def test_an_edit_takes_the_publishers_own_time_when_that_is_later():
    known = seen("1", title="First")
    edited = seen("1", title="Second", at=LATER, updated=MONDAY + HOUR / 2)
    (one,) = judge([edited], known=[known])
    assert (one.entry.updated, one.entry.revised) == (MONDAY + HOUR / 2, LATER)


def test_a_publication_date_that_moves_at_every_fetch_is_no_revision():
    known = seen("1", published=MONDAY - HOUR)
    (one,) = judge([seen("1", at=LATER, published=LATER)], known=[known])
    assert one == Judged(entry=known, verdict=Same())


def test_a_date_where_there_was_none_is_an_improvement():
    known = seen("1", published=None)
    dated = seen("1", at=LATER, published=MONDAY - 5 * HOUR, published_text="4 am")
    (one,) = judge([dated], known=[known])
    assert one.verdict == Revised(changes=("published",), kind=RevisionKind.SILENT)
    assert (one.entry.published, one.entry.published_from) == (MONDAY - 5 * HOUR, PublishedFrom.FEED)
    assert one.entry.published_text == "4 am"


def test_a_date_that_is_only_read_otherwise_by_now_is_no_revision():
    known = seen("1", published=None, published_text="6 June, 4 am")
    dated = seen("1", at=LATER, published=MONDAY - 5 * HOUR, published_text="6 June, 4 am")
    assert judge([dated], known=[known]) == (Judged(entry=known, verdict=Same()),)


def test_a_date_that_was_ahead_when_it_was_first_read_is_the_same_date_under_another_guid():
    known = seen("1", "https://daily.example/1", published=MONDAY, published_text="9:01")
    anew = seen("2", "https://daily.example/1", at=LATER, published=MONDAY + HOUR / 60, published_text="9:01")
    (one,) = judge([anew], known=[known])
    assert (one.entry.id, one.verdict) == (known.id, Same())


def test_a_date_that_is_gone_again_changes_nothing():
    known = seen("1", published=MONDAY - HOUR)
    assert judge([seen("1", at=LATER, published=None)], known=[known])[0].entry == known


def test_tracking_parameters_that_rotate_are_no_edit():
    known = seen("1", "https://daily.example/1?utm_id=1")
    (one,) = judge([seen("1", "https://daily.example/1?utm_id=2", at=LATER)], known=[known])
    assert one == Judged(entry=known, verdict=Same())


def test_another_picture_alone_is_no_edit():
    old, new = (Enclosure(url=f"https://daily.example/{n}.jpg", media_type="image/jpeg") for n in range(2))
    known = seen("1", enclosures=(old,))
    (one,) = judge([seen("1", enclosures=(new,), at=LATER)], known=[known])
    assert one == Judged(entry=known, verdict=Same())


def test_another_language_is_a_revision_as_topics_depend_on_it():
    known = seen("1", language="ru")
    assert verdicts([seen("1", language="uk", at=LATER)], [known]) == [
        Revised(changes=("language",), kind=RevisionKind.SILENT)
    ]


def test_another_sound_file_is_an_edit():
    old, new = (Enclosure(url=f"https://daily.example/{n}.mp3", media_type="audio/mpeg") for n in range(2))
    known = seen("1", enclosures=(old,))
    assert verdicts([seen("1", enclosures=(new,), at=LATER)], [known]) == [
        Revised(changes=("enclosures",), kind=RevisionKind.SILENT)
    ]


def test_a_new_address_under_the_same_guid_is_an_edit():
    known = seen("1", "https://daily.example/old")
    assert verdicts([seen("1", "https://daily.example/new", at=LATER)], [known]) == [
        Revised(changes=("url",), kind=RevisionKind.SILENT)
    ]


def test_a_guid_that_moved_to_https_keeps_the_id_and_is_remembered():
    known = seen("http://daily.example/?p=1", "http://daily.example/1", "First")
    moved = seen("https://daily.example/?p=1", "https://daily.example/1", "First, edited", at=LATER)
    (one,) = judge([moved], known=[known])
    assert one.verdict == Revised(changes=("title",), kind=RevisionKind.MATERIAL)
    assert (one.entry.id, one.entry.guid) == (known.id, "https://daily.example/?p=1")


def test_entries_that_merely_share_a_link_stay_apart():
    known = seen("1", "https://daily.example/live", "Morning")
    entries = [
        seen("2", "https://daily.example/live", "Noon", at=LATER, published=MONDAY),
        seen("3", "https://daily.example/live", "Evening", at=LATER, published=LATER),
    ]
    assert verdicts(entries, [known]) == [New(), New()]
    assert verdicts(entries[:1], [known]) == [New()]
    assert len({one.entry.id for one in judge(entries, known=[known])} | {known.id}) == 3


def test_a_daily_notice_in_the_same_words_is_news_every_day():
    known = seen("1", "https://daily.example", "No alarms tonight", published=MONDAY - 24 * HOUR)
    assert verdicts([seen("2", "https://daily.example", "No alarms tonight", at=LATER)], [known]) == [New()]


def test_an_entry_without_guid_is_known_by_its_address():
    known = seen("", "https://daily.example/1", "First")
    edited = Revised(changes=("title",), kind=RevisionKind.MATERIAL)
    assert verdicts([seen("", "http://daily.example/1/", "Second", at=LATER)], [known]) == [edited]


def test_an_entry_with_nothing_but_words_is_known_by_them():
    known = seen(title="Only words")
    judged = judge([seen(title="Only words", at=LATER), seen(title="Other words", at=LATER)], known=[known])
    assert [one.verdict for one in judged] == [Same(), New()]


def test_guids_that_a_source_begins_to_give_change_nothing():
    known = seen("", "https://daily.example/1")
    (one,) = judge([seen("1", "https://daily.example/1", at=LATER)], known=[known])
    assert one == Judged(entry=replace(known, guid="1"), verdict=Same())


def test_the_same_article_twice_in_a_document_counts_once():
    entry = seen("1", "https://daily.example/1", categories=("Politics",))
    judged = judge([entry, replace(entry, categories=("World",))], known=[])
    assert judged == (Judged(entry=entry, verdict=New()), Judged(entry=entry, verdict=Same()))


def test_a_known_entry_keeps_its_place_when_it_moves_to_a_known_address():
    other = seen("1", "https://daily.example/1", source="daily")
    known = seen("a", "https://digest.example/1", source="digest")
    moved = seen("a", "https://daily.example/1", source="digest", at=LATER)
    (one,) = judge([moved], known=[other, known])
    assert (one.verdict, one.placement) == (Revised(changes=("url",), kind=RevisionKind.SILENT), None)


def test_two_guids_for_the_same_words_at_one_address_are_two_entries():
    first, second = seen("1", "https://daily.example/1"), seen("1-amp", "https://daily.example/1")
    judged = judge([first, second], known=[])
    assert [one.verdict for one in judged] == [New(), New()]
    again = judge([first, second], known=[one.entry for one in judged])
    assert [one.verdict for one in again] == [Same(), Same()]


def test_what_the_document_no_longer_lists_is_left_alone():
    known = seen("1", "https://daily.example/1")
    assert judge([], known=[known]) == ()


def test_an_entry_that_takes_back_a_guid_given_up_by_another_overwrites_nothing():
    """The known entry was named by guid 1 and goes by guid 2 since; now both are in the document."""
    born = seen("http://daily.example/1", "https://daily.example/1", "First")
    known = replace(born, guid="https://daily.example/1")
    document = [
        seen("https://daily.example/1", "https://daily.example/1", "First", at=LATER),
        seen("http://daily.example/1", "https://daily.example/other", "Another", at=LATER),
    ]
    judged = judge(document, known=[known])
    assert [one.verdict for one in judged] == [Same(), New()]
    assert judged[0].entry.id == known.id != judged[1].entry.id
