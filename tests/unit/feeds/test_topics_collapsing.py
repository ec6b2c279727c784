"""A topic that shows each story once."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Credit, CreditRole, Placement, Span
from feeds.topics import entry_urn
from tests.decision_table import WHEN
from tests.fakes.candidates import CHRONICLE, DAY, GAZETTE, SITE, feed_of, seen

HOUR = timedelta(hours=1)
CREDIT = Credit(
    outlet="The Gazette", role=CreditRole.ORIGIN, text="Gazette", span=Span(field="summary", start=0, end=7)
)


def told(name, *, story="treaty", published=None, copy_of=None, **fields):
    """A candidate that tells `story`."""
    placement = Placement(entry=name, story=story, copy_of=copy_of, published=published)
    return replace(seen(name, **fields), placement=placement)


def once(*candidates, now=WHEN + DAY, **fields):
    """What is shown: id, and the sources that are named on it."""
    feed = feed_of(candidates, now, collapse="stories", **fields)
    return [(one.entry.id, [origin.id for origin in one.also]) for one in feed.entries]


def test_a_story_is_shown_once_and_names_who_else_tells_it():
    one, other = told("one"), told("other", source="chronicle", at=WHEN + HOUR)
    assert once(other, one) == [("one", ["chronicle"])]
    assert once(one, told("elsewhere", story="floods", at=WHEN + HOUR)) == [("elsewhere", []), ("one", [])]


def test_before_the_first_publication_who_names_no_other_outlet_is_shown():
    retold = told("retold", credits=(CREDIT,))
    origin = told("origin", source="chronicle", at=WHEN + HOUR)
    assert once(retold, origin) == [("origin", ["gazette"])]


def test_what_was_published_first_stays_with_its_id_and_its_place():
    retold = told("retold", credits=(CREDIT,), published=WHEN)
    origin = told("origin", source="chronicle", at=WHEN + 2 * HOUR)
    between = told("between", story="floods", at=WHEN + HOUR)
    before = feed_of([retold, between], collapse="stories")
    after = feed_of([retold, between, origin], collapse="stories")
    assert once(retold, between, origin) == [("between", []), ("retold", ["chronicle"])]
    assert [one.id for one in after.entries] == [one.id for one in before.entries]
    assert after.updated == WHEN + 2 * HOUR


def test_of_two_that_were_published_the_earlier_one_stays():
    early = told("early", published=WHEN, at=WHEN + HOUR)
    late = told("late", published=WHEN + HOUR, source="chronicle")
    assert once(late, early) == [("early", ["chronicle"])]


def test_a_story_is_shown_once_in_each_language():
    english, polish = told("english", language="en-GB"), told("polish", language="pl", source="chronicle")
    american = told("american", language="en-US", at=WHEN + HOUR)
    assert once(english, polish, american) == [("english", []), ("polish", [])]


def test_copies_of_other_tellings_are_named_too():
    one = told("one")
    other = told("other", source="gazette", at=WHEN + HOUR)
    copy = told("copy", copy_of="other", source="chronicle", at=WHEN + 2 * HOUR)
    (entry,) = feed_of([copy, other, one], collapse="stories").entries
    linked = replace(CHRONICLE, page=copy.entry.url)
    assert (entry.id, entry.origin, entry.also) == (entry_urn(SITE, "harbours", "one"), GAZETTE, (linked,))


def test_what_was_not_placed_in_a_story_stands_for_itself():
    assert once(seen("one"), seen("other", source="chronicle")) == [("one", []), ("other", [])]


def test_other_topics_show_every_telling():
    tellings = [told("one"), told("other", source="chronicle", at=WHEN + HOUR)]
    for collapse in ("none", "copies"):
        assert [one.entry.id for one in feed_of(tellings, collapse=collapse).entries] == ["other", "one"]


@given(st.permutations(range(6)))
def test_the_order_of_candidates_says_nothing(order):
    candidates = [
        told("a", credits=(CREDIT,)),
        told("b", source="chronicle", rank=1),
        told("c", story="floods", published=WHEN),
        told("d", story="floods", language="pl"),
        told("e", copy_of="a", source="chronicle"),
        told("f", story=""),
    ]
    assert once(*(candidates[place] for place in order)) == once(*candidates)
