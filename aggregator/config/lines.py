"""Lines that are right by themselves and wrong where they stand: what they name is not there, or they do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from aggregator.codes import Code
from aggregator.config.flaws import Flaw, KeyPath, listed, meant
from aggregator.config.languages import ANY
from feeds.query import sense
from feeds.query.expr import And, Everything, Expr, Is, Lines, Query, values
from feeds.text.forms import primary
from feeds.topics import Misnamed, Topic

Found = tuple[Code, str]
"""What kind of mistake, and a sentence about it."""


def flaws(topic: Topic, path: KeyPath, sources: AbstractSet[str]) -> Iterator[Flaw]:
    """Everything of that kind in the topic at `path`; `sources` are the ids and names that `source:` may have."""
    for key, lines in (("match", topic.match), ("not", topic.exclude)):
        for language, queries in lines.items():
            yield from _table(topic, language, (*path, key, language))
            for position, query in enumerate(queries):
                here = (*path, key, language, position)
                if found := _idle(query, key, language, topic) or _unknown_source(query.expr, sources):
                    yield Flaw(code=found[0], path=here, message=found[1])
    yield from _out_of_reach(topic, path)


def misnamed(found: Misnamed, topic: Topic, path: KeyPath) -> Flaw:
    """The flaw of an `@other` that cannot be followed, at its place."""
    error = found.error
    for key, lines in (("match", topic.match), ("not", topic.exclude)):
        for language, queries in lines.items():
            for position, query in enumerate(queries):
                if query.text == error.query:
                    here = (*path, key, language, position)
                    return Flaw(code=Code.OTHER_TOPIC, path=here, message=str(error), offset=error.offset)
    raise LookupError(error.query)


def _table(topic: Topic, language: str, path: KeyPath) -> Iterator[Flaw]:
    languages = [primary(tag) for tag in topic.where.languages]
    if language != ANY and languages and language not in languages:
        reason = f"where.languages lets in {listed(languages)} only"
        message = f'these lines are never tried: {reason}; add "{language}" there, or take them out'
        yield Flaw(code=Code.NOTHING, path=path, message=message)


def _idle(query: Query, key: str, language: str, topic: Topic) -> Found | None:
    """Why a line, or a weight in it, does nothing; None: it may."""
    if key == "not" and isinstance(query.expr, Everything):
        return Code.NOTHING, '"*" under `not` leaves nothing in; write what must not appear'
    if sense.is_weighed(query.expr) and (key == "not" or not topic.min_score):
        if key == "not":
            return Code.WEIGHT, "^ weighs nothing here: lines of `not` are not counted; take it away"
        reason = "without min_score one line that holds is enough"
        return Code.WEIGHT, f"^ weighs nothing here: {reason}; take it away, or give the topic a min_score"
    if language != ANY and sense.clash(And((Is("lang", language), query.expr))):
        message = (
            f"this line holds for no entry: it is tried on those in {language} only, and asks for another language"
        )
        return Code.NOTHING, f"{message}; put it under that one"
    languages = topic.where.languages
    if languages and all(sense.clash(And((Is("lang", tag), query.expr))) for tag in languages):
        message = f"this line holds for no entry: where.languages lets in {listed(languages)} only"
        return Code.NOTHING, f"{message}; add the language that it asks for, or take it out"
    return None


def _unknown_source(expr: Expr, known: AbstractSet[str]) -> Found | None:
    folded = {name.casefold() for name in known}
    for name in values(expr, "source"):
        if name.casefold() not in folded:
            hint = meant(name, known) or f"; the sources are {listed(sorted(known)) or 'none'}"
            return Code.NOT_THERE, f'no source has the id or the name "{name}"{hint}'
    return None


def _out_of_reach(topic: Topic, path: KeyPath) -> Iterator[Flaw]:
    """A min_score that the lines for some language can never count together."""
    for language in [table for table in topic.match if table != ANY] or [ANY]:
        most = _most(topic.match, language)
        if most < topic.min_score:
            whose = "all lines" if language == ANY else f"all lines for {language}"
            message = (
                f"{whose} count {most:g} together at most, which is never enough; write that or less, or add weights"
            )
            yield Flaw(code=Code.WEIGHT, path=(*path, "min_score"), message=message)


def _most(lines: Lines, language: str) -> float:
    tables = {language, ANY}
    return sum(sense.most(query.expr) for table in tables for query in lines.get(table, ()))
