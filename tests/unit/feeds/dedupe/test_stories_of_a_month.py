"""Stories of a week that was recorded: the interview that the project began with, and what looks like it."""

from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.replay.recorded import read_folder
from feeds.dedupe.story_index import StoryIndex
from feeds.sanitize import plain_text
from tests.fakes.telling_entries import telling

FIRST, LAST = datetime(2023, 6, 5, tzinfo=UTC), datetime(2023, 6, 10, tzinfo=UTC)


def recorded(corpora):
    """The entries of five days, oldest first, and the article among them."""
    listed = [
        telling(
            f"{source.id} {entry.link}",
            entry.title,
            plain_text(entry.description),
            language=entry.language,
            source=source.id,
            at=entry.published.astimezone(UTC),
        )
        for source in read_folder(corpora / "replay-2023-06").sources
        for entry in source.entries
        if FIRST <= entry.published < LAST
    ]
    lines = [
        line for line in (corpora / "seed" / "ukrainska-pravda-2023-06-08.txt").read_text("utf-8").splitlines() if line
    ]
    article = telling("seed", lines[1], " ".join(lines[3:]), at=datetime(2023, 6, 7, 22, 10, tzinfo=UTC))
    return sorted([*listed, article], key=lambda entry: (entry.first_seen, entry.id))


@pytest.mark.corpora
@pytest.mark.heavy
def test_an_interview_and_its_retellings_are_one_story_and_polls_by_a_namesake_stay_out(corpora):
    index, stories, polls = StoryIndex(window=timedelta(hours=72)), {}, set()
    for entry in recorded(corpora):
        story, _ = index.assign(entry)
        index.add(entry, story)
        stories[entry.id] = story
        if "Rasmussen Reports" in entry.summary:
            polls.add(story)
    told = [one for one, story in stories.items() if story == stories["seed"]]
    assert any(one.startswith("theguardian-com") for one in told)
    assert any(one.startswith("theepochtimes-com") for one in told)
    assert polls
    assert stories["seed"] not in polls
