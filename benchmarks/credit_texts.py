"""Finds the texts behind `tests/data/credits/labels.jsonl`, which holds only ids and spans, in the real material.

A span counts characters of the plain text that `plain` and `plain_html` below make; change neither without new labels.
"""

from __future__ import annotations

import gzip
import html
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).resolve().parent.parent
LABELS = ROOT / "tests" / "data" / "credits" / "labels.jsonl"

INVISIBLE = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
LINE_BREAK = re.compile(
    r"</?(?:p|div|br|hr|h[1-6]|ul|ol|li|dl|dt|dd|table|tr|td|th|blockquote|figure|figcaption|section|article|pre)\b[^>]*>",
    re.IGNORECASE,
)
TAG = re.compile(r"</?[a-z][^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """An outlet that the text credits; `text[start:end]` is its name as written there."""

    start: int
    end: int
    outlet: str
    role: Literal["origin", "via", "self"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Whom one title or text credits: nobody, if `credits` is empty."""

    set: Literal["telegram", "semeval", "fnc", "replay", "seed"]
    id: str
    field: Literal["title", "text"]
    """Which of the two the spans count in; the other one is not labelled."""
    half: Literal["tune", "final"]
    credits: tuple[Credit, ...]


def plain(text: str) -> str:
    """Collapse white space within each line to one space, and drop empty lines."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def plain_html(source: str) -> str:
    """Tags of blocks become line breaks and other tags nothing; then entities become characters, once."""
    visible = INVISIBLE.sub("", source)
    return plain(html.unescape(TAG.sub("", LINE_BREAK.sub("\n", visible))))


def corpora() -> Path:
    """Where the real material is: `$TOPICWIRE_CORPORA`, or `../shared/corpora` beside the project."""
    return Path(os.environ.get("TOPICWIRE_CORPORA") or ROOT.parent / "shared" / "corpora")


def read_labels(file: Path = LABELS) -> tuple[Label, ...]:
    rows = (json.loads(line) for line in file.read_text("utf-8").splitlines())
    return tuple(Label(**{**row, "credits": tuple(Credit(**credit) for credit in row["credits"])}) for row in rows)


def labelled_texts(folder: Path | None = None, labels: Path = LABELS) -> Iterator[tuple[Label, str, str]]:
    """Yield every label with its title and plain text, in the order of the file; a title can be empty."""
    folder = folder or corpora()
    for label in read_labels(labels):
        title, text = find(folder, label.set, label.id)
        yield label, title, text


def labelled_field(label: Label, title: str, text: str) -> str:
    """Return the string that the spans of `label` count in."""
    return title if label.field == "title" else text


def find(folder: Path, name: str, id_: str) -> tuple[str, str]:
    """Return the title and the plain text that an id of a set stands for; KeyError if there is none."""
    return _FINDERS[name](folder, id_)


def _telegram(folder: Path, id_: str) -> tuple[str, str]:
    line, side = id_.split("/")
    row = _lines(folder / "same-story" / "telegram.jsonl.gz")[int(line)]
    return plain(row["t" + side]), plain(row[side])


def _semeval(folder: Path, id_: str) -> tuple[str, str]:
    pair, side = id_.split("/")
    return "", plain(_by_id(folder / "same-story" / "semeval.jsonl.gz")[pair][side])


def _fnc(folder: Path, id_: str) -> tuple[str, str]:
    return "", plain(_by_id(folder / "same-story" / "fnc.jsonl.gz")[id_]["text"])


def _replay(folder: Path, id_: str) -> tuple[str, str]:
    stem, line = id_.split("/")
    row = _lines(folder / "replay-2023-06" / f"{stem}.jsonl.gz")[int(line)]
    return plain_html(row.get("title") or ""), plain_html(row.get("description") or "")


def _seed(folder: Path, id_: str) -> tuple[str, str]:
    """Read an article whose title is its second paragraph; the text is all of it, the site's own lines included."""
    text = plain((folder / "seed" / f"{id_}.txt").read_text("utf-8"))
    return text.split("\n")[1], text


_FINDERS: dict[str, Callable[[Path, str], tuple[str, str]]] = {
    "telegram": _telegram,
    "semeval": _semeval,
    "fnc": _fnc,
    "replay": _replay,
    "seed": _seed,
}


@cache
def _lines(file: Path) -> tuple[dict[str, Any], ...]:
    with gzip.open(file, "rt", encoding="utf-8") as text:
        return tuple(json.loads(line) for line in text)


@cache
def _by_id(file: Path) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in _lines(file)}
