from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.sketch import read_part, with_part, write_parts

LABELS = st.from_regex(r"[a-z][1-9][0-9]?", fullmatch=True)
PARTS = st.dictionaries(LABELS, st.binary(min_size=1), max_size=4)


@given(parts=PARTS)
def test_every_part_is_read_as_it_was_written(parts):
    sketch = write_parts(parts)
    assert {label: read_part(sketch, label) for label in parts} == parts


@given(parts=PARTS, label=LABELS, data=st.binary())
def test_a_part_takes_the_place_of_its_label_and_of_nothing_else(parts, label, data):
    assert with_part(write_parts(parts), label, data) == write_parts({**parts, label: data})


def test_the_part_of_another_version_is_absent():
    assert read_part(write_parts({"c1": b"old"}), "c2") is None
    assert read_part("", "c1") is None


def test_what_is_no_base64_is_absent():
    assert [read_part(sketch, "c1") for sketch in ("c1:?", "c1:A", "c1", "c1:é")] == [None] * 4
