"""Words with their keys, and the words that have one of certain keys."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.text.analysed import AnalysedText
from feeds.text.forms import Analyser
from feeds.text.vocabulary import LONGEST_WORD, Vocabulary, signs

WORDS = ["port", "ports", "Port", "ship", "ships", "deal", "x" * (LONGEST_WORD + 1)]


def keys(word):
    return (f"={word}", f"~{word.lower().rstrip('s')}")


@given(st.lists(st.tuples(st.sets(st.sampled_from(WORDS)), st.frozensets(st.sampled_from(["~port", "=ship", "=?"])))))
def test_the_words_that_have_a_key_are_those_of_all_that_is_known(steps):
    vocabulary = Vocabulary(keys, most=4)
    for words, wanted in steps:
        vocabulary.learn(words)
        known = {word for word in vocabulary if not wanted.isdisjoint(keys(word))}
        assert vocabulary.meeting(wanted) == known
        assert {word for word in words if len(word) <= LONGEST_WORD} <= set(vocabulary)
        assert vocabulary.signs(words) == "".join(signs(keys(word)) for word in words)


def test_a_text_finds_its_words_also_when_all_was_forgotten_meanwhile():
    analyser = Analyser(words=3)
    text = AnalysedText("Two ports and a harbour", "en", analyser)
    wanted = analyser.wanted("port", "en")
    assert text.places(wanted) == {(1, 1)}
    for other in ("one deal", "three bridges here", "four more of them"):
        AnalysedText(other, "en", analyser).has(analyser.wanted("deal", "en"))
    assert text.has(wanted)
    assert text.has(analyser.wanted("harbours", "en"))


def test_a_word_too_long_to_be_remembered_is_found():
    analyser = Analyser()
    long = "x" * (LONGEST_WORD + 1)
    text = AnalysedText(f"a {long}", "en", analyser)
    assert text.places(analyser.wanted(long, "en")) == {(1, 1)}
    assert text.starting_with("xxx") == {(1, 1)}
    assert long not in analyser.vocabulary("en", shouted=False)
