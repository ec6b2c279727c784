"""What a preview says of an edit is what a reload publishes, entry for entry."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from aggregator.__main__ import main
from aggregator.app import open_app
from aggregator.config import load
from aggregator.world import real_world
from feeds.model import Entry, Placement
from storage.port import Change
from storage.tinydb_store import open_store

STORE = '[store]\nurl = "tinydb:store"\n[publish]\nfolder = "site"\n'
SOURCES = ("river", "dzvin", "step")
EDITS = 20
WORDS = ["harbour", "bridge", "ferry", "island", "storm", "pact", "council", "strike", "ліс", "міст", "порт", "гавань"]


def an_entry(number: int, title: str, summary: str, source: str, language: str, *, now: datetime) -> Entry:
    """Seen so many hours and a half ago: none reaches an age of whole hours soon."""
    seen = now - timedelta(hours=number + 0.5)
    return Entry(
        id=f"e{number:05}", source=source, guid="", url=f"https://{source}.example/{number}", canonical_url="",
        title=title, summary=summary, language=language, published=seen, updated=seen, first_seen=seen, revised=seen,
    )  # fmt: skip


def an_edit(random: Random, words: Sequence[str]) -> str:
    """A topic as somebody might have changed it."""
    one, two, three = random.sample(words, 3)
    lines = random.sample(
        [f"{one}", f'"{one} {two}"', f"{one} NEAR/5 {two}", f"{one} OR {two}", f"{two} -{three}", f"title:{three}",
         f"={two}", f'"{two} {one}"~3', f"/{three[:3]}/", "@harbours"],
        random.randint(1, 3),
    )  # fmt: skip
    where = random.choice(["", "sources = ['river']", "languages = ['en']", "min_words = 2", "max_age = '10d'"])
    return f"""
[[topic]]
id = "edited"
limit = {random.choice([1, 5, 50, 500])}
collapse = "{random.choice(["copies", "none"])}"
max_age = "{random.choice(["", "2d", "90d"])}"
min_score = {random.choice([0, 0, 1])}
match = {json.dumps(lines, ensure_ascii=False)}
{random.choice(["", f"not = ['{three}']", f"not = ['{one} {three}', 'fish']"])}
  [topic.where]
  {where}
"""


class Site:
    """A config that is edited, and the store and folder behind it."""

    def __init__(self, folder: Path, entries: Sequence[Entry], placements: Sequence[Placement] = ()) -> None:
        self.folder = folder
        self.file = folder / "config.toml"
        with open_store(folder / "store", writable=True) as store:
            store.commit(Change(entries=tuple(entries), placements=tuple(placements)))
        sources = sorted({entry.source for entry in entries} | {"river"})
        self.head = STORE + "".join(
            f'[[source]]\nid = "{source}"\nurl = "https://{source}.example/rss"\n' for source in sources
        )

    def edit(self, topic: str) -> None:
        self.file.write_text(f'{self.head}[[topic]]\nid = "harbours"\nmatch = ["harbour", "порт"]\n{topic}', "utf-8")

    def reload(self) -> list[str]:
        """Publish, and say which entries the feed has, in its order."""
        with open_app(load(self.file, environ={}), world=real_world(), observe=lambda _: None) as app:
            app.publisher.publish()
        feed = json.loads((self.folder / "site" / "feeds" / "edited.json").read_text("utf-8"))
        return [item["id"] for item in feed["items"]]


def check(site: Site, words: Sequence[str], edits: int, capsys: pytest.CaptureFixture[str]) -> int:
    """Edit after edit; how many entries came or went in all."""
    random, moved = Random(11), 0
    site.edit(an_edit(random, words))
    before = site.reload()
    for _ in range(edits):
        site.edit(an_edit(random, words))
        capsys.readouterr()
        assert main(["preview", "edited", "--json", "--config", str(site.file)]) == 0
        told = json.loads(capsys.readouterr().out)
        come, go, stay = ([one["id"] for one in told[key]] for key in ("come", "go", "stay"))
        after = site.reload()
        assert come == [one for one in after if one not in before]
        assert go == [one for one in before if one not in after]
        assert stay == [one for one in after if one in before]
        before, moved = after, moved + len(come) + len(go)
    return moved


def test_a_preview_of_an_edit_is_what_is_published_after_it(tmp_path, capsys):
    random, now = Random(5), datetime.now(UTC)
    entries = [
        an_entry(
            number, " ".join(random.sample(WORDS, 3)), random.choice(WORDS), random.choice(SOURCES),
            random.choice(["en", "uk"]), now=now,
        )
        for number in range(150)
    ]  # fmt: skip
    copies = [Placement(entry=entry.id, copy_of="e00007") for entry in entries[40:50]]
    assert check(Site(tmp_path, entries, copies), WORDS, EDITS, capsys) > 100


@pytest.mark.corpora
@pytest.mark.heavy
@pytest.mark.timeout(3600)
def test_a_preview_over_a_recorded_month_is_what_is_published(corpora, tmp_path, capsys):
    random, now, entries = Random(5), datetime.now(UTC), []
    for file in sorted((corpora / "replay-2023-06").glob("*.jsonl.gz"))[:20]:
        lines = [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
        for record in lines[:150]:
            title, summary = record["title"] or "–", (record.get("description") or "")[:500]
            entries.append(an_entry(len(entries), title, summary, file.name.split(".")[0].lower()[:40], "en", now=now))
    said = sorted({word for entry in entries for word in entry.title.split() if word.isalpha() and len(word) > 3})
    common = [word for word in said if sum(word in entry.title for entry in entries) > 15]
    assert check(Site(tmp_path, entries), random.sample(common, 40), EDITS, capsys) > 100
