"""Lines that a host prints under many of its entries."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.boilerplate import (
    ENTRIES,
    ENTRIES_IF_SHORT,
    Lines,
    host_of,
    line_key,
    without_boilerplate,
)
from feeds.model import Boilerplate, Credit, CreditRole, Span
from feeds.sanitize import plain_text
from tests.fakes.seen_entries import seen

APPEAL = "The Harbour Post lives on what its readers give, and on nothing else."
PROMOTION = "Tides and timetables every morning in your letter box."


def article(number: int, *lines: str, host: str = "harbour.example", **facts):
    content = "".join(f"<p>{line}</p>" for line in lines)
    summary = " ".join(lines)
    return seen(
        str(number), f"https://{host}/{number}", f"Number {number}", content=content, **({"summary": summary} | facts)
    )


def learnt_from(entries, lines: Lines | None = None) -> set[tuple[str, str]]:
    lines = lines or Lines()
    return {(found.host, found.line) for entry in entries for found in lines.take(entry)}


def test_a_line_is_learnt_when_enough_entries_of_a_host_had_it():
    entries = [article(n, f"What happened on day {n}.", APPEAL) for n in range(ENTRIES)]
    assert learnt_from(entries[:-1]) == set()
    assert learnt_from(entries) == {("harbour.example", line_key(APPEAL))}


def test_a_line_is_reported_once_and_what_was_learnt_before_is_not():
    lines = Lines()
    found = Boilerplate(host="harbour.example", line=line_key(APPEAL))
    entries = [article(n, f"Day {n}.", APPEAL) for n in range(3 * ENTRIES)]
    assert [one for entry in entries for one in lines.take(entry)] == [found]
    assert learnt_from(entries, Lines({found.host: {found.line}})) == set()


def test_the_same_entry_again_counts_nothing():
    entries = [article(n % (ENTRIES - 1), "Day after day.", APPEAL) for n in range(5 * ENTRIES)]
    assert learnt_from(entries) == set()


def test_one_article_at_many_addresses_counts_once():
    entries = [replace(article(n, "A day.", APPEAL), title="One headline") for n in range(5 * ENTRIES)]
    assert learnt_from(entries) == set()


def test_hosts_learn_apart_and_www_is_no_other_host():
    half = ENTRIES // 2
    entries = [article(n, f"Day {n}.", APPEAL, host="a.example") for n in range(half)]
    other = [article(half + n, f"Day {n}.", APPEAL, host="b.example") for n in range(half)]
    same = [article(2 * half + n, f"Day {n}.", APPEAL, host="www.a.example") for n in range(half)]
    assert learnt_from([*entries, *other]) == set()
    assert learnt_from([*entries, *same]) == {("a.example", line_key(APPEAL))}


def test_short_lines_and_lines_with_numbers_take_more():
    def entries(count):
        return [article(n, "Weather", "In 2026 everything is new here.", f"Fog in bay {n}.") for n in range(count)]

    assert learnt_from(entries(ENTRIES_IF_SHORT - 1)) == set()
    assert len(learnt_from(entries(ENTRIES_IF_SHORT))) == 2


def test_credit_lines_and_headlines_are_never_learnt():
    entries = [
        article(n, credit, f"Fog in bay {n} until the evening.")
        for n in range(99)
        for credit in ("Source: European Pravda, citing Reuters and its own people", "Джерело: Укрінформ і власні люди")
    ]
    assert learnt_from(entries) == set()
    daily = [article(n, "Losses of the day in full and in short") for n in range(99)]
    assert learnt_from([replace(one, title="Losses of the day in full and in short") for one in daily]) == set()


@given(st.permutations([article(n % 12, f"Day {n}.", APPEAL, PROMOTION) for n in range(20)]))
def test_what_is_learnt_depends_on_the_set_of_entries_alone(entries):
    assert learnt_from(entries) == {("harbour.example", line_key(line)) for line in (APPEAL, PROMOTION)}


KEYS = frozenset(map(line_key, (APPEAL, PROMOTION)))


def test_learnt_lines_leave_text_and_summary():
    entry = article(1, PROMOTION, "Fog closes the port.", APPEAL)
    left = without_boilerplate(entry, KEYS)
    assert left == replace(entry, content="<p>Fog closes the port.</p>", summary="Fog closes the port.")


def test_the_same_words_in_other_dress_are_the_same_line():
    entry = article(1, "Fog closes the port.", f"<em>{APPEAL.upper()}</em>", summary="Fog.")
    assert without_boilerplate(entry, KEYS).content == "<p>Fog closes the port.</p>"


def test_a_sentence_inside_a_paragraph_stays():
    entry = article(1, f"It began so: {APPEAL}")
    assert without_boilerplate(entry, KEYS) == entry


def test_an_entry_that_has_no_other_text_keeps_it():
    for entry in (article(1, APPEAL), article(1, APPEAL, PROMOTION), seen(summary=APPEAL)):
        assert without_boilerplate(entry, KEYS) == entry


def test_credits_move_with_their_text():
    text = f"{PROMOTION}\nSource: The Guardian"
    start = text.index("The Guardian")
    body = Span(field="body", start=start, end=start + 12)
    summary = Span(field="summary", start=start, end=start + 12)
    named = [
        Credit(outlet="The Guardian", role=CreditRole.ORIGIN, text="The Guardian", span=span)
        for span in (body, summary)
    ]
    entry = article(1, PROMOTION, "Source: The Guardian", credits=tuple(named))
    left = without_boilerplate(entry, KEYS)
    texts = [plain_text(left.content), left.summary]
    assert [text[c.span.start : c.span.end] for text, c in zip(texts, left.credits, strict=True)] == [
        "The Guardian"
    ] * 2


LINES = st.lists(st.sampled_from([APPEAL, PROMOTION, "Fog closes the port.", "Ferries wait.", "Fog", ""]), max_size=6)


@given(LINES, st.sets(st.sampled_from([APPEAL, PROMOTION, "Fog"])))
def test_leaving_out_is_idempotent_and_never_leaves_nothing(lines, learnt):
    keys = frozenset(map(line_key, learnt))
    entry = article(1, *lines)
    left = without_boilerplate(entry, keys)
    assert without_boilerplate(left, keys) == left
    assert bool(plain_text(left.content)) == bool(plain_text(entry.content))
    assert bool(left.summary) == bool(entry.summary)
    assert all(line in plain_text(left.content) for line in lines if line and line not in learnt)


def test_a_host_is_named_without_www_and_what_has_no_address_has_none():
    assert host_of(article(1, host="www.Harbour.example")) == "harbour.example"
    assert host_of(seen()) == ""
