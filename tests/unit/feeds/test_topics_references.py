"""`@other` finds the topic it names, with all of its rules."""

import pytest

from feeds.errors import QueryError
from feeds.model import Source
from feeds.query.expr import Ref, Where
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from feeds.topics import bind, decide, resolve
from tests.decision_table import entry
from tests.fakes.candidates import topic

GAZETTE = Source(id="gazette", url="https://gazette.example/rss", tags=("coast",))


def told(misnamed):
    return [(one.topic, one.error.query, one.error.offset, str(one.error)) for one in misnamed]


def takes(of, title, language="en"):
    return decide(of, entry(title, language), source=GAZETTE, analyser=Analyser()) is not None


def test_another_topic_brings_its_lines_by_language_its_not_and_its_where():
    ports = topic(
        {"en": ["harbour"], "uk": ["порт"]}, id="ports", exclude={"en": ["fish"]}, where=Where(tags=("coast",))
    )
    inland = topic(["river"], id="inland", where=Where(tags=("hills",)))
    (_, _, news), misnamed = resolve([ports, inland, topic(["@ports -storm", "@inland"], id="news")])
    assert misnamed == ()
    assert takes(news, "The harbours")
    assert takes(news, "У порту", "uk")
    assert not takes(news, "The harbour fish")
    assert not takes(news, "A storm in the harbour")
    assert not takes(news, "У порту", "en")
    assert not takes(news, "The river")


def test_another_topic_brings_its_min_score():
    ports = topic(["harbour", "quay"], id="ports", min_score=2)
    (_, news), _ = resolve([ports, topic(["@ports"], id="news")])
    assert takes(news, "Quay and harbour")
    assert not takes(news, "The quay")


def test_topics_may_be_named_before_they_are_given_and_through_one_another():
    (news, *_), misnamed = resolve(
        [topic(["@coast"], id="news"), topic(["@ports", "beach"], id="coast"), topic(["harbour"], id="ports")]
    )
    assert misnamed == ()
    assert takes(news, "The harbour")
    assert takes(news, "A beach")
    assert not takes(news, "A hill")


def test_what_cannot_be_followed_is_told_at_its_place():
    _, misnamed = resolve(
        [
            topic(["sea", "island @prots"], id="news"),
            topic(["@storms"], id="ports"),
            topic(["wind"], id="storms", exclude={"any": ["rain @ports"]}),
            topic(["@broken", "@nothing-like-it"], id="other"),
        ],
        broken={"broken"},
    )
    assert told(misnamed) == [
        ("news", "island @prots", 7, 'there is no topic "prots"; did you mean @ports?'),
        ("storms", "rain @ports", 5, "@ports leads back here: ports → storms → ports; take one of these out"),
        ("other", "@nothing-like-it", 0,
         'there is no topic "nothing-like-it"; the topics are news, ports, storms, other'),
    ]  # fmt: skip


@pytest.mark.parametrize("forwards", [True, False])
def test_no_more_than_ten_topics_are_asked_in_a_row(forwards):
    chain = [topic([f"@t{number + 1}"], id=f"t{number}") for number in range(40)] + [topic(["sea"], id="t40")]
    _, misnamed = resolve(chain if forwards else chain[::-1])
    assert misnamed
    assert all("asks more than 10 topics in a row" in str(one.error) for one in misnamed)


def test_topics_that_ask_one_another_many_times_are_decided_at_once():
    chain = [topic([f"@t{n + 1} @t{n + 1}", f"@t{n + 1} island"], id=f"t{n}") for n in range(10)]
    (first, *_), misnamed = resolve([*chain, topic(["sea"], id="t10")])
    assert misnamed == ()
    assert takes(first, "The sea")


def test_a_topic_is_another_value_when_one_that_it_names_changes():
    def news(line):
        return resolve([topic([line], id="ports"), topic(["@ports"], id="news")])[0][1]

    assert news("harbour") == news("harbour")
    assert news("harbour") != news("quay")


def test_a_line_of_no_topic_may_name_topics_too():
    ports = topic(["harbour"], id="ports")
    assert bind(parse_query("island -@ports"), [ports]).expr.parts[1].part == Ref("ports", rules=ports)
    with pytest.raises(QueryError, match=r'there is no topic "prots"; did you mean @ports\?') as caught:
        bind(parse_query("island -@prots"), [ports])
    assert caught.value.offset == 8


def test_a_name_that_was_not_looked_up_decides_nothing():
    with pytest.raises(ValueError, match="@ports was not looked up"):
        takes(topic(["@ports"]), "The harbour")
