"""Fields that hold values: credits, sources, hosts, languages as people write them."""

import pytest

from feeds.model import Credit, CreditRole, Source, Span
from feeds.query.match import find, holds
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from tests.decision_table import entry

CREDITED = entry(
    "The Post says so",
    credits=(
        Credit(outlet="Harbour Post", role=CreditRole.VIA, text="The Post", span=Span(field="title", start=0, end=8)),
        Credit(outlet="O’Hara & Sons", role=CreditRole.ORIGIN, text="", span=Span(field="body", start=0, end=0)),
    ),
)


def takes(query, of, source=None):
    return holds(parse_query(query), of, source=source, analyser=Analyser())


@pytest.mark.parametrize(
    ("query", "yes"),
    [
        ('credit:"Harbour Post"', True),
        ('credit:"harbour post"', True),
        ('credit:"the post"', True),
        ("credit:post", False),
        ('credit:"Harbour"', False),
        ('credit:"O\'Hara & Sons"', True),
        ('credit:(gazette OR "Harbour Post")', True),
        ('post -credit:"Harbour Post"', False),
    ],
)
def test_a_credit_goes_by_the_outlet_s_name_or_by_what_the_entry_calls_it(query, yes):
    assert takes(query, CREDITED) is yes


def test_an_entry_that_credits_nobody_has_no_credit():
    assert not takes('credit:"Harbour Post"', entry("The Harbour Post says so"))


def test_the_evidence_of_a_credit_is_where_the_entry_gives_it():
    def found(query):
        return find(parse_query(query), CREDITED, source=None, analyser=Analyser())

    assert found('credit:"Harbour Post"') == (Span(field="title", start=0, end=8),)
    assert found('credit:"O\'Hara & Sons"') == ()


def test_a_value_in_quotes_is_taken_as_it_is_written():
    source = Source(id="gazette-en", url="https://gazette.example/rss", name="News & Views, daily")
    of = entry("News", source="gazette-en")
    assert takes('source:"gazette-en"', of)
    assert takes('source:"news & views, DAILY"', of, source)
    assert takes('host:"gazette.example"', of)
