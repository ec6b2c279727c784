"""The [[topic]] tables become topics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aggregator.config.flaws import Flaw, KeyPath
from aggregator.config.schema import TopicTable
from feeds.errors import QueryError
from feeds.model import RevisionKind
from feeds.query.expr import Everything
from feeds.topics import Example, Topic, Where, check

Given = tuple[int, TopicTable]
"""A table that is right by itself, with its place in the file's list."""


def build(given: Sequence[Given], *, limit: int) -> tuple[tuple[Topic, ...], list[Flaw]]:
    """The topics in the order of the file, and what is wrong with them.

    `limit` is the number of entries where none is given.
    """
    flaws: list[Flaw] = []
    topics: list[Topic] = []
    taken: dict[str, int] = {}
    for position, table in given:
        path: KeyPath = ("topic", position)
        if table.id in taken:
            message = f'the id "{table.id}" is taken by the topic no. {taken[table.id] + 1}'
            flaws.append(Flaw(path=(*path, "id"), message=message))
        taken.setdefault(table.id, position)
        topic = _topic(table, limit)
        flaws += [*_takes_all(topic, path), *_takes_none(topic, path)]
        topics.append(topic)
    return tuple(topics), flaws


def _topic(table: TopicTable, limit: int) -> Topic:
    return Topic(
        id=table.id,
        title=table.title or table.id,
        match={language: tuple(lines) for language, lines in table.match.items()},
        exclude={language: tuple(lines) for language, lines in table.not_.items()},
        where=Where(
            languages=tuple(table.where.languages),
            sources=tuple(table.where.sources),
            tags=tuple(table.where.tags),
            max_age=table.where.max_age,
            min_words=table.where.min_words,
        ),
        collapse=table.collapse,
        update=RevisionKind(table.update),
        limit=table.limit or limit,
        max_age=table.max_age,
        examples=tuple(
            Example(language=example.language, yes=tuple(example.yes), no=tuple(example.no))
            for example in table.example
        ),
    )


def _takes_all(topic: Topic, path: KeyPath) -> Iterator[Flaw]:
    try:
        check(topic)
    except QueryError as error:
        for language, lines in topic.match.items():
            for position, query in enumerate(lines):
                if query.text == error.query:
                    here = (*path, "match", language, position)
                    yield Flaw(path=here, message=str(error), offset=error.offset)
                    return


def _takes_none(topic: Topic, path: KeyPath) -> Iterator[Flaw]:
    for language, lines in topic.exclude.items():
        for position, query in enumerate(lines):
            if isinstance(query.expr, Everything):
                message = '"*" under `not` leaves nothing in; write what must not appear'
                yield Flaw(path=(*path, "not", language, position), message=message)
