"""Which stories have a page."""

from __future__ import annotations

import pytest

from aggregator.publishing.story_set import with_a_page


@pytest.mark.parametrize(
    ("topics", "most", "chosen"),
    [
        ([], 5, ""),
        (["abc", "x"], 2, "ax"),
        (["abc", "x"], 3, "abx"),
        (["abc", "acb"], 2, "ab"),
        (["abc", "ax"], 9, "abcx"),
    ],
)
def test_topics_take_turns_in_which_of_their_stories_have_a_page(topics, most, chosen):
    assert with_a_page(topics, most=most) == frozenset(chosen)
