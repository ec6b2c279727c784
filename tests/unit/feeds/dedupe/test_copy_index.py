from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.copy_index import MOST_ALIKE, CopyIndex
from tests.budget import examples
from tests.fakes.remembered_facts import prose
from tests.fakes.seen_entries import HOUR, MONDAY, seen

TAIL = prose(9_000, 9_020)


def told(number, text=None, *, source="gazette", at=MONDAY, tail=TAIL):
    """An article of its own words, with the tail of its site."""
    start = number * 100
    summary = text if text is not None else f"{prose(start, start + 60)} {tail}"
    return seen(f"{number}", f"https://{source}.example/{number}", f"t{number}", summary=summary, source=source, at=at)


def found(index, entry):
    return index.look(entry).candidates


def boilerplate(index, entry):
    return len(index.look(entry).sketched.boilerplate)


def test_a_copy_finds_what_it_repeats_and_the_other_way_round():
    index = CopyIndex()
    one, copy, other = told(1, prose(0, 300)), told(2, prose(0, 40), source="herald"), told(3, source="herald")
    for entry in (one, copy, other):
        index.add(entry)
    assert (found(index, one), found(index, copy), found(index, other)) == ((copy.id,), (one.id,), ())


def test_entries_of_one_source_are_no_candidates():
    index = CopyIndex()
    index.add(told(1, prose(0, 300)))
    assert found(index, told(2, prose(0, 300))) == ()


def test_a_short_text_is_found_by_all_of_its_words():
    index = CopyIndex()
    one = seen("1", "https://a.example/1", "Title", summary="Water rose in the harbour.", source="a")
    same = seen("2", "https://b.example/1", "TITLE", summary="Water rose in the harbour", source="b")
    other = seen("3", "https://b.example/2", "Title", summary="Water fell in the harbour", source="b")
    index.add(one)
    assert (found(index, same), found(index, other)) == ((one.id,), ())


def test_a_tail_counts_as_boilerplate_from_the_fourth_article_on_and_all_four_are_told():
    index = CopyIndex()
    articles = [told(number) for number in range(5)]
    assert [index.add(one).again for one in articles[:3]] == [(), (), ()]
    assert boilerplate(index, articles[0]) == 0
    assert index.add(articles[3]).again == tuple(sorted(one.id for one in articles[:3]))
    assert [boilerplate(index, one) for one in articles] == [16] * 5
    assert index.add(articles[4]).again == ()
    assert boilerplate(index, told(9, source="herald")) == 0


def test_one_article_in_many_feeds_of_its_site_is_no_boilerplate():
    index = CopyIndex()
    text = prose(0, 100)
    feeds = [seen("1", "https://g.example/1", "Title", summary=text, source=f"feed-{n}") for n in range(6)]
    again = [seen(str(n), f"https://g.example/{n}", "Title", summary=text, source=f"feed-{n}") for n in range(6)]
    for entry in (*feeds, *again):
        index.add(entry)
    assert boilerplate(index, feeds[0]) == 0


def test_a_text_that_one_source_has_again_and_again_is_found_by_a_few():
    index = CopyIndex()
    for number in range(200):
        page = f"https://gazette.example/{number}"
        index.add(seen(f"{number}", page, "Title", summary=prose(0, 100), source="gazette"))
    assert len(found(index, told(1, prose(0, 100), source="herald"))) == MOST_ALIKE


def test_texts_of_a_few_words_are_not_found():
    index = CopyIndex()
    index.add(told(1, "Read more"))
    assert found(index, told(1, "Read more", source="herald")) == ()


def test_an_edited_entry_is_found_by_its_new_text_only():
    index = CopyIndex()
    one = told(1, prose(0, 100))
    index.add(one)
    edited = told(1, prose(500, 600))
    index.add(edited)
    assert len(index) == 1
    assert found(index, told(2, prose(0, 100), source="herald")) == ()
    assert found(index, told(2, prose(500, 600), source="herald")) == (edited.id,)


def test_an_entry_without_a_sketch_stays_out():
    index = CopyIndex()
    assert index.add(seen("1", summary=prose(0, 100), sketch="")) is None
    assert (len(index), index.look(seen("1", sketch="c0:AAAA"))) == (0, None)


def test_what_is_older_than_the_window_leaves_by_the_day():
    index = CopyIndex()
    old, edge, new = (told(n, at=MONDAY + timedelta(days=n)) for n in (1, 2, 3))
    for entry in (old, edge, new):
        index.add(entry)
    index.expire(edge.first_seen)
    assert [entry.id in index for entry in (old, edge, new)] == [False, True, True]


def test_places_of_what_left_are_used_again():
    index = CopyIndex()
    texts = {n: told(n, prose(n * 50, n * 50 + 40), at=MONDAY + n * HOUR / 60) for n in range(6_000)}
    for number, entry in texts.items():
        index.add(entry)
        if number >= 500:
            index.discard(texts[number - 500].id)
    copies = [told(n, prose(n * 50, n * 50 + 40), source="herald") for n in (0, 5_400, 5_499, 5_500, 5_999)]
    assert [found(index, copy) for copy in copies] == [(), (), (), (texts[5_500].id,), (texts[5_999].id,)]
    assert (len(index), index.places < 5_000) == (500, True)


@examples(30)
@given(st.permutations(range(8)), st.data())
def test_answers_follow_from_the_set_not_from_the_order(order, data):
    entries = [told(n, source="gazette" if n < 5 else "herald", tail=TAIL if n % 2 else prose(0, 60)) for n in range(8)]
    index, other = CopyIndex(), CopyIndex()
    for number, again in zip(range(8), order, strict=True):
        index.add(entries[number])
        other.add(entries[again])
    other.add(entries[data.draw(st.integers(0, 7))])
    assert [index.look(one) for one in entries] == [other.look(one) for one in entries]
