"""Random queries and entries over a handful of words, so that they meet often."""

from hypothesis import strategies as st

from feeds.model import Credit, CreditRole, Span
from feeds.query.expr import And, Boost, Everything, In, Is, Near, Not, Or, Pattern, Phrase, Word
from tests.decision_table import entry

WORDS = ["port", "ports", "Port", "deal", "deals", "US", "us", "порт", "порти", "портів", "угода", "угоду", "e-port"]
PATTERNS = ["ports?", "(?-i)US", "пор.и", "^deal", "al us", "угод[ау]$"]

_any_form = st.sampled_from(WORDS).map(Word) | st.sampled_from(["por", "dea", "пор", "eport"]).map(
    lambda text: Word(text, prefix=True)
)
_one_form = st.sampled_from(WORDS).map(lambda text: Word(text, exact=True))
words = _any_form | _one_form
phrases = st.builds(
    Phrase,
    st.lists(_any_form, min_size=2, max_size=3).map(tuple) | st.lists(_one_form, min_size=2, max_size=3).map(tuple),
    st.sampled_from([0, 0, 1, 2, 4]),
)


def _nears(parts):
    return st.builds(Near, parts, parts, st.integers(0, 3)) | st.lists(parts, min_size=2, max_size=2).map(
        lambda two: Or(tuple(two))
    )


places = st.recursive(words | phrases, _nears, max_leaves=4)


def _combined(parts):
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    weighed = st.builds(Boost, parts, st.sampled_from([0.5, 2, 3]))
    return several.map(And) | several.map(Or) | parts.map(Not) | weighed


worded = st.recursive(places | st.sampled_from(PATTERNS).map(Pattern), _combined, max_leaves=6)
valued = st.sampled_from([
    Is("lang", "uk"), Is("source", "gazette"), Is("host", "example"),
    Is("credit", "harbour post"), Is("credit", "Пост"), Everything(),
])  # fmt: skip
exprs = st.recursive(
    worded | valued | st.builds(In, st.sampled_from(["title", "summary", "body", "author"]), worded),
    _combined,
    max_leaves=5,
)
"""Any query that can be built, also those that no line may write."""

_texts = st.lists(st.sampled_from([*WORDS, "and", "the", "—", "port-deal"]), max_size=8).map(" ".join)
_credit = Credit(outlet="Harbour Post", role=CreditRole.VIA, text="Пост", span=Span(field="title", start=0, end=0))
entries = st.builds(
    lambda title, summary, body, author, language, credited: entry(
        title, language, summary=summary, content=f"<p>{body}</p>", authors=(author,), credits=credited
    ),
    _texts,
    _texts,
    _texts,
    _texts,
    st.sampled_from(["en", "uk", "ru", "", "de"]),
    st.sampled_from([(), (_credit,)]),
)
