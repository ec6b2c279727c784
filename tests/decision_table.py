"""Reads tables of decisions: a query, then texts that it takes or does not.

    ? "security guarantee"
    + en | New [security guarantees] for the island
    - en | Security first // A guarantee comes later

`+` takes, `-` does not; then the language (`??`: unknown), then a title, after ` // ` a summary, then the body.
Square brackets show the evidence and are no part of the text; a `+` line shows all of it. `#` begins a comment line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from feeds.model import Entry, Span

WHEN = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Decision:
    query: str
    entry: Entry
    takes: bool
    spans: tuple[Span, ...]

    def __str__(self) -> str:
        return f"{self.query} {'takes' if self.takes else 'leaves'} {self.entry.language}: {self.entry.title}"


def entry(title: str, language: str = "en", **fields) -> Entry:
    """An entry with nothing but what is given."""
    plain = {
        "id": "e1", "source": "gazette", "guid": "", "url": "https://www.gazette.example/1", "canonical_url": "",
        "published": WHEN, "updated": WHEN, "first_seen": WHEN, "revised": WHEN,
    }  # fmt: skip
    return Entry(title=title, language=language, **(plain | fields))


def decisions(lines: Iterable[str]) -> Iterator[Decision]:
    query = ""
    for line in lines:
        sign, _, rest = line.strip().partition(" ")
        if sign == "?":
            query = rest.strip()
        elif sign in {"+", "-"}:
            language, _, texts = rest.partition("|")
            yield _decision(query, sign == "+", language.strip().replace("??", ""), texts.strip().split(" // "))
        elif sign and not sign.startswith("#"):
            raise ValueError(f"a line begins with ?, +, - or #, not with {line!r}")


def _decision(query: str, takes: bool, language: str, texts: list[str]) -> Decision:
    spans: list[Span] = []
    plain = {"title": "", "summary": "", "content": ""}
    for name, text in zip(plain, texts, strict=False):
        plain[name] = re.sub(r"[\[\]]", "", text)
        field = "body" if name == "content" else name
        for number, found in enumerate(re.finditer(r"\[([^\]]*)\]", text)):
            start = found.start() - 2 * number
            spans.append(Span(field=field, start=start, end=start + len(found[1])))
    title = plain.pop("title")
    plain["content"] = f"<p>{plain['content']}</p>" if plain["content"] else ""
    return Decision(query=query, entry=entry(title, language, **plain), takes=takes, spans=tuple(spans))
