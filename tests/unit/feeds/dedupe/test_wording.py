"""What an edit did, word by word."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.wording import Part, Segment, changes_between

KEPT, GONE, CAME = Part.KEPT, Part.GONE, Part.CAME
TEXTS = st.lists(st.sampled_from(list("abcdef")), max_size=150).map(" ".join)


def test_an_edit_is_told_word_by_word():
    segments = changes_between("Three dead after the ferry sank", "Four dead as the ferry sank at night")
    assert [(one.part, one.text) for one in segments] == [
        (GONE, "Three"),
        (CAME, "Four"),
        (KEPT, "dead"),
        (GONE, "after"),
        (CAME, "as"),
        (KEPT, "the ferry sank"),
        (CAME, "at night"),
    ]


def test_equal_texts_are_one_piece_and_empty_ones_none():
    assert changes_between("one  two", "one two") == (Segment(part=KEPT, text="one two"),)
    assert changes_between("", " ") == ()


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_pieces(old, new):
    segments = changes_between(old, new)
    assert " ".join(one.text for one in segments if one.part is not CAME) == old
    assert " ".join(one.text for one in segments if one.part is not GONE) == new


@given(TEXTS, st.integers(0, 30))
def test_what_one_word_more_does_to_a_text_is_one_piece(text, place):
    words = text.split()
    longer = " ".join([*words[:place], "new", *words[place:]])
    assert [one for one in changes_between(text, longer) if one.part is not KEPT] == [Segment(part=CAME, text="new")]


def test_a_sentence_that_came_in_the_middle_of_a_long_text_leaves_the_rest_kept():
    old = [f"word{n}" for n in range(400)]
    new = [*old[:150], "a", "new", "sentence", *old[150:300], "other", *old[301:]]
    segments = changes_between(" ".join(old), " ".join(new))
    assert [(one.part, one.text) for one in segments if one.part is not KEPT] == [
        (CAME, "a new sentence"),
        (GONE, "word300"),
        (CAME, "other"),
    ]
