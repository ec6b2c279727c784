"""What the test suites of feedparser and gofeed expect of the fields that we keep.

feedparser writes an expression into a comment of each document, gofeed a JSON file beside it. Both are read as a list
of claims; claims on anything else (base, scheme, type, encoding, copyright …) are left alone.
"""

from __future__ import annotations

import ast
import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from feeds.model import Entry, ParsedEntry, ParsedFeed, ReadFeed, Source
from feeds.read.jsonfeed import looks_like_json, open_json, parse_json
from feeds.read.normalize import normalize
from feeds.read.parse import parse
from feeds.read.titles import one_line, plain_title
from feeds.read.urls import absolute
from feeds.sanitize import plain_text

NOW = datetime(2040, 1, 1, tzinfo=UTC)
SOURCE = Source(id="suite", url="http://127.0.0.1:8097/tests/feed.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """`field` of the entry number `entry` (None: of the feed) is `value`."""

    case: str
    entry: int | None
    field: str
    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """A document as we read it, before and after it was made clean."""

    parsed: ParsedFeed
    clean: ReadFeed


def read_as_ours(body: bytes, content_type: str) -> Ours:
    """Entries of nothing but a date or a person get a title, as they would be left out otherwise."""
    feed = parse_json(open_json(body, content_type="")) if looks_like_json(body) else None
    feed = feed or parse(body, url=SOURCE.url, content_type=content_type)
    titled = tuple(
        one if plain_title(one.title, is_html=one.title_is_html) else replace(one, title=f"untitled {n}")
        for n, one in enumerate(feed.entries)
    )
    return Ours(parsed=feed, clean=normalize(replace(feed, entries=titled), source=SOURCE, url=SOURCE.url, now=NOW))


def holds(claim: Claim, ours: Ours) -> bool:
    """Whether our reading says the same, in our form: plain titles, absolute links, clean text, moments in UTC."""
    if claim.entry is None:
        return _feed_says(claim, ours)
    if claim.entry >= len(ours.clean.entries):
        return False
    clean, parsed = ours.clean.entries[claim.entry], ours.parsed.entries[claim.entry]
    if claim.field == "title":
        # An entry whose title is a picture has none.
        return clean.title == (_title(claim, ours.parsed, is_html=parsed.title_is_html) or clean.title)
    return _entry_says(claim, clean, parsed)


def _title(claim: Claim, feed: ParsedFeed, *, is_html: bool) -> str:
    return plain_title(str(claim.value), is_html=is_html, is_exact=feed.format.startswith("atom"))


def _feed_says(claim: Claim, ours: Ours) -> bool:
    value = str(claim.value)
    match claim.field:
        case "title":
            return ours.clean.title == _title(claim, ours.parsed, is_html=ours.parsed.title_is_html)
        case "link":
            return ours.clean.home == absolute(value, SOURCE.url)
        case _:
            return ours.clean.language.lower() == value.lower().replace("_", "-")


def _entry_says(claim: Claim, entry: Entry, parsed: ParsedEntry) -> bool:
    value = str(claim.value)
    texts = (entry.summary, plain_text(entry.content), plain_text(parsed.summary))
    url, label = absolute(value, SOURCE.url), plain_title(value, is_html=True)
    answers = {
        "text": lambda: not {one_line(plain_text(value)), one_line(value)}.isdisjoint(map(one_line, texts)),
        "link": lambda: entry.url == url,
        "id": lambda: entry.guid == one_line(value),
        "published": lambda: value in {parsed.published, parsed.updated},
        "updated": lambda: parsed.updated == value,
        "published at": lambda: entry.published == claim.value,
        "updated at": lambda: entry.updated == claim.value,
        "author": lambda: label in entry.authors,
        "category": lambda: label in entry.categories,
        "enclosure": lambda: url in {one.url for one in entry.enclosures},
    }
    return answers[claim.field]()


# --- feedparser


_KEPT = {
    "title": "title",
    "title_detail.value": "title",
    "description": "text",
    "summary": "text",
    "summary_detail.value": "text",
    "content.0.value": "text",
    "link": "link",
    "id": "id",
    "guid": "id",
    "published": "published",
    "updated": "updated",
    "published_parsed": "published at",
    "updated_parsed": "updated at",
    "author_detail.name": "author",
    "enclosures.0.href": "enclosure",
    "enclosures.0.url": "enclosure",
}
_KEPT |= {f"authors.{n}.name": "author" for n in range(3)} | {f"tags.{n}.term": "category" for n in range(3)}
_KEPT_OF_FEED = {"title": "title", "title_detail.value": "title", "link": "link", "language": "language"}
_EXPECT = re.compile(r"Expect:\s*(.*?)\s*(?:\n|-->)")
_HEADER = re.compile(r"Header:\s*Content-type:\s*(\S.*?)\s*(?:\n|-->)", re.IGNORECASE)
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp037")


def feedparser_cases(suites: Path) -> Iterator[tuple[str, bytes, str, tuple[Claim, ...]]]:
    """Name, document, HTTP content type and claims."""
    for name, body in _files(suites / "feedparser.tar.xz"):
        text = _comment(body)
        expected = _EXPECT.search(text) if name.endswith(".xml") else None
        if expected:
            header = _HEADER.search(text)
            yield name, body, header[1] if header else "", tuple(_claims(name, expected[1]))


def _comment(body: bytes) -> str:
    for encoding in ("latin-1", *_WIDE):
        text = body.decode(encoding, "replace")
        if "Expect:" in text:
            # Comments are in UTF-8 where they are in nothing stranger.
            return body.decode("utf-8") if encoding == "latin-1" and _is_utf8(body) else text
    return ""


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _claims(name: str, expression: str) -> Iterator[Claim]:
    for part in _parts(ast.parse(expression, mode="eval").body):
        if not (isinstance(part, ast.Compare) and len(part.ops) == 1 and isinstance(part.ops[0], ast.Eq)):
            continue
        path, value = _path(part.left), _literal(part.comparators[0])
        if not path or value is None:
            continue
        if path[0] == "feed" and (field := _KEPT_OF_FEED.get(".".join(path[1:]))):
            yield Claim(case=name, entry=None, field=field, value=value)
        elif path[0] == "entries" and (field := _KEPT.get(".".join(path[2:]))):
            yield Claim(case=name, entry=int(path[1]), field=field, value=_moment(value) if " at" in field else value)


def _parts(node: ast.expr) -> list[ast.expr]:
    return node.values if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And) else [node]


def _path(node: ast.expr) -> list[str]:
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Subscript(value=of, slice=ast.Constant(value=key)):
            return [*_path(of), str(key)]
        case ast.Attribute(value=of, attr=key):
            return [*_path(of), key]
        case _:
            return []


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def _moment(value: object) -> datetime:
    assert isinstance(value, tuple)
    return datetime(*value[:6], tzinfo=UTC)


# --- gofeed


_GOFEED = {"title": "title", "description": "text", "summary": "text", "link": "link", "id": "id", "updated": "updated"}


def gofeed_cases(suites: Path) -> Iterator[tuple[str, bytes, str, tuple[Claim, ...]]]:
    """As `feedparser_cases`."""
    files = dict(_files(suites / "gofeed.tar.xz"))
    for name, body in files.items():
        stem, _, kind = name.rpartition(".")
        told = files.get(f"{stem}_expected.json" if kind == "json" else f"{stem}.json")
        if told and not stem.endswith("_expected") and body.strip():
            yield name, body, "", tuple(_gofeed_claims(name, json.loads(told)))


def _gofeed_claims(name: str, told: Mapping) -> Iterator[Claim]:
    for field in ("title", "link", "language"):
        if isinstance(told.get(field), str):
            yield Claim(case=name, entry=None, field=field, value=told[field])
    for number, item in enumerate(told.get("items") or told.get("entries") or ()):
        found = [(field, item.get(key)) for key, field in _GOFEED.items()]
        content, guid = item.get("content"), item.get("guid")
        found.append(("text", content.get("value") if isinstance(content, dict) else content))
        found.append(("id", guid.get("value") if isinstance(guid, dict) else guid))
        found.append(("published", item.get("pubDate") or item.get("published")))
        found += [("author", person.get("name")) for person in item.get("authors") or ()]
        found += [("enclosure", one.get("url")) for one in item.get("enclosures") or ()]
        for category in item.get("categories") or ():
            label = (
                category.get("label") or category.get("term") or category.get("value")
                if isinstance(category, dict)
                else category
            )
            found.append(("category", label))
        yield from (Claim(case=name, entry=number, field=field, value=v) for field, v in found if isinstance(v, str))


def _files(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as members:
        for member in members:
            content = members.extractfile(member) if member.isfile() else None
            if content is not None:
                yield member.name, content.read()
