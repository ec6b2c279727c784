"""How much an edit means."""

import pytest

from feeds.dedupe.revisions import revise
from feeds.model import Enclosure, RevisionKind
from tests.fakes.seen_entries import HOUR, MONDAY, seen

SILENT, UPDATE, MATERIAL = RevisionKind.SILENT, RevisionKind.UPDATE, RevisionKind.MATERIAL
BODY = (
    "The two river states signed the treaty on Monday after nine years of talks. It sets how much water each side may"
    " take in a dry summer, and who pays for the dams upstream. Fishermen on both banks had asked for more."
)


def of_title(old: str, new: str) -> RevisionKind:
    return revise(seen("1", title=old), seen("1", title=new))[1].kind


def of_text(old: str, new: str) -> RevisionKind:
    return revise(seen("1", summary=old), seen("1", summary=new))[1].kind


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("River treaty singed at last", "River treaty signed at last"),
        ("River treaty 'signed'", "River treaty “Signed”"),
        ("River treaty signed", "Live: River treaty signed"),
        ("Harbour: River treaty signed", "River treaty signed"),
        ("Treaty signed in the harbour town", "Treaty signed at the harbour town"),
        ("Treaty signed (12 comments)", "Treaty signed (130 comments)"),
        ("Treaty signed – Updated Jul 24", "Treaty signed – Updated Jul 25, 10:30"),
        ("Угоду підписано (оновлено о 10:30)", "Угоду підписано (оновлено о 11:45)"),
    ],
)
def test_spelling_labels_and_counters_of_a_headline_are_silent(old, new):
    assert of_title(old, new) is SILENT


def test_a_word_more_in_a_headline_is_an_update():
    assert (
        of_title("Two river states sign the treaty in Lund", "Two river states sign the water treaty in Lund") is UPDATE
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Three dead after the ferry sank off Lund", "Four dead after the ferry sank off Lund"),
        ("Ferry sinks with 130 people on board near Lund", "Ferry sinks with 137 people on board near Lund"),
        ("Mayor will resign after the ferry sank", "Mayor will not resign after the ferry sank"),
        ("Міністр піде у відставку після аварії", "Міністр не піде у відставку після аварії"),
        ("Ferry likely to sail again on Friday", "Ferry unlikely to sail again on Friday"),
        ("Storm warning for the coast", "Thousands without power as storm hits the coast"),
    ],
)
def test_a_headline_that_says_something_else_is_material(old, new):
    assert of_title(old, new) is MATERIAL


@pytest.mark.parametrize(
    "new",
    [
        BODY.replace("Fishermen", "Fishermens"),
        BODY.replace(". It", "; it"),
        "Updated: 3 March 2026, 11:20\n" + BODY,
        BODY + "\n12 comments",
    ],
)
def test_a_typo_or_a_counter_in_a_text_is_silent(new):
    assert of_text(BODY, new) is SILENT


def test_a_text_that_grew_is_an_update():
    assert of_text(BODY, BODY + " The treaty must still pass both parliaments, which meet after Easter.") is UPDATE


@pytest.mark.parametrize(
    "new",
    [
        BODY.replace("nine", "seven"),
        BODY.replace("on Monday", "on Friday"),
        BODY.replace("had asked", "had never asked"),
        "Parliament in Lund threw out a deal that its own ministers had just put their names to. " + BODY,
    ],
)
def test_other_numbers_days_negations_and_a_new_lead_are_material(new):
    assert of_text(BODY, new) is MATERIAL


def test_another_name_in_a_text_is_material():
    old = "The talks were led by the minister for water, Ann Quill, from the first day to the last."
    assert of_text(old, old.replace("Ann Quill", "Bo Ström")) is MATERIAL


def test_what_stands_where_a_text_was_cut_off_has_only_moved():
    old = BODY[:120] + " and who pays ..."
    assert of_text(old, "Update. " + BODY[:120] + " and ...") is UPDATE
    assert of_text(old, BODY[:120] + " and ...") is SILENT


@pytest.mark.parametrize(
    "facts",
    [
        {"authors": ("Ann Quill",)},
        {"categories": ("Rivers",)},
        {"language": "uk"},
        {"enclosures": (Enclosure(url="https://daily.example/a.mp3", media_type="audio/mpeg"),)},
    ],
)
def test_what_touches_no_word_is_silent(facts):
    assert revise(seen("1"), seen("1", **facts))[1].kind is SILENT


def test_an_entry_knows_when_it_was_last_edited_in_each_way():
    entry = first = seen("1", summary=BODY)
    dozen = BODY.replace("nine", "twelve")
    for n, text in enumerate([dozen, dozen + " More was said later.", dozen + " More was said later!"], 1):
        entry, _ = revise(entry, seen("1", summary=text, at=MONDAY + n * HOUR))
    moments = [entry.edited(kind) for kind in (MATERIAL, UPDATE, SILENT)]
    assert moments == [MONDAY + HOUR, MONDAY + 2 * HOUR, MONDAY + 3 * HOUR]
    assert entry.updated == MONDAY + HOUR
    assert [first.edited(kind) for kind in RevisionKind] == [None] * 3
