"""Identity, copies and stories in one process with a hundred thousand entries kept: entries a second, and memory.

    python benchmarks/dedupe_at_scale.py [--kept 100000] [--measured 3000]

Passes of 20 entries go through `remember` and a TinyDB store. The entries are made up, in English, Ukrainian and
Russian, of words that are as frequent as words are (Zipf): feed entries of 12 to 60 words, and bodies of 350. One in
ten is told again by another outlet, one in forty is a copy. CPU time, best of 3; what the commit itself takes (codec
and journal) is told apart. Reading, which makes the sketches, is not in it.
"""

from __future__ import annotations

import argparse
import gc
import resource
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from random import Random
from time import process_time

from aggregator.ingesting.judge import Judge
from aggregator.ingesting.remember import Pace, remember
from feeds.dedupe.fingerprint import fingerprint
from feeds.dedupe.ids import guid_id
from feeds.dedupe.shingles import TEXT, text_part
from feeds.dedupe.sketch import write_parts
from feeds.dedupe.terms import LABEL, Terms
from feeds.model import Entry, Fetched, ReadFeed, Source
from feeds.polling import Bounds
from storage.port import Change, Store
from storage.tinydb_store import open_store

START = datetime(2026, 3, 2, tzinfo=UTC)
STEP = timedelta(seconds=5)
"""Between two entries, so that a hundred thousand are those of six days: what is compared with."""
A_PASS = 20
SOURCES = 500
PACE = Pace(bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(days=1)), jitter=0.0)
SYLLABLES = {
    "en": "an ter con ver re in tion ment pro per sta ble ly ing er ed com dis mo ra ni le to sal vor wick ford",
    "uk": "на по ви при ро за ко сті ня ти ла ру ві дно ськ ий ого мі ча про ме лі ук ра їн ва ли ть",
    "ru": "на по вы при ро за ко сти ть ла ру ве дно ск ий ого ми ча про ме ли об ра жен ва ны ем ста",
}


class Tongue:
    """Words of a made-up language, the n-th of which is about n times as rare as the first."""

    def __init__(self, language: str, draw: Random, words: int = 60_000) -> None:
        self.language, self._draw = language, draw
        syllables = SYLLABLES[language].split()
        made = dict.fromkeys(
            "".join(draw.choices(syllables, k=1 + min(4, draw.randrange(1 + place // 200 if place < 800 else 5))))
            for place in range(2 * words)
        )
        self._words = list(islice(made, words))
        self._weights = list(accumulate(1 / (place + 3) for place in range(len(self._words))))

    def text(self, count: int, about: Sequence[str] = ()) -> str:
        """Sentences of so many words, of which some are those that it is `about`."""
        words = self._draw.choices(self._words, cum_weights=self._weights, k=count)
        for word in about:
            words[self._draw.randrange(count)] = word
        for start in range(0, count, 14):
            words[start] = words[start].capitalize()
            words[min(count, start + 14) - 1] += "."
        if count > 25:
            words[self._draw.randrange(count)] = str(self._draw.randrange(2, 900))
        return " ".join(words)

    def names(self, count: int) -> list[str]:
        """Rare words, written large."""
        rare = self._words[len(self._words) // 10 :]
        return [self._draw.choice(rare).capitalize() for _ in range(count)]


def made_up(body: int) -> Iterator[Entry]:
    """Entries without end; `body` words of text, 0: as many as feeds give."""
    draw, terms = Random(7), Terms()
    tongues = [Tongue(language, draw) for language in SYLLABLES]
    recent: list[tuple[Tongue, list[str], str]] = []
    number = 0
    while True:
        tongue = draw.choice(tongues)
        count = body or draw.randrange(12, 60)
        about, text = tongue.names(6), ""
        kind = draw.randrange(40)
        if recent and kind < 4:
            tongue, about, text = draw.choice(recent)
        if kind != 0 or not text:
            text = tongue.text(count, about * 2)
        recent = [*recent[-200:], (tongue, about, text)]
        yield _entry(number, tongue.text(8, about), text, tongue.language, terms)
        number += 1


def _entry(number: int, title: str, text: str, language: str, terms: Terms) -> Entry:
    source, moment = f"source-{number // A_PASS % SOURCES}", START + number * STEP
    url = f"https://{source}.example/news/{number}"
    return Entry(
        id=guid_id(source, url),
        source=source,
        guid=url,
        url=url,
        canonical_url=url,
        title=title,
        summary=text,
        language=language,
        published=moment,
        updated=moment,
        first_seen=moment,
        revised=moment,
        fingerprint=fingerprint(title, text),
        sketch=write_parts({TEXT: text_part(title, text), LABEL: terms.of(title, text, language)}),
    )


class Timed:
    """A store that knows how much CPU time its commits took."""

    def __init__(self, store: Store) -> None:
        self._store, self.commits = store, 0.0

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def commit(self, change: Change) -> None:
        began = process_time()
        self._store.commit(change)
        self.commits += process_time() - began


def fill(store: Store, entries: Iterator[Entry], kept: int) -> None:
    """Take `kept` entries in, through a judge, with large commits."""
    judge = Judge(store)
    for _ in range(0, kept, 500):
        listed = list(islice(entries, 500))
        placed = judge.judge(listed, ())
        store.commit(Change(entries=tuple(listed), placements=placed.placements, boilerplate=placed.learnt))


def a_pass(store: Store, judge: Judge, listed: Sequence[Entry]) -> int:
    source = Source(id=listed[0].source, url=f"https://{listed[0].source}.example/rss")
    kept = remember(
        store,
        judge=judge,
        source=source,
        state=None,
        outcome=Fetched(url=source.url, body=b"", body_hash=listed[0].id),
        feed=ReadFeed(title="", home="", language="", entries=tuple(listed)),
        now=listed[-1].first_seen,
        pace=PACE,
    )
    return kept.copies


def measure(name: str, body: int, kept: int, measured: int, folder: Path) -> None:
    entries = made_up(body)
    with open_store(folder, writable=True) as opened:
        fill(opened, entries, kept)
    del opened
    gc.collect()
    with open_store(folder, writable=True) as opened:
        before, began = peak(), process_time()
        store = Timed(opened)
        judge = Judge(store)
        print(f"{name}, start of the judge: {process_time() - began:.1f} s, {peak() - before} MB more at its peak")
        times, bare, copies = [], [], 0
        for _ in range(3):
            passes = [list(islice(entries, A_PASS)) for _ in range(measured // A_PASS)]
            store.commits, began = 0.0, process_time()
            for listed in passes:
                copies += a_pass(store, judge, listed)
            times.append((process_time() - began) / measured)
            bare.append(times[-1] - store.commits / measured)
        print(f"{name}, {kept:,} kept, copies found: {copies}")
        print(f"{name}, {kept:,} kept, identity, copies and stories: {1 / min(bare):,.0f} entries/s")
        print(f"{name}, {kept:,} kept, the same with its commit: {1 / min(times):,.0f} entries/s")
        print(f"{name}, peak memory of the process: {peak()} MB", flush=True)


def peak() -> int:
    """MB that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kept", type=int, default=100_000)
    parser.add_argument("--measured", type=int, default=3_000)
    parser.add_argument("--body", type=int, nargs="*", default=[0, 350], help="words; 0: as many as feeds give")
    asked = parser.parse_args()
    for body in asked.body:
        with tempfile.TemporaryDirectory() as folder:
            name = f"bodies of {body} words" if body else "feed entries"
            measure(name, body, asked.kept, asked.measured, Path(folder) / "store")


if __name__ == "__main__":
    main()
