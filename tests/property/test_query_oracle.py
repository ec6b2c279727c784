"""The engine agrees with an evaluator that tries every word in turn, and keeps the laws of logic."""

import re
from itertools import pairwise, product

from hypothesis import given

from feeds.query.expr import SEARCHED, And, Boost, Everything, In, Is, Near, Not, Or, Pattern, Phrase, Query, Word
from feeds.query.match import find, holds, score
from feeds.sanitize import plain_text
from feeds.text.forms import Analyser
from feeds.text.tokens import fold
from tests.fakes.queries import entries, exprs, worded

ANALYSER = Analyser()


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
        case Word(wanted, exact=True):
            single = [word for word, first, last in spots(text) if first == last]
            parts = wanted.split("-")
            return {
                (first, first + len(parts) - 1)
                for first in range(len(single) - len(parts) + 1)
                if same_form(single[first : first + len(parts)], parts)
            }
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
        case Phrase(words, gaps):
            chains = product(*(naive_places(word, text, language) for word in words))
            return {
                (chain[0][0], chain[-1][1])
                for chain in chains
                if all(one[1] < two[0] for one, two in pairwise(chain))
                and sum(two[0] - one[1] - 1 for one, two in pairwise(chain)) <= gaps
            }
        case Or(parts):
            return set().union(*(naive_places(part, text, language) for part in parts))
        case Near(left, right, within):
            pairs = product(naive_places(left, text, language), naive_places(right, text, language))
            return {
                (min(a[0], b[0]), max(a[1], b[1])) for a, b in pairs if 0 <= max(b[0] - a[1], a[0] - b[1]) - 1 <= within
            }
    raise AssertionError(expr)


def same_form(written, wanted):
    """Capitals count where any is asked for; none of the words here has an accent."""
    if any(part != part.lower() for part in wanted):
        return written == wanted
    return [word.lower() for word in written] == wanted


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
        case Is("credit"):
            return of.credits != ()
        case Is() | Everything():
            return True
        case Boost(part):
            return naive(part, of, fields)
        case Pattern(text):
            return any(
                re.search(text.replace("(?-i)US", "(?-i:US)"), held(of)[field], re.IGNORECASE) for field in fields
            )
    return any(naive_places(expr, held(of)[field], of.language) for field in fields)


def held(of):
    return {"title": of.title, "summary": of.summary, "body": plain_text(of.content), "author": of.authors[0]}


def naive_score(expr, of, fields=SEARCHED):
    if not naive(expr, of, fields):
        return 0
    match expr:
        case And(parts) | Or(parts):
            return sum(naive_score(part, of, fields) for part in parts)
        case In(field, part):
            return naive_score(part, of, (field,))
        case Boost(part, weight):
            return weight * naive_score(part, of, fields)
        case Not():
            return 0
    return 1


def engine(expr, of):
    return holds(Query("", expr), of, source=None, analyser=ANALYSER)


@given(exprs, entries)
def test_the_engine_agrees_with_trying_every_word(expr, of):
    assert engine(expr, of) is naive(expr, of)


@given(exprs, entries)
def test_what_counts_is_what_holds(expr, of):
    assert score(Query("", expr), of, source=None, analyser=ANALYSER) == naive_score(expr, of)


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
    assert all(held(of)[span.field][span.start : span.end].strip() for span in spans)
    assert not spans or engine(expr, of)


@given(worded, entries)
def test_a_fresh_analyser_decides_the_same(expr, of):
    assert holds(Query("", expr), of, source=None, analyser=Analyser(words=2, texts=1)) is engine(expr, of)
