"""A line of the topic language, given on the command line."""

from __future__ import annotations

from difflib import get_close_matches

import click

from aggregator.codes import Code, of_line
from aggregator.config import Config
from feeds.errors import QueryError
from feeds.query.expr import Query
from feeds.query.syntax import parse_query
from feeds.topics import Topic, bind


def read_line(text: str, config: Config) -> Query:
    """The query, with the topics that it names; raises click's error (exit code 2) with a caret where it goes wrong."""
    code = None
    try:
        query = parse_query(text)
        code = Code.OTHER_TOPIC
        return bind(query, config.topics)
    except QueryError as error:
        shown = text.replace("\n", " ").replace("\t", " ")
        could = f"\nexpected: {', '.join(error.expected)}" if error.expected else ""
        raise click.UsageError(
            f"{error} [{code or of_line(error)}]\n    {shown}\n    {' ' * error.offset}^{could}"
        ) from error


def topic_named(name: str, config: Config) -> Topic:
    """The topic with this id; raises click's error (exit code 2)."""
    topics = {topic.id: topic for topic in config.topics}
    if name not in topics:
        close = get_close_matches(name, topics, n=1)
        guess = f'did you mean "{close[0]}"?' if close else f"the topics are {', '.join(topics) or 'none'}"
        raise click.UsageError(f'there is no topic "{name}"; {guess}')
    return topics[name]
