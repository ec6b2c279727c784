"""Candidates never miss a match: whatever the topics and the texts, all that decide yes are among them."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from aggregator.publishing.deciding import Decisions
from feeds.model import Source
from feeds.query.expr import And, Boost, Everything, In, Is, Near, Not, Or, Pattern, Phrase, Query, Ref, Where, Word
from feeds.query.reading import Reading
from feeds.text.forms import INSTALLED, Analyser
from feeds.topics import Topic, decide
from feeds.topics.candidates import texts_of
from feeds.topics.index import TopicIndex
from tests.decision_table import entry

WORDS = [
    "port", "Ports", "harbour", "deal", "US", "us", "NATO", "Nato", "nato", "NATO's", "e-port", "U.S.", "ёлка", "елка",
    "порт", "порти", "портів", "угода", "угоду", "НАТО", "людина", "люди", "безпека-порт", "résumé", "resume", "2023",
]  # fmt: skip
SOURCES = {"gazette": Source(id="gazette", url="https://gazette.example/feed", tags=("sea",))}
ANALYSERS = {kind: Analyser(dictionaries=INSTALLED if kind else None) for kind in (True, False)}

_words = st.one_of(
    st.builds(Word, st.sampled_from(WORDS)),
    st.builds(Word, st.sampled_from(WORDS), exact=st.just(True)),
    st.builds(Word, st.sampled_from(["por", "harb", "пор", "eport", "люд", "e-po", "nat"]), prefix=st.just(True)),
)
_phrases = st.builds(Phrase, st.lists(_words, min_size=2, max_size=3).map(tuple), st.integers(0, 2))
_places = st.recursive(
    _words | _phrases,
    lambda parts: st.builds(Near, parts, parts, st.integers(0, 3)) | st.tuples(parts, parts).map(Or),
    max_leaves=4,
)
_others = st.sampled_from([Is("lang", "uk"), Is("source", "gazette"), Pattern("por"), Everything()])
_where = st.builds(
    Where,
    languages=st.sampled_from([(), ("uk",), ("en-GB", "ru")]),
    sources=st.sampled_from([(), ("gazette",), ("other", "bell")]),
    tags=st.sampled_from([(), ("sea",)]),
)


def _combined(parts):
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    fields = st.sampled_from(["title", "summary", "body", "author", "category"])
    return st.one_of(
        several.map(And),
        several.map(Or),
        parts.map(Not),
        st.builds(In, fields, parts),
        st.builds(Boost, parts, st.just(2.0)),
    )


exprs = st.recursive(_places | _others, _combined, max_leaves=6)
_tables = st.dictionaries(
    st.sampled_from(["any", "en", "uk", "ru"]),
    st.lists(exprs.map(lambda expr: Query(text="line", expr=expr)), max_size=2).map(tuple),
    max_size=3,
)
plain_topics = st.builds(
    Topic, id=st.just("t"), title=st.just("T"), match=_tables, exclude=_tables, where=_where | st.just(Where())
)


def _referring(topics):
    def refer(topic: Topic) -> Topic:
        ref = Ref("t", rules=topic)
        lines = (Query("ref", ref), Query("not", And((Not(ref), Word("port")))))
        return Topic(id="u", title="U", match={"any": lines[:1]}, exclude={"uk": lines[1:]})

    return topics | topics.map(refer)


topics = st.lists(_referring(plain_topics), min_size=1, max_size=6)
_texts = st.lists(st.sampled_from([*WORDS, "and", "—"]), max_size=8).map(" ".join)
entries = st.builds(
    lambda title, summary, body, names, language, source: entry(
        title, language, summary=summary, content=body and f"<p>{body}</p>", authors=names, categories=names[::-1],
        source=source,
    ),
    _texts, _texts, _texts, st.lists(_texts, max_size=2).map(tuple),
    st.sampled_from(["en", "uk", "ru", "", "de", "en-GB"]), st.sampled_from(["gazette", "bell"]),
)  # fmt: skip


def taking(topics, entry, analyser):
    source = SOURCES.get(entry.source)
    return {
        position
        for position, topic in enumerate(topics)
        if decide(topic, entry, source=source, analyser=analyser) is not None
    }


@given(topics, entries, st.booleans())
def test_an_entrys_candidates_never_miss_a_line_that_holds(topics, entry, dictionaries):
    analyser = ANALYSERS[dictionaries]
    found = TopicIndex(topics, analyser).candidates(entry, texts_of(entry, analyser=analyser))
    assert list(found) == sorted(found)
    assert taking(topics, entry, analyser) <= found.keys()
    reading = Reading(entry, SOURCES.get(entry.source), analyser)
    for position, topic in enumerate(topics):
        if all(met for _, met in reading.conditions(topic.where)):
            lines = enumerate(reading.lines(topic.match))
            held = {number for number, (_, query) in lines if reading.holds(query.expr)}
            assert held <= found.get(position, set())


@given(topics, st.lists(entries, max_size=4), st.booleans())
def test_a_later_topics_entries_never_miss_one_that_it_takes(topics, entries, dictionaries):
    analyser = ANALYSERS[dictionaries]
    decisions = Decisions((), sources=SOURCES, analyser=analyser, observe=print)
    known = {}
    for number, one in enumerate(entries):
        known[f"e{number}"] = replace(one, id=f"e{number}")
        decisions.on(known[f"e{number}"])
    for topic in topics:
        found = decisions.taking(topic)
        taken = {i for i, one in known.items() if decisions.of(topic, one)}
        assert taken <= set(found)
        assert len(set(found)) == len(found)


@given(st.lists(entries, min_size=1, max_size=3), topics)
def test_decisions_are_those_of_every_topic_on_its_own(entries, topics):
    analyser = ANALYSERS[True]
    decisions = Decisions(topics, sources=SOURCES, analyser=analyser, observe=print)
    for number, one in enumerate(entries):
        seen = replace(one, id=f"e{number}")
        assert decisions.on(seen) == {
            position: match
            for position, topic in enumerate(topics)
            if (match := decide(topic, seen, source=SOURCES.get(seen.source), analyser=analyser)) is not None
        }
        assert decisions.on(seen) is decisions.on(seen)
