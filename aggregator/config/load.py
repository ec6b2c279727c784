"""One file becomes a Config, or all that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from aggregator.codes import Code
from aggregator.config import outlets, settings, sources, topics
from aggregator.config.complaints import read_table, unknown_key
from aggregator.config.document import Document, read
from aggregator.config.flaws import Flaw, KeyPath
from aggregator.config.ids import id_from_url
from aggregator.config.languages import ANY
from aggregator.config.model import Config, KeepSettings, PlacedExample
from aggregator.config.schema import (
    LISTS,
    SECTIONS,
    FetchTable,
    KeepTable,
    OutletTable,
    PublishTable,
    ServeTable,
    SiteTable,
    SourceTable,
    StoreTable,
    Table,
    TopicTable,
)
from aggregator.config.syntax import SyntaxFlaw
from aggregator.config.values import Known
from feeds.errors import ConfigError, Problem
from feeds.model import Outlet, Source
from feeds.topics import Topic

T = TypeVar("T", bound=Table)


def load(file: Path, *, environ: Mapping[str, str]) -> Config:
    """The config in `file`; secrets that it names come from `environ`.

    Raises ConfigError with every problem found, in the order of the file, and OSError when it cannot be read.
    """
    return parse(file.read_bytes(), file=file, environ=environ)


def parse(body: bytes, *, file: Path, environ: Mapping[str, str]) -> Config:
    """The config in `body`, as if it stood in `file`. Raises ConfigError likewise."""
    try:
        document = read(body)
    except SyntaxFlaw as error:
        raise ConfigError(str(file), error.problems) from error
    loading = _Loading(document, file, environ)
    config = loading.run()
    if loading.flaws:
        problems = {document.place(_plain(flaw, document)) for flaw in loading.flaws}
        raise ConfigError(str(file), tuple(sorted(problems, key=lambda p: (p.line, p.column, p.message))))
    return config


def _plain(flaw: Flaw, document: Document) -> Flaw:
    """The flaw with its path as written: a plain list of lines is read as `any`, a single line as a list of one."""
    if flaw.path in document.literals or ANY not in flaw.path:
        return flaw
    written = flaw.path[: flaw.path.index(ANY)]
    rest = flaw.path[len(written) + 1 :]
    path = (*written, *rest) if (*written, *rest) in document.literals else written
    return replace(flaw, path=path)


class _Loading:
    """Reads section by section, so that one broken table does not hide what is wrong with the others."""

    def __init__(self, document: Document, file: Path, environ: Mapping[str, str]) -> None:
        self.document = document
        self.values = document.values
        self.file = file
        self.environ = environ
        self.flaws: list[Flaw] = [unknown_key((key,)) for key in self.values if key not in {*SECTIONS, *LISTS}]

    def run(self) -> Config:
        """The config; good for nothing when `flaws` is not empty."""
        fetch = self.section(FetchTable, "fetch")
        keep = self.section(KeepTable, "keep") or KeepTable()
        found_sources = self.sources(fetch)
        found_topics = self.topics(keep)
        store, publish, flaws = settings.folders(
            self.section(StoreTable, "store") or StoreTable(),
            self.section(PublishTable, "publish") or PublishTable(),
            beside=self.file.resolve().parent,
        )
        self.flaws += flaws
        return Config(
            file=self.file,
            site=settings.site(self.section(SiteTable, "site") or SiteTable()),
            serve=settings.serve(self.section(ServeTable, "serve") or ServeTable()),
            fetch=settings.fetch(fetch or FetchTable()),
            keep=KeepSettings(feed_entries=keep.feed_entries, entries=keep.entries, at_most=keep.at_most),
            store=store,
            publish=publish,
            sources=found_sources,
            topics=found_topics,
            examples=_examples(found_topics, self.document),
            outlets=self.outlets(),
        )

    def section(self, model: type[T], name: str) -> T | None:
        table, flaws = read_table(model, self.values.get(name, {}), (name,))
        self.flaws += flaws
        return table

    def elements(self, model: type[T], name: str, known: Known | None = None) -> list[tuple[int, T]]:
        """The tables of a list that are right by themselves, with their places."""
        good: list[tuple[int, T]] = []
        for position, raw in self.raw_elements(name, complain=True):
            table, flaws = read_table(model, raw, (name, position), known)
            self.flaws += flaws
            if table is not None:
                good.append((position, table))
        return good

    def raw_elements(self, name: str, *, complain: bool = False) -> list[tuple[int, Any]]:
        raw = self.values.get(name, [])
        if isinstance(raw, list):
            return list(enumerate(raw))
        if complain:
            message = f"write [[{name}]] with two brackets: there may be several"
            self.flaws.append(Flaw(code=Code.TABLE, path=(name,), message=message))
        return []

    def sources(self, fetch: FetchTable | None) -> tuple[Source, ...]:
        if fetch:
            self.flaws += sources.bounds(fetch)
        built, flaws = sources.build(self.elements(SourceTable, "source"), fetch=fetch, environ=self.environ)
        self.flaws += flaws
        return built

    def topics(self, keep: KeepTable) -> tuple[Topic, ...]:
        known = self.known()
        given = self.elements(TopicTable, "topic", known)
        built, flaws = topics.build(given, limit=keep.feed_entries, known=known, environ=self.environ)
        self.flaws += flaws
        return built

    def outlets(self) -> tuple[Outlet, ...]:
        built, flaws = outlets.build(self.elements(OutletTable, "outlet"))
        self.flaws += flaws
        return built

    def known(self) -> Known:
        """Ids, names and tags of all sources and ids of all topics, broken ones too: one mistake is told once."""
        ids: set[str] = set()
        tags: set[str] = set()
        names: set[str] = set()
        for _, raw in self.raw_elements("source"):
            if not isinstance(raw, dict):
                continue
            own, url, given, name = raw.get("id"), raw.get("url"), raw.get("tags"), raw.get("name")
            if isinstance(name, str) and name:
                names.add(name)
            if isinstance(own, str) and own:
                ids.add(own)
            elif isinstance(url, str):
                ids.add(_id_or_nothing(url))
            if isinstance(given, list):
                tags.update(tag for tag in given if isinstance(tag, str))
        found = (raw.get("id") for _, raw in self.raw_elements("topic") if isinstance(raw, dict))
        return Known(sources=ids, tags=tags, names=names, topics={own for own in found if isinstance(own, str)})


def _id_or_nothing(url: str) -> str:
    try:
        return id_from_url(url if "://" in url else f"https://{url}")
    except ValueError:  # no URL, and told as such
        return ""


def _examples(found: Sequence[Topic], document: Document) -> tuple[PlacedExample, ...]:
    """Every example of every topic with its place; topics stand in the order of the file."""
    return tuple(
        PlacedExample(
            topic=topic.id,
            language=example.language,
            title=title,
            wanted=answer == "yes",
            place=_place(document, ("topic", t, "example", e, answer, position)),
        )
        for t, topic in enumerate(found)
        for e, example in enumerate(topic.examples)
        for answer, titles in (("yes", example.yes), ("no", example.no))
        for position, title in enumerate(titles)
    )


def _place(document: Document, path: KeyPath) -> Problem:
    return document.place(Flaw(code=Code.EXAMPLE, path=path, message=""))
