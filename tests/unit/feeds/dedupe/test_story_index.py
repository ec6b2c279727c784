"""Stories: who joins whom, who does not, and what people decided."""

from datetime import timedelta

from feeds.dedupe.ids import begun_story_id
from feeds.dedupe.story_choices import Choices
from feeds.dedupe.story_index import StoryIndex
from feeds.model import Decision, DecisionKind, Join, Relation
from tests.fakes.telling_entries import FERRY, HOUR, NOON, POLLS, SPEECH, entries_of, telling

DAY = timedelta(days=1)


def placed(entries, index=None, *, choices=None):
    """The story of each entry, by id, told in this order."""
    index = index or StoryIndex()
    stories = {}
    for entry in entries:
        stories[entry.id], _ = index.assign(entry, choices=choices or Choices())
        index.add(entry, stories[entry.id])
    return stories


def knowing(*groups):
    """An index that has seen other news: what is rare can only be told from what is common."""
    index = StoryIndex()
    for entry in entries_of(*groups):
        index.add(entry, f"story of {entry.id}")
    return index


def decided(kind, entry, other, *, at=NOON):
    return Decision(kind=kind, entry=entry, other=other, made=at)


def test_an_entry_that_nobody_else_told_begins_a_story_named_after_it():
    (one, *_) = entries_of(FERRY)
    assert StoryIndex().assign(one) == (begun_story_id("ferry 1"), None)


def test_another_telling_joins_the_story_and_the_ledger_says_why():
    index = knowing(POLLS, SPEECH)
    one, other = entries_of(FERRY)
    index.add(one, "the ferry")
    story, join = index.assign(other)
    assert story == "the ferry"
    assert join == Join(
        relation=Relation.STORY, other="ferry 1", score=join.score, evidence="9 words in common", rule="stories/1"
    )
    assert 0.22 <= join.score <= 1


def test_an_interview_and_its_retellings_are_one_story_and_polls_by_a_namesake_stay_out():
    stories = placed(entries_of(POLLS[:1], SPEECH, FERRY, POLLS[1:]))
    assert len({stories[f"speech {n}"] for n in (1, 2, 3)}) == 1
    assert len({stories["speech 1"], stories["poll 1"], stories["poll 2"], stories["ferry 1"]}) == 4


def test_entries_more_than_the_window_apart_are_two_stories():
    one, other = entries_of(FERRY, step=timedelta(hours=73))
    assert len(set(placed([one, other]).values())) == 2


def test_entries_leave_when_the_window_has_passed_them_in_whatever_order_they_came():
    late, early = (telling(*told, at=NOON + hours * HOUR) for told, hours in ((FERRY[0], 2), (SPEECH[0], 1)))
    index = StoryIndex()
    for entry in (late, early):
        index.add(entry, f"story of {entry.id}")
    index.expire(NOON + 73 * HOUR)
    assert [entry.id in index for entry in (late, early)] == [True, False]


def test_what_the_window_has_passed_is_not_taken_in_though_it_is_edited():
    old, new = telling(*FERRY[0], at=NOON), telling(*SPEECH[0], at=NOON + 72 * HOUR)
    index = StoryIndex()
    index.add(old, "the ferry")
    index.add(new, "the speech")
    index.add(old, "the ferry")
    assert [entry.id in index for entry in (old, new)] == [False, True]
    assert len(index) == 1


def test_old_news_of_a_new_source_is_compared_by_when_it_was_published():
    one = telling(*FERRY[0], at=NOON)
    late = telling(*FERRY[1], at=NOON + HOUR, published=NOON - 5 * DAY)
    assert len(set(placed([one, late]).values())) == 2


def test_a_report_of_every_day_is_another_story_every_day():
    reports = [
        telling(
            f"report {day}",
            f"General Staff of Ruritania: situation on day {day}",
            "The General Staff of Ruritania reports on shelling, air raids and the losses of the enemy.",
            source="gazette",
            at=NOON + (day - 500) * DAY,
        )
        for day in (500, 501, 502)
    ]
    assert len(set(placed(reports).values())) == 3


def test_the_same_report_in_two_outlets_on_one_day_is_one_story():
    text = "General Staff of Ruritania: situation on day 500", "Shelling, air raids and the losses of the enemy."
    both = [telling("here", *text), telling("there", *text, at=NOON + HOUR)]
    assert len(set(placed(both).values())) == 1


def test_a_series_of_one_source_with_other_numbers_is_no_story():
    puzzles = [
        telling(f"puzzle {n}", f"Hints and answer for word puzzle {n}", "Stuck? Our hints help.", source="gazette")
        for n in (720, 721)
    ]
    assert len(set(placed(puzzles).values())) == 2


def test_too_few_words_make_a_story_of_their_own():
    shorts = [telling("one", "Live: Lindholm"), telling("other", "Live: Lindholm", at=NOON + HOUR)]
    assert len(set(placed(shorts).values())) == 2


def test_words_that_a_source_puts_under_everything_join_nothing():
    footer = " Article address below. Comments address below. Points and comments counted by readers of Orchard."
    titles = (
        "Sorting at night",
        "Cellular gardens",
        "Kernels of truth",
        "A lighter shell",
        "Why bees count",
        "Old maps",
    )
    entries = [
        telling(f"{n}", f"{titles[n % 6]} {n // 6}", footer, source="orchard", at=NOON + n * HOUR / 10)
        for n in range(60)
    ]
    stories = placed(entries)
    later = [stories[entry.id] for entry in entries[30:]]
    assert max(later.count(story) for story in later) <= 6


