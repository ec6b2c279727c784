"""The engine agrees with an evaluator that tries every word in turn, and keeps the laws of logic."""

from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from feeds.query.expr import SEARCHED, And, Everything, In, Is, Near, Not, Or, Phrase, Query, Word
from feeds.query.match import find, holds
from feeds.sanitize import plain_text
from feeds.text.forms import Analyser
from feeds.text.tokens import fold
from tests.decision_table import entry

ANALYSER = Analyser()
WORDS = ["port", "ports", "Port", "deal", "deals", "US", "us", "порт", "порти", "портів", "угода", "угоду", "e-port"]

_words = st.sampled_from(WORDS).map(Word) | st.sampled_from(["por", "dea", "пор", "eport"]).map(
    lambda text: Word(text, prefix=True)
)
_phrases = st.lists(_words, min_size=2, max_size=3).map(lambda words: Phrase(tuple(words)))


def _nears(parts):
    return st.builds(Near, parts, parts, st.integers(0, 3)) | st.lists(parts, min_size=2, max_size=2).map(
        lambda two: Or(tuple(two))
    )


_places = st.recursive(_words | _phrases, _nears, max_leaves=4)


def _combined(parts):
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return several.map(And) | several.map(Or) | parts.map(Not)


_worded = st.recursive(_places, _combined, max_leaves=6)
_valued = st.sampled_from([Is("lang", "uk"), Is("source", "gazette"), Is("host", "example"), Everything()])
exprs = st.recursive(
    _worded | _valued | st.builds(In, st.sampled_from(["title", "summary", "body", "author"]), _worded),
    _combined,
    max_leaves=5,
)
texts = st.lists(st.sampled_from([*WORDS, "and", "the", "—", "port-deal"]), max_size=8).map(" ".join)
entries = st.builds(
    lambda title, summary, body, author, language: entry(
        title, language, summary=summary, content=f"<p>{body}</p>", authors=(author,)
    ),
    texts,
    texts,
    texts,
    texts,
    st.sampled_from(["en", "uk", "ru", "", "de"]),
)


def spots(text):
    """Every word with the positions it covers, one by one; a hyphenated one also joined."""
    position = 0
    for written in text.replace("—", " ").split():
        parts = written.split("-")
        for number, part in enumerate(parts):
            yield part, position + number, position + number
        if len(parts) > 1:
            yield "".join(parts), position, position + len(parts) - 1
        position += len(parts)


def naive_places(expr, text, language):
    """The places of an expression, by trying everything with everything."""
    match expr:
        case Word(wanted, prefix):
            if "-" in wanted:
                parts = tuple(Word(part) for part in wanted.split("-"))
                joined = Word(wanted.replace("-", ""))
                return naive_places(Phrase(parts), text, language) | naive_places(joined, text, language)
            return {
                (first, last)
                for word, first, last in spots(text)
                if (fold(word).startswith(fold(wanted)) if prefix else meets(word, wanted, language))
            }
        case Phrase(words):
            chains = product(*(naive_places(word, text, language) for word in words))
            return {
                (chain[0][0], chain[-1][1])
                for chain in chains
                if all(one[1] + 1 == two[0] for one, two in pairwise(chain))
            }
        case Or(parts):
            return set().union(*(naive_places(part, text, language) for part in parts))
        case Near(left, right, within):
            pairs = product(naive_places(left, text, language), naive_places(right, text, language))
            return {
                (min(a[0], b[0]), max(a[1], b[1])) for a, b in pairs if 0 <= max(b[0] - a[1], a[0] - b[1]) - 1 <= within
            }
    raise AssertionError(expr)


def meets(word, wanted, language):
    keys = ANALYSER.vocabulary(language, shouted=False)[word]
    return any(key in ANALYSER.wanted(wanted, language) for key in keys)


def naive(expr, of, fields=SEARCHED):
    match expr:
        case And(parts):
            return all(naive(part, of, fields) for part in parts)
        case Or(parts):
            return any(naive(part, of, fields) for part in parts)
        case Not(part):
            return not naive(part, of, fields)
        case In(field, part):
            return naive(part, of, (field,))
        case Is("lang", value):
            return of.language == value
        case Is() | Everything():
            return True
    held = {"title": of.title, "summary": of.summary, "body": plain_text(of.content), "author": of.authors[0]}
    return any(naive_places(expr, held[field], of.language) for field in fields)


def engine(expr, of):
    return holds(Query("", expr), of, source=None, analyser=ANALYSER)


@given(exprs, entries)
def test_the_engine_agrees_with_trying_every_word(expr, of):
    assert engine(expr, of) is naive(expr, of)


@given(exprs, entries)
def test_not_not_changes_nothing(expr, of):
    assert engine(Not(Not(expr)), of) is engine(expr, of)


@given(exprs, exprs, entries)
def test_de_morgan_holds(one, two, of):
    assert engine(Not(And((one, two))), of) is engine(Or((Not(one), Not(two))), of)
    assert engine(Not(Or((one, two))), of) is engine(And((Not(one), Not(two))), of)


@given(exprs, entries)
def test_evidence_lies_inside_its_field_and_only_where_the_query_holds(expr, of):
    spans = find(Query("", expr), of, source=None, analyser=ANALYSER)
    held = {"title": of.title, "summary": of.summary, "body": plain_text(of.content), "author": of.authors[0]}
    assert all(held[span.field][span.start : span.end].strip() for span in spans)
    assert not spans or engine(expr, of)


@given(_worded, entries)
def test_a_fresh_analyser_decides_the_same(expr, of):
    assert holds(Query("", expr), of, source=None, analyser=Analyser(words=2, texts=1)) is engine(expr, of)
