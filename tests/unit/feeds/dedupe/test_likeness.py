from datetime import timedelta

import pytest

from feeds.dedupe.likeness import Sketched, compare
from feeds.dedupe.shingles import read_text_sketch
from feeds.model import Join, Relation
from tests.fakes.remembered_facts import prose
from tests.fakes.seen_entries import HOUR, MONDAY, seen

DAY = 24 * HOUR


def sketched(source, summary, title="River treaty signed", *, at=MONDAY, host="", boilerplate=(), language="en"):
    entry = seen(
        source,
        f"https://{host or source}.example/{source}/{len(summary)}",
        title,
        source=source,
        summary=summary,
        at=at,
        published=at,
        language=language,
    )
    return Sketched(entry=entry, text=read_text_sketch(entry.sketch), boilerplate=frozenset(boilerplate))


def verdict(one, other):
    """True, or why not; the same from both sides."""
    first, second = compare(one, other), compare(other, one)
    assert isinstance(first, Join) == isinstance(second, Join)
    return isinstance(first, Join) or first


WHOLE = sketched("gazette", prose(0, 300))


def test_a_copy_is_told_with_score_and_evidence():
    copy = sketched("herald", f"HARBOUR, March 2 (Gazette) {prose(0, 300)}")
    assert compare(WHOLE, copy) == Join(
        relation=Relation.COPY,
        other=copy.entry.id,
        score=0.998,
        evidence="100% of 296 word sequences of the shorter text stand in the other",
        rule="copies/1",
    )


@pytest.mark.parametrize(
    "edited",
    [
        prose(0, 210),
        prose(0, 120),
        prose(0, 40),
        f"{prose(0, 300)} {prose(5_000, 5_180)}",
        " ".join(prose(start, start + 20) for start in (280, 100, 20, 200, 140, 60, 0, 40, 240, 180, 260, 120)),
        " ".join(word if place % 20 else f"other{place}" for place, word in enumerate(prose(0, 300).split())),
    ],
    ids=["cut to 70 %", "cut to 40 %", "lead", "foreign text appended", "shuffled", "5 % changed"],
)
def test_an_edited_copy_stays_a_copy_under_another_headline(edited):
    assert verdict(WHOLE, sketched("herald", edited, "Neighbours agree on the river")) is True


def test_texts_that_share_a_quotation_are_no_copies():
    assert verdict(WHOLE, sketched("herald", prose(0, 30) + " " + prose(1_000, 1_200))) == (
        "13% of 226 word sequences of the shorter text stand in the other, of 60% needed"
    )


def test_a_summary_built_around_a_quotation_is_no_copy():
    answer = verdict(WHOLE, sketched("herald", prose(20, 45) + " " + prose(1_000, 1_012)))
    assert answer.endswith("of 70% needed")


def test_equal_titles_alone_prove_nothing():
    other = sketched("herald", prose(1_000, 1_300))
    assert verdict(WHOLE, other).startswith("0% of 296")
    assert verdict(sketched("gazette", ""), sketched("herald", "")) == (
        "the text of one has only 0 words, and titles alone prove nothing"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Operational report, day 469", "Operational report, day 470"),
        ("Third council of the year", "Fourth council of the year"),
        ("Meeting on June 7", "Meeting on June 8"),
        ("Збори у понеділок", "Збори у вівторок"),
        ("Pożar: pięć osób rannych", "Pożar: sześć osób rannych"),
    ],
)
def test_titles_that_differ_in_a_number_a_date_or_an_ordinal_never_make_copies(one, other):
    text = prose(0, 200)
    assert verdict(sketched("gazette", text, one), sketched("herald", text, other)) == (
        "numbers, dates or ordinals in their titles differ"
    )


def test_a_number_that_only_one_title_has_may_stand_in_the_other_ones_text():
    text = f"{prose(0, 100)} three boats {prose(100, 200)}"
    assert verdict(sketched("gazette", text, "3 boats lost"), sketched("herald", text, "Boats lost at sea")) is True


def test_reports_that_differ_in_their_numbers_only_are_no_copies():
    one, other = (
        f"On day {day} of the count {prose(0, 100)} lost about {many} boats {prose(100, 200)}"
        for day, many in ((469, 870), (470, "1,020"))
    )
    assert verdict(sketched("gazette", one), sketched("herald", other)) == (
        "numbers, dates or ordinals in their texts differ between the same words"
    )


def test_a_cut_text_lacks_numbers_but_has_no_others():
    text = " ".join(f"{prose(start, start + 20)} {start}" for start in range(0, 200, 20))
    assert verdict(sketched("gazette", text), sketched("herald", " ".join(text.split()[:90]))) is True


def test_languages_compare_by_primary_subtag_and_unknown_is_not_another_one():
    text = prose(0, 100)
    british, american = sketched("gazette", text, language="en-gb"), sketched("herald", text, language="en-us")
    assert verdict(british, american) is True
    assert verdict(british, sketched("third", text, language="")) is True
    assert verdict(british, sketched("fourth", text, language="uk")) == "their languages differ: en and uk"


def test_six_days_are_the_window_so_that_a_weekly_column_is_no_copy_of_itself():
    assert verdict(WHOLE, sketched("herald", prose(0, 300), at=MONDAY + 6 * DAY)) is True
    late = sketched("herald", prose(0, 300), at=MONDAY + 6 * DAY + timedelta(hours=12))
    assert verdict(WHOLE, late) == "they are 6.5 days apart, more than 6 days"


def test_inside_one_source_equal_text_is_no_copy():
    assert verdict(WHOLE, sketched("gazette", prose(0, 300))) == (
        "they are of one source, where equal text is often meant"
    )


def test_at_one_host_the_titles_must_be_equal():
    text = prose(0, 100)
    one = sketched("gazette", text, "Episode of the harbour", host="host")
    assert verdict(one, sketched("gazette-all", text, "Episode of the harbour", host="host")) is True
    assert verdict(one, sketched("gazette-all", text, "Episode of the river", host="host")) == (
        "different titles at one host, host.example"
    )


def test_short_texts_are_copies_with_equal_words_at_another_host_within_a_day():
    one = sketched("gazette", prose(0, 29))
    assert verdict(one, sketched("herald", prose(0, 29).upper(), at=MONDAY + DAY)) is True
    assert "more than 24 hours" in verdict(one, sketched("herald", prose(0, 29), at=MONDAY + DAY + HOUR))
    assert "at one host" in verdict(one, sketched("herald", prose(0, 29), host="gazette"))
    assert "their words differ" in verdict(one, sketched("herald", prose(0, 29), "Another title"))
    assert "their words differ" in verdict(one, sketched("herald", prose(0, 300)))


def test_what_a_host_repeats_counts_neither_for_nor_against():
    tail = prose(9_000, 9_040)
    one, other = f"{prose(0, 30)} {tail}", f"{prose(100, 130)} {tail}"
    repeated = read_text_sketch(seen(summary=tail).sketch).head
    assert verdict(sketched("gazette", one), sketched("herald", other)) != (
        verdict(sketched("gazette", one, boilerplate=repeated), sketched("herald", other))
    )
    mine = sketched("gazette", f"{prose(0, 60)} {tail}", boilerplate=repeated)
    assert compare(mine, sketched("herald", prose(0, 60))).score == 1.0
    only = sketched("gazette", tail, boilerplate=repeated)
    assert verdict(only, sketched("herald", tail)) == "besides what its site repeats, one has only 0 word sequences"