def test_entries_in_two_languages_are_never_compared():
    one = telling("one", "NATO: ABC 2026", "NATO ABC XYZ 312 2026 QRS")
    other = telling("other", "NATO: ABC 2026", "NATO ABC XYZ 312 2026 QRS", language="pl", at=NOON + HOUR)
    assert len(set(placed([one, other]).values())) == 2


def test_stories_are_told_in_any_language():
    first = "Пором «Буревісник» сів на мілину біля Ліндгольма", "Берегова охорона забрала 312 пасажирів порома."
    second = "Пасажирів порома біля Ліндгольма врятовано", "Пором «Буревісник» сів на мілину; охорона забрала всіх."
    both = [telling("a", *first, language="uk"), telling("b", *second, language="uk", at=NOON + HOUR)]
    assert len(set(placed(both).values())) == 1


def test_what_was_split_from_a_story_is_not_put_back():
    one, other = entries_of(FERRY)
    begun = begun_story_id("ferry 1")
    split = Choices([decided(DecisionKind.SPLIT, "ferry 2", begun)])
    assert placed([one, other], choices=split) == {"ferry 1": begun, "ferry 2": begun_story_id("ferry 2")}


def test_who_began_a_story_and_was_split_from_it_begins_another_one():
    begun = begun_story_id("ferry 1")
    split = Choices([decided(DecisionKind.SPLIT, "ferry 1", begun)])
    assert placed(entries_of(FERRY[:1]), choices=split) == {"ferry 1": begun_story_id(begun)}


def test_what_was_joined_by_hand_is_one_story_in_either_direction():
    ferry, poll = entries_of(FERRY[:1], POLLS[:1])
    for pair in (("ferry 1", "poll 1"), ("poll 1", "ferry 1")):
        index = StoryIndex()
        index.add(ferry, "the ferry")
        by_hand = Join(relation=Relation.STORY, other="ferry 1", evidence="joined by hand", rule="stories/1")
        assert index.assign(poll, choices=Choices([decided(DecisionKind.JOIN, *pair)])) == ("the ferry", by_hand)


def test_what_was_joined_by_hand_follows_an_entry_that_left_the_window():
    (poll,) = entries_of(POLLS[:1])
    choices = Choices([decided(DecisionKind.JOIN, "poll 1", "long ago")])
    story, _ = StoryIndex().assign(poll, choices=choices, elsewhere={"long ago": "an old story"})
    assert story == "an old story"


def test_the_later_of_two_decisions_counts():
    joined = decided(DecisionKind.JOIN, "ferry 2", "ferry 1", at=NOON)
    never = decided(DecisionKind.NEVER, "ferry 1", "ferry 2", at=NOON + HOUR)
    assert len(set(placed(entries_of(FERRY), choices=Choices([never, joined])).values())) == 2


def test_what_is_never_one_story_is_not_joined():
    never = Choices([decided(DecisionKind.NEVER, "ferry 2", "ferry 1")])
    assert len(set(placed(entries_of(FERRY), choices=never).values())) == 2


def test_an_edited_entry_is_known_by_its_new_words():
    index = knowing(SPEECH)
    index.add(telling("one", *POLLS[0][1:]), "a story")
    index.add(telling("one", *FERRY[0][1:]), "a story")
    assert len(index) == 4
    assert index.assign(telling(*FERRY[1], at=NOON + HOUR))[0] == "a story"
    assert index.assign(telling("poll", *POLLS[0][1:], at=NOON + HOUR))[0] == begun_story_id("poll")


def test_a_forgotten_entry_leaves_no_trace():
    index = StoryIndex()
    index.add(telling(*FERRY[0]), "the ferry")
    index.forget("ferry 1")
    index.forget("ferry 1")
    assert (len(index), index.story_of("ferry 1")) == (0, "")
    assert index.assign(telling(*FERRY[1])) == (begun_story_id("ferry 2"), None)


def test_of_two_that_tell_different_stories_it_is_told_what_refused():
    index = knowing(POLLS, SPEECH, FERRY)
    speech, poll, ferry = (entries_of(group)[0] for group in (SPEECH, POLLS, FERRY))

    def told(one, other):
        return index.compared(one, other, story=f"story of {other.id}")

    assert told(ferry, speech) == "of the 3 words that they must have in common they have 0"
    assert told(poll, speech) == "of the 3 words that they must have in common they have 1"
    assert told(ferry, telling("short", "Fog")).startswith("one of them says too little to be compared")
    assert told(ferry, telling("uk", *FERRY[1][1:], language="uk")) == "their languages differ: en and uk"
    assert told(ferry, telling("late", *FERRY[1][1:], at=NOON + 73 * HOUR)) == "they are 73 hours apart, more than 72"
    day = telling("day 1", "General Staff: losses of the fleet, 7 June", "Ten ships left the bay of Lindholm.")
    next_day = telling("day 2", "General Staff: losses of the fleet, 8 June", "Ten ships left the bay.", at=NOON + DAY)
    assert told(day, next_day).startswith("they are two numbers of a series")


def test_of_two_that_are_alike_by_now_the_line_is_told_that_would_join_them():
    index = knowing(POLLS, SPEECH, FERRY[:1])
    one, other = entries_of(FERRY)
    line = index.compared(other, one, story="story of ferry 1")
    assert line == index.assign(other)[1]
    assert index.compared(other, one, story="a story that left the window").evidence == line.evidence
    assert "ferry 2" not in index
