"""The article that the project began with, among what others told of it and what only looks like it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.replay import read_folder
from benchmarks.replay.recorded import RecordedEntry
from feeds.model import CreditRole
from feeds.sanitize import plain_text
from tests.fakes.wire import Told, Wire, source_of

ARTICLE = datetime(2023, 6, 7, 22, 10, tzinfo=UTC)


def about_rasmussen(corpora: Path) -> list[tuple[str, RecordedEntry]]:
    """What feeds of the month say that names one Rasmussen or the other, oldest first."""
    found = [
        (source.id, entry)
        for source in read_folder(corpora / "replay-2023-06").sources
        for entry in source.entries
        if "rasmussen" in f"{entry.title} {entry.description}".lower() and entry.language.startswith("en")
    ]
    return sorted(found, key=lambda one: one[1].published)


@pytest.mark.corpora
def test_the_first_story_names_its_origins_and_has_its_tellings_and_no_polls(corpora: Path):
    recorded = about_rasmussen(corpora)
    (article,) = (corpora / "seed").glob("*.txt")
    title, text = article.read_text("utf-8").strip().split("\n")[2], article.read_text("utf-8")
    sources = {one: source_of(one) for one in ("pravda", *dict.fromkeys(source for source, _ in recorded))}
    wire = Wire(sources=list(sources.values()))
    told = [
        (source, Told(title=one.title, text=one.description, at=one.published, guid=str(number)))
        for number, (source, one) in enumerate(recorded)
    ]
    body = "".join(f"<p>{line}</p>" for line in text.split("\n") if line.strip())
    told.append(("pravda", Told(title=title, text=body, at=ARTICLE, guid="first")))
    for source, one in sorted(told, key=lambda pair: pair[1].at):
        wire.now = one.at.astimezone(UTC) + timedelta(minutes=20)
        wire.take(sources[source], one)
    entries = {entry.source: entry for entry in wire.store.entries()}
    first, placed = entries["pravda"], wire.everything()
    said = plain_text(first.content)
    assert [(one.outlet, one.role, said[one.span.start : one.span.end]) for one in first.credits] == [
        ("European Pravda", CreditRole.VIA, "European Pravda"),
        ("The Guardian", CreditRole.ORIGIN, "The Guardian"),
    ]
    stories = {source: placed[entry.id].story for source, entry in entries.items()}
    together = {source for source, story in stories.items() if story == stories["pravda"]}
    assert "theguardian-com-world-rss" in together
    assert not any("dailywire" in source for source in together)
    assert [one for one in placed.values() if one.copy_of] == []
