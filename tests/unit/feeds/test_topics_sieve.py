"""The sieve: which entries may have certain words."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.text.vocabulary import signs
from feeds.topics.sieve import Sieve

KEYS = [f"=word{number}" for number in range(3000)]


def test_an_entry_is_named_by_its_language_and_any_key_of_each_set():
    sieve = Sieve()
    sieve.put("e1", "en", signs({"=port", "en~deal"}))
    sieve.put("e2", "uk", signs({"=порт", "=deal"}))
    assert sieve.having("en", [{"=port", "=ship"}, {"en~deal"}]) == ["e1"]
    assert sieve.having("en", [{"=port"}, {"=порт"}]) == []
    assert sieve.having("uk", [{"=порт"}]) == ["e2"]
    assert sieve.having("ru", [{"=порт"}]) == []
    assert sieve.languages == {"en", "uk"}


def test_where_nothing_is_needed_all_of_a_language_are_named():
    sieve = Sieve()
    sieve.put("e1", "en", signs({"=port"}))
    sieve.put("e2", "en", signs(set(KEYS)))
    assert sieve.having("en", []) == ["e1", "e2"]
    assert sieve.having("en", [set()]) == []


def test_an_entry_has_the_keys_that_it_was_put_with_last():
    sieve = Sieve()
    sieve.put("e1", "en", signs({"=port"}))
    sieve.put("e1", "uk", signs({"=deal"}))
    assert (len(sieve), sieve.having("en", [{"=port"}]), sieve.having("uk", [{"=deal"}])) == (1, [], ["e1"])
    sieve.drop("e1")
    sieve.drop("e1")
    assert (len(sieve), sieve.having("uk", [{"=deal"}])) == (0, [])


@given(st.dictionaries(st.text(max_size=3), st.sets(st.sampled_from(KEYS), max_size=400), max_size=5), st.data())
def test_no_entry_is_missed(entries, data):
    sieve = Sieve()
    for entry_id, keys in entries.items():
        sieve.put(entry_id, "en", signs(keys))
    needed = data.draw(st.lists(st.sets(st.sampled_from(KEYS), max_size=5), max_size=3))
    having = {one for one, keys in entries.items() if all(not keys.isdisjoint(any_of) for any_of in needed)}
    assert having <= set(sieve.having("en", needed))


def test_few_entries_are_named_that_do_not_have_the_words():
    sieve = Sieve()
    for number in range(300):
        sieve.put(f"short{number}", "en", signs(KEYS[number : number + 120]))
        sieve.put(f"long{number}", "en", signs(KEYS[number : number + 700]))
    named = [len(sieve.having("en", [{key}])) for key in KEYS[1100:1400]]  # some 10 of 600 entries
    assert sum(named) / len(named) < 25
