"""Stories after a restart: what the window holds is all that counts."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.story_index import StoryIndex
from tests.fakes.telling_entries import NOON, telling

WORDS = (
    "ferry",
    "fog",
    "Lindholm",
    "coastguard",
    "harbour",
    "treaty",
    "river",
    "minister",
    "vote",
    "312",
    "NATO",
    "rents",
)
WINDOW = timedelta(hours=72)


@st.composite
def months(draw):
    """Entries of ten days in the order in which they were seen, several at the same moment now and then."""
    hours = sorted(draw(st.lists(st.integers(0, 240), min_size=2, max_size=14)))
    texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
    return [
        telling(f"{n}", draw(texts), draw(texts), at=NOON + timedelta(hours=hour), source=draw(st.sampled_from("abc")))
        for n, hour in enumerate(hours)
    ]


def told(entries, index):
    """What is said of each, which goes in then."""
    said = []
    for entry in entries:
        story, join = index.assign(entry)
        index.add(entry, story)
        said.append((entry, story, join))
    return said


def restarted(said, at):
    """An index as it is after a restart at `at`: the stored entries of the window, oldest first."""
    index = StoryIndex()
    kept = [(entry, story) for entry, story, _ in said if entry.first_seen > at - WINDOW]
    for entry, story in sorted(kept, key=lambda pair: (pair[0].first_seen, pair[0].id)):
        index.add(entry, story)
    return index


@given(months(), st.data())
def test_a_restart_in_the_middle_changes_no_story(entries, data):
    through = told(entries, StoryIndex())
    cut = data.draw(st.integers(1, len(entries) - 1))
    before = told(entries[:cut], StoryIndex())
    assert before + told(entries[cut:], restarted(before, entries[cut].first_seen)) == through


@given(months())
def test_the_same_order_gives_the_same_stories(entries):
    assert told(entries, StoryIndex()) == told(entries, StoryIndex())


@given(months())
def test_forgetting_what_was_taken_in_leaves_the_index_as_it_was(entries):
    *known, other, asked = entries
    index, again = StoryIndex(), StoryIndex()
    for entry in known:
        index.add(entry, f"story {entry.id}")
        again.add(entry, f"story {entry.id}")
    again.add(other, "story 0")
    again.forget(other.id)
    index.assign(other)  # moves the window on
    assert again.assign(asked) == index.assign(asked)
