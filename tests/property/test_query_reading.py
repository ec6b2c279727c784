"""Whatever a person types is read or refused with a place in it; texts of any kind can be searched."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import QueryError
from feeds.query.match import find, holds
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from feeds.text.tokens import fold, spans, words
from feeds.topics.references import refs
from tests.decision_table import entry

ANALYSER = Analyser()
_pieces = st.sampled_from(
    [
        *"abAB(): \"*-'«»“”^~,/=_.’@",
        "AND ",
        "OR ",
        "NOT ",
        "NEAR/2 ",
        "NEAR ",
        "title:",
        "lang:",
        "word",
        "порт",
        "\n",
        "~2 ",
        "^2 ",
        '="',
        '"~1 ',
        "/b+/ ",
        "@news ",
        "credit:",
        "\\",
    ]
)
lines = st.lists(_pieces, max_size=20).map("".join) | st.text(max_size=40)


def read_or_error(line):
    try:
        return parse_query(line)
    except QueryError as error:
        return error


@given(lines)
def test_a_line_is_read_or_refused_at_a_place_in_it(line):
    read = read_or_error(line)
    if isinstance(read, QueryError):
        assert (read.query, read.offset in range(len(line) + 1), str(read) != "") == (line, True, True)
    else:
        assert read.text == line
        if next(refs(read.expr), None) is None:
            holds(read, entry("A word of порт"), source=None, analyser=ANALYSER)


@given(st.text())
def test_words_and_their_spans_go_together(text):
    found, compounds = words(text)
    assert [text[start:end] for start, end in spans(text)] == found
    assert all(0 <= first < last < len(found) for first, last in compounds)


@given(st.text())
def test_every_word_of_a_text_finds_it(text):
    for word in words(text)[0]:
        if fold(word):
            keys = ANALYSER.vocabulary("en", shouted=False)[word]
            assert not ANALYSER.wanted(word, "en").isdisjoint(keys)


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(word):
    assert fold(fold(word)) == fold(word)


@given(st.text())
def test_evidence_of_a_word_is_that_word(text):
    of = entry(f"{text} harbours")
    for span in find(parse_query("harbour"), of, source=None, analyser=ANALYSER):
        assert of.title[span.start : span.end].lower().startswith("harbo")
