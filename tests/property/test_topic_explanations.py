"""An explanation says what was decided, for every topic and every entry; written down, a query means the same."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import QueryError
from feeds.model import Source
from feeds.query.explain import explained
from feeds.query.expr import And, Boost, In, Not, Or, Query, Ref, Where, Word
from feeds.query.match import find, holds, score
from feeds.query.reading import Reading
from feeds.query.syntax import parse_query
from feeds.query.written import written
from feeds.text.forms import Analyser
from feeds.topics import Topic, decide, explain, resolve
from tests.fakes.queries import entries, exprs, worded

ANALYSER = Analyser()
SOURCE = Source(id="gazette", url="https://gazette.example/rss", tags=("coast",))

lines = st.dictionaries(
    st.sampled_from(["en", "uk", "any"]),
    st.lists(exprs.map(lambda expr: Query(written(expr), expr)), min_size=1, max_size=2).map(tuple),
    max_size=2,
)
topics = st.builds(
    Topic,
    id=st.just("first"),
    title=st.just("First"),
    match=lines,
    exclude=lines,
    where=st.sampled_from([
        Where(), Where(languages=("en", "uk")), Where(sources=("other",)), Where(tags=("coast",)), Where(min_words=3),
        Where(tags=("coast",), min_words=2),
    ]),
    min_score=st.sampled_from([0, 0, 1, 2.5]),
)  # fmt: skip


def decided(topic, entry):
    return decide(topic, entry, source=SOURCE, analyser=ANALYSER) is not None


def agrees(clause, expr):
    """Whether every clause is as true as those that it is made of make it."""
    truths = [part.holds for part in clause.parts]
    match expr:
        case And(parts):
            return clause.holds is all(truths) and all(map(agrees, clause.parts, parts))
        case Or(parts):
            return clause.holds is any(truths) and all(map(agrees, clause.parts, parts))
        case Not(part):
            return truths == [not clause.holds] and agrees(clause.parts[0], part)
        case In(part=part) | Boost(part=part):
            return all(truth is clause.holds for truth in truths) and (not truths or agrees(clause.parts[0], part))
    return truths == []


@given(exprs, entries)
def test_every_clause_is_as_true_as_its_parts_make_it(expr, entry):
    clause = explained(Reading(entry, SOURCE, ANALYSER), expr)
    assert agrees(clause, expr)
    assert clause.spans == find(Query("", expr), entry, source=SOURCE, analyser=ANALYSER)
    assert clause.score == score(Query("", expr), entry, source=SOURCE, analyser=ANALYSER)


@given(topics, entries)
def test_the_root_of_an_explanation_is_the_decision(topic, entry):
    why = explain(topic, entry, source=SOURCE, analyser=ANALYSER)
    assert why.takes is decided(topic, entry)
    assert why.takes is (
        all(condition.holds for condition in why.where)
        and any(line.clause.holds for line in why.match)
        and not any(line.clause.holds for line in why.exclude)
        and why.score >= why.min_score
    )
    assert why.score == sum(line.clause.score for line in why.match)


@given(topics, entries)
def test_another_topic_holds_where_it_takes_the_entry(topic, entry):
    ref = Query("@first", Ref("first"))
    both = Topic(id="second", title="Second", match={"any": (ref,)})
    (_, resolved), misnamed = resolve([topic, both])
    assert misnamed == ()
    assert decided(resolved, entry) is decided(topic, entry)
    beside = replace(resolved, exclude={"any": (replace(ref, expr=resolved.match["any"][0].expr),)})
    assert not decided(beside, entry)


def read_or_none(line):
    try:
        return parse_query(line)
    except QueryError:  # more can be built than a line may say
        return None


@given(exprs, entries)
def test_a_line_written_down_again_means_the_same(expr, entry):
    first = read_or_none(written(expr))
    if first is not None:
        again = parse_query(written(first.expr))
        assert again.expr == first.expr
        one, two = (holds(query, entry, source=SOURCE, analyser=ANALYSER) for query in (first, again))
        assert one is two


@given(worded)
def test_what_was_built_is_written_as_a_line_that_means_it(expr):
    line = written(And((Word("gazette"), expr)))
    read = read_or_none(line)
    if read is not None and "-" not in line:  # read, the words of a phrase have no hyphens any more
        assert read.expr == And((Word("gazette"), expr))
