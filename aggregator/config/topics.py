"""The [[topic]] tables become topics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from aggregator.codes import Code, of_line
from aggregator.config import lines
from aggregator.config.flaws import OTHER_LINE, Flaw, KeyPath
from aggregator.config.schema import TopicTable
from aggregator.config.values import Known
from feeds.errors import QueryError
from feeds.model import RevisionKind
from feeds.topics import Example, Topic, Where, check, resolve

Given = tuple[int, TopicTable]
"""A table that is right by itself, with its place in the file's list."""


TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}", re.ASCII)
"""A part of a URL that is not to be guessed: 16 characters of 64 are 96 bits."""


def build(
    given: Sequence[Given], *, limit: int, known: Known, environ: Mapping[str, str]
) -> tuple[tuple[Topic, ...], list[Flaw]]:
    """The topics in the order of the file, and what is wrong with them.

    `limit` is the number of entries where none is given; `known` is what lines may name; tokens are in `environ`.
    """
    flaws: list[Flaw] = _former(given)
    topics: list[Topic] = []
    paths: dict[str, KeyPath] = {}
    taken: dict[str, int] = {}
    for position, table in given:
        path: KeyPath = ("topic", position)
        if table.id in taken:
            message = f'the id "{table.id}" is taken by the topic in {OTHER_LINE}; give this one another'
            first = ("topic", taken[table.id], "id")
            flaws.append(Flaw(code=Code.ID_TAKEN, path=(*path, "id"), message=message, other=first))
        taken.setdefault(table.id, position)
        paths.setdefault(table.id, path)
        token, token_flaws = _token(table, path, environ)
        topic = _topic(table, limit, token)
        flaws += token_flaws
        flaws += [*_takes_all(topic, path), *lines.flaws(topic, path, known.sources | known.names)]
        topics.append(topic)
    resolved, misnamed = resolve(topics, broken=known.topics)
    by_id = {topic.id: topic for topic in reversed(topics)}
    flaws += [lines.misnamed(one, by_id[one.topic], paths[one.topic]) for one in misnamed]
    return resolved, flaws


def _former(given: Sequence[Given]) -> list[Flaw]:
    """A former id leads to one topic: it is neither another's present id nor another's former one."""
    flaws: list[Flaw] = []
    present = {table.id: position for position, table in reversed(given)}
    former: dict[str, int] = {}
    for position, table in given:
        for place, old in enumerate(table.formerly):
            holder = present.get(old, former.get(old))
            if holder is not None:
                which = "the" if old in present else "a former"
                message = f'"{old}" is {which} id of the topic in {OTHER_LINE}: its address leads there; leave it out'
                path, other = ("topic", position, "formerly", place), ("topic", holder, "id")
                flaws.append(Flaw(code=Code.FORMER_ID, path=path, message=message, other=other))
            former.setdefault(old, position)
    return flaws


def _token(table: TopicTable, path: KeyPath, environ: Mapping[str, str]) -> tuple[str, list[Flaw]]:
    """The token itself; what is wrong with one is told without it."""
    if not table.token:
        return "", []
    name = table.token.removeprefix("env:")
    value = environ.get(name)
    if value is None:
        code = Code.ENVIRONMENT
        message = f"the environment has no variable {name}; set it, or leave the token out for a public feed"
    elif not TOKEN.fullmatch(value):
        code = Code.SECRET
        message = f'the variable {name} holds no token; put 16 to 128 of a–z, A–Z, 0–9, "-" and "_" there'
    else:
        return value, []
    return "", [Flaw(code=code, path=(*path, "token"), message=message)]


def _topic(table: TopicTable, limit: int, token: str) -> Topic:
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
        min_score=table.min_score,
        collapse=table.collapse,
        update=RevisionKind(table.update),
        limit=table.limit or limit,
        max_age=table.max_age,
        token=token,
        formerly=tuple(table.formerly),
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
                    yield Flaw(code=of_line(error), path=here, message=str(error), offset=error.offset)
                    return
