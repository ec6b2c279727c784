"""Sources made up from a seed, for scale: as many sources and entries as asked, in the form of a recording.

    python benchmarks/synthetic.py FOLDER --sources 1000 --entries 200

writes a folder that `python -m benchmarks.replay` serves.
"""

from __future__ import annotations

import argparse
import gzip
import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.replay import RecordedEntry, RecordedSource

SYLLABLES = tuple(consonant + vowel for consonant in "bcdfgklmnprst" for vowel in "aeio")
START = datetime(2023, 6, 1, tzinfo=UTC)
LANGUAGES = ("en", "uk", "ru", "pl")


def synthesize(
    *,
    sources: int,
    entries: int,
    seed: int = 0,
    start: datetime = START,
    span: timedelta = timedelta(days=30),
    words: int = 60,
    marked: float = 0.01,
) -> tuple[RecordedSource, ...]:
    """`sources` sources with `entries` entries each, spread over `span` from `start`; equal arguments, equal entries.

    Texts are `words` made-up words, frequent and rare as in life; a share of `marked` of the titles says
    "security guarantees", so that a topic has something to find.
    """
    vocabulary = made_up_words(Random(seed), 20_000)
    return tuple(
        _source(Random(f"{seed}/{number}"), number, vocabulary, entries, start, span, words, marked)
        for number in range(sources)
    )


def made_up_words(draw: Random, size: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    while len(found) < size:
        found["".join(draw.choices(SYLLABLES, k=draw.randint(2, 5)))] = None
    return tuple(found)


def made_up_text(draw: Random, vocabulary: tuple[str, ...], words: int) -> str:
    """Ranks by the inverse of a uniform number: near enough to Zipf's law."""
    ranks = (int(min(len(vocabulary) - 1, 1 / (draw.random() + 1e-9))) for _ in range(words))
    return " ".join(vocabulary[rank] if draw.random() < 0.5 else draw.choice(vocabulary) for rank in ranks)


def _source(
    draw: Random,
    number: int,
    vocabulary: tuple[str, ...],
    entries: int,
    start: datetime,
    span: timedelta,
    words: int,
    marked: float,
) -> RecordedSource:
    moments = sorted(start + timedelta(seconds=draw.randrange(int(span.total_seconds()))) for _ in range(entries))
    language = LANGUAGES[number % len(LANGUAGES)]
    host = f"https://source-{number}.example"
    return RecordedSource(
        id=f"source-{number}",
        url=f"{host}/feed",
        language=language,
        entries=tuple(
            RecordedEntry(
                title=made_up_text(draw, vocabulary, 8) + (" security guarantees" if draw.random() < marked else ""),
                link=f"{host}/{moment:%Y/%m/%d}/{order}",
                published=moment,
                description=f"<p>{made_up_text(draw, vocabulary, words)}</p>",
                language=language,
            )
            for order, moment in enumerate(moments)
        ),
    )


def write_folder(sources: tuple[RecordedSource, ...], folder: Path) -> None:
    """Write `sources` in the form that `benchmarks.replay.read_folder` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    index = []
    for source in sources:
        file = f"{source.id}.jsonl.gz"
        lines = [_line(entry) for entry in source.entries]
        (folder / file).write_bytes(gzip.compress("".join(lines).encode(), mtime=0))
        index.append({"source": source.url, "file": file, "entries": len(lines)})
    (folder / "index.json").write_text(json.dumps(index, indent=1) + "\n", "utf-8")


def _line(entry: RecordedEntry) -> str:
    fields = asdict(entry)
    fields["date_published"] = fields.pop("published").isoformat()
    fields["tags"] = list(fields["tags"])
    return json.dumps({name: value for name, value in fields.items() if value}, ensure_ascii=False) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sources", type=int, default=100)
    parser.add_argument("--entries", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    made = synthesize(sources=asked.sources, entries=asked.entries, seed=asked.seed)
    write_folder(made, asked.folder)
    print(f"sources: {len(made)}")
    print(f"entries: {sum(len(source.entries) for source in made)}")


if __name__ == "__main__":
    main()
