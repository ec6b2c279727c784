"""What was recorded: a folder of gzip JSON-lines files, one a source, with `index.json` beside them."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median_low

PLAUSIBLE = timedelta(days=400)
"""A date further than this from the middle one of its source is a mistake; recordings span weeks, mistakes years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEntry:
    """One article as it was recorded; the link is its guid as well."""

    title: str
    link: str
    published: datetime
    """Aware, with the offset that was recorded."""
    description: str = ""
    """HTML."""
    language: str = ""
    thumbnail: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSource:
    """A source's entries, oldest first, each link once."""

    id: str
    url: str
    """Where it was recorded."""
    language: str
    """The most frequent one of its entries."""
    entries: tuple[RecordedEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A folder, with what was left out of it: entries without a usable date, and links that came again."""

    sources: tuple[RecordedSource, ...]
    undated: int
    repeated: int


def read_folder(folder: Path) -> Recorded:
    """Read all sources that `folder/index.json` names, in its order."""
    index = json.loads((folder / "index.json").read_text("utf-8"))
    undated = repeated = 0
    sources = []
    for row in index:
        lines = list(_lines(folder / row["file"]))
        dated = _plausible([(line, _moment(line)) for line in lines])
        entries = _each_link_once(_entry(line, moment) for line, moment in dated)
        undated += len(lines) - len(dated)
        repeated += len(dated) - len(entries)
        sources.append(
            RecordedSource(
                id=row["file"].removesuffix(".jsonl.gz"),
                url=row["source"],
                language=_most_frequent(entry.language for entry in entries),
                entries=entries,
            )
        )
    return Recorded(sources=tuple(sources), undated=undated, repeated=repeated)


def _lines(file: Path) -> Iterator[dict[str, object]]:
    with gzip.open(file, "rt", encoding="utf-8") as text:
        for line in text:
            yield json.loads(line)


def _moment(line: dict[str, object]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(line.get("date_published") or ""))
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None if moment.utcoffset() is None else moment


def _plausible(lines: list[tuple[dict[str, object], datetime | None]]) -> list[tuple[dict[str, object], datetime]]:
    dated = [(line, moment) for line, moment in lines if moment is not None]
    if not dated:
        return []
    middle = median_low(moment for _, moment in dated)
    return [(line, moment) for line, moment in dated if abs(moment - middle) <= PLAUSIBLE]


def _entry(line: dict[str, object], published: datetime) -> RecordedEntry:
    tags = line.get("tags") or ()
    return RecordedEntry(
        title=str(line.get("title") or ""),
        link=str(line.get("link") or ""),
        published=published,
        description=str(line.get("description") or ""),
        language=str(line.get("language") or ""),
        thumbnail=str(line.get("thumbnail") or ""),
        tags=tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
    )


def _each_link_once(entries: Iterable[RecordedEntry]) -> tuple[RecordedEntry, ...]:
    first: dict[str, RecordedEntry] = {}
    for entry in sorted(entries, key=lambda entry: (entry.published, entry.link)):
        first.setdefault(entry.link, entry)
    return tuple(first.values())


def _most_frequent(languages: Iterable[str]) -> str:
    counted = Counter(language for language in languages if language)
    return counted.most_common(1)[0][0] if counted else ""
