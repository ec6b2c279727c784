from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.postings import BUCKETS, Postings

# Few keys in few buckets, with halves that look like parts of records.
KEYS = st.sampled_from([0, 1, 0x00010001, 0x0101, 0x01010101, 0xFFFFFFFF, 0xFFFF0000, 0x8000FFFF])
NUMBERS = st.sampled_from([0, 1, 0x0101, 0x00010001, 0x01010101, 0xFFFFFFFF])


@given(st.lists(st.tuples(st.booleans(), KEYS, NUMBERS)), st.sets(NUMBERS))
def test_it_holds_what_a_dict_of_lists_would(steps, unwanted):
    postings, expected = Postings(), defaultdict(list)
    for add, key, number in steps:
        if add:
            postings.add([key], number)
            expected[key].append(number)
        else:
            postings.remove(key, number)
            if number in expected[key]:
                expected[key].remove(number)
    assert postings.among(expected) == {key: numbers for key, numbers in expected.items() if numbers}
    for place in {key >> 15 for key in expected} | {0, BUCKETS - 1}:
        postings.keep(place, lambda number: number not in unwanted)
    kept = {key: [number for number in numbers if number not in unwanted] for key, numbers in expected.items()}
    assert postings.among(expected) == {key: numbers for key, numbers in kept.items() if numbers}
