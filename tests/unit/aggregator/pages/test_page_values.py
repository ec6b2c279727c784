"""What pages show, before anything is drawn: pieces of texts, edits, days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from aggregator.publishing.pages.passages import Marked, marked, pieces, where
from aggregator.publishing.pages.stories import MOST_EDITS, MOST_TELLINGS, Told, story_view
from aggregator.publishing.pages.topics import tally_of
from aggregator.publishing.pages.views import Piece
from feeds.model import Match, Placement, Revision, Span
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from feeds.topics import Candidate
from tests.fakes.page_views import SITE, a_topic
from tests.fakes.topic_feeds import NOON, a_feed, an_entry, published

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def written(some) -> str:
    """Pieces as text, what was found between [ ]."""
    return "".join(f"[{piece.text}]" if piece.found else piece.text for piece in some)


def found_by(line: str, entry) -> Marked:
    lines = {"any": (parse_query(line),)}
    return marked(entry, where(lines, line, entry, source=None, analyser=Analyser()))


def test_pieces_are_the_whole_text_whatever_the_spans():
    assert written(pieces("one two three", [(4, 7), (0, 3), (2, 6), (8, 99)])) == "[one two] [three]"
    assert pieces("", [(0, 5)]) == ()
    assert pieces("plain", []) == (Piece(text="plain"),)


def test_words_are_marked_where_the_line_met_them():
    entry = an_entry(title="Treaties and bridges", summary="A treaty, at last.", content="")
    shown = found_by("treaty", entry)
    assert (written(shown.title), written(shown.summary)) == ("[Treaties] and bridges", "A [treaty], at last.")
    assert shown.passage == ()


def test_a_word_far_down_the_text_is_shown_with_what_stands_around_it():
    far = "word " * 100 + "the treaty of the river " + "word " * 100
    shown = found_by("treaty", an_entry(summary="In short.", content=f"<p>{far}</p>"))
    assert written(shown.summary) == "In short."
    assert written(shown.passage).startswith("… word word")
    assert " the [treaty] of the river " in written(shown.passage)
    assert written(shown.passage).endswith("word …")
    assert len(written(shown.passage)) < 190
    assert written(found_by("treaty", an_entry(summary=far)).passage) == written(shown.passage)


def test_the_content_begins_the_entry_where_there_is_no_summary():
    shown = found_by("treaty", an_entry(summary="", content="<p>A <b>treaty</b>.</p><p>More.</p>"))
    assert written(shown.summary) == "A [treaty].\nMore."


def test_a_line_that_the_topic_no_longer_has_marks_nothing():
    entry = an_entry(title="A treaty")
    assert where({"any": ()}, "treaty", entry, source=None, analyser=Analyser()) == ()
    assert written(marked(entry, [Span(field="author", start=0, end=3)]).title) == "A treaty"


def candidate(number, **placed):
    entry = an_entry(number, published=NOON - number * DAY, first_seen=NOON)
    placement = Placement(entry=entry.id, **placed) if placed else None
    return Candidate(entry=entry, placement=placement, match=Match(line="x"))


def test_days_end_with_the_newest_entry_and_count_no_copy_and_nothing_held():
    some = [candidate(3), candidate(3), candidate(5), candidate(32), candidate(33)]
    some += [candidate(0, copy_of="river:3"), candidate(1, held="hidden")]
    tally = tally_of(some)
    assert tally.last == date(2026, 3, 11)
    assert tally.days == (1, *(0,) * 26, 1, 0, 2)


def test_an_entry_from_the_future_counts_for_the_day_on_which_it_was_seen():
    assert tally_of([candidate(-9)]).last == NOON.date()


def story_of(*entries, revisions=(), placements=()):
    told = Told(
        id="s",
        entries=entries,
        placements={placement.entry: placement for placement in placements},
        revisions={entry.id: revisions for entry in entries[:1]},
    )
    return story_view(told, topics=(), origins={}, site=SITE)


def a_state(number: int, text: str, title: str = "Headline 1") -> Revision:
    return Revision(
        entry="river:1", number=number, replaced=NOON + number * DAY, changes=(), title=title, summary="",
        content=text, url="",
    )  # fmt: skip


def test_a_story_is_named_by_its_first_telling_in_the_language_of_the_site():
    entries = [an_entry(3, language="uk"), an_entry(2, language="en"), an_entry(1, language="en")]
    assert story_of(*entries).title == "Headline 2"
    assert story_of(entries[0]).title == "Headline 3"


def test_of_a_long_text_only_the_words_around_a_change_are_shown():
    words = [f"w{number}" for number in range(60)]
    entry = an_entry(1, summary="", content=" ".join(words))
    old = " ".join([*words[:30], "old", *words[31:]])
    (telling,) = story_of(entry, revisions=(a_state(0, old),)).tellings
    assert [segment.text for segment in telling.edits[0].text] == [
        "… w22 w23 w24 w25 w26 w27 w28 w29",
        "old",
        "w30",
        "w31 w32 w33 w34 w35 w36 w37 w38 …",
    ]


def test_an_edit_that_changed_no_word_is_not_shown():
    entry = an_entry(1, title="Headline 1", summary="", content="<p>Same</p>")
    (telling,) = story_of(entry, revisions=(a_state(0, "<b>Same</b>"),)).tellings
    assert (telling.edits, telling.left_out) == ((), 0)


def test_many_edits_and_many_tellings_are_cut_and_counted():
    states = tuple(a_state(number, f"Text {number}") for number in range(MOST_EDITS + 3))
    entry = an_entry(1, summary="", content="Text at last")
    others = [an_entry(n, published=NOON + n * DAY, first_seen=NOON + n * DAY) for n in range(2, MOST_TELLINGS + 4)]
    view = story_of(entry, *others, revisions=states)
    assert (len(view.tellings), view.left_out) == (MOST_TELLINGS, 3)
    assert (len(view.tellings[0].edits), view.tellings[0].left_out) == (MOST_EDITS, 3)
    assert [edit.at for edit in view.tellings[0].edits] == [state.replaced for state in states[3:]]


def test_a_copy_whose_original_is_not_there_stands_for_itself():
    copy = an_entry(1)
    view = story_of(copy, placements=(Placement(entry=copy.id, copy_of="gone"),))
    assert [telling.id for telling in view.tellings] == [copy.id]


def test_no_telling_is_published_after_it_was_seen():
    (telling,) = story_of(replace(an_entry(1), published=NOON + DAY)).tellings
    assert telling.published == an_entry(1).first_seen


def test_a_topics_page_is_in_the_order_of_the_times_that_it_shows_and_the_feed_in_that_of_arrival():
    late, early, between = (
        an_entry(number, published=NOON - hours * HOUR) for number, hours in ((1, 9), (2, 3), (3, 5))
    )
    page = a_topic(a_feed(*map(published, (late, early, between))))
    assert [entry.id for story in page.stories for entry in story.entries] == ["river:2", "river:3", "river:1"]


def test_a_story_stands_where_its_newest_entry_does():
    old, newest, other = (an_entry(number, published=NOON - hours * HOUR) for number, hours in ((1, 9), (2, 3), (3, 5)))
    page = a_topic(a_feed(*map(published, (old, newest, other))), story="5t0ry")
    assert [[entry.id for entry in story.entries] for story in page.stories] == [["river:2", "river:1"], ["river:3"]]
