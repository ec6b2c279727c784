import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.shingles import TEXT, TextSketch, read_text_sketch, text_part, words_in
from feeds.dedupe.sketch import write_parts
from tests.fakes.remembered_facts import prose


def sketch(title, text):
    return write_parts({TEXT: text_part(title, text)})


def test_of_a_short_text_only_its_length_is_kept():
    assert read_text_sketch(sketch("Title", prose(0, 29))) == TextSketch(words=29)
    assert len(sketch("Title", prose(0, 29))) < 10


def test_a_text_of_thirty_words_keeps_all_its_sequences():
    text = read_text_sketch(sketch("Title", prose(0, 30)))
    assert (text.words, text.sequences, len(text.head), len(text.tail), text.shift) == (30, 26, 26, 0, 0)


@pytest.mark.parametrize(("words", "most"), [(27, 10), (37, 250), (350, 1000), (5_000, 1000), (70_000, 1000)])
def test_a_sketch_is_small_whatever_the_text(words, most):
    assert len(sketch("Title", prose(0, words))) <= most


def test_what_a_longer_text_keeps_a_shorter_one_with_the_same_words_keeps_too():
    short, long = (read_text_sketch(sketch("", prose(0, end))) for end in (300, 3_000))
    of_short = read_text_sketch(sketch("", prose(40, 300)))
    assert long.shift > short.shift
    assert {one for one in short.tail if not one & ((1 << long.shift) - 1)} <= long.tail
    assert {one for one in long.tail if one in of_short.head | of_short.tail | short.tail} <= short.tail


def test_mark_up_case_and_punctuation_are_nothing_to_a_sketch():
    text = prose(0, 30)
    assert sketch("The Title!", text.replace(" ", ", ").upper()) == sketch("the title", text)


def test_numbers_are_kept_with_what_stands_around_them():
    base = prose(0, 40)
    one, other = (read_text_sketch(sketch("", f"{base} lost {many} men that day")) for many in (870, 910))
    assert {context for context, _ in one.settings} == {context for context, _ in other.settings}
    assert one.settings.isdisjoint(other.settings)


def test_a_text_full_of_numbers_keeps_a_sample_of_them():
    text = " ".join(f"w{number} {number} x{number}" for number in range(3_000))
    kept = read_text_sketch(sketch("", text))
    assert 20 <= len(kept.settings) <= 255
    assert len(sketch("", text)) < 1500


def test_scripts_without_spaces_are_compared_sign_by_sign():
    assert (
        read_text_sketch(
            sketch("", "河川条約に三か国が署名し上流の水位は翌日から公表されることになったと当局が述べた")
        ).words
        > 30
    )


@given(st.text(), st.text())
def test_whatever_is_written_is_read(title, text):
    assert read_text_sketch(sketch(title, text)).words == words_in(sketch(title, text))


@pytest.mark.parametrize("damaged", ["", "c1:", "c1:AA", "c1:AAAA", "c0:AAAA", "c1:" + "AB" * 20])
def test_what_another_version_wrote_is_absent(damaged):
    assert read_text_sketch(damaged) is None
