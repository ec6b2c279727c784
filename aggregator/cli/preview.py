"""`preview`: what would a changed topic do to its feed?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from rich.text import Text

from aggregator.app import make_publisher
from aggregator.cli.lines import read_line, topic_named
from aggregator.cli.options import config_option, json_option, read_config
from aggregator.cli.passages import console
from aggregator.cli.tables import print_table
from aggregator.config import Config
from aggregator.config.quantities import read_duration
from aggregator.observing.printable import escaped
from aggregator.preview import Listed, Preview, Tally, beginning, of_config, of_query
from aggregator.site_identity import known_site
from aggregator.world import real_world
from feeds.query.expr import Query
from feeds.query.sense import is_weighed, most
from feeds.render import Prepared
from feeds.topics import Topic
from storage.opening import open_at
from storage.port import Store


def _read_span(context: click.Context, parameter: click.Parameter, value: str | None) -> timedelta | None:
    """A duration as the config writes them."""
    try:
        return None if value is None else read_duration(value)
    except ValueError as error:
        raise click.BadParameter(str(error), context, parameter) from error


@click.command("preview", epilog="""Example: topicwire preview harbours --query 'harbour -fish' --since 30d""")
@click.argument("topic")
@click.option("--query", help="Compare with this line in place of the topic's `match`.")
@click.option("--since", metavar="DURATION", callback=_read_span, help="Only what was first seen in this time: 30d.")
@config_option
@json_option
def command(topic: str, query: str | None, since: timedelta | None, config_file: Path | None, *, as_json: bool) -> int:
    """What would come into the feed of TOPIC, go from it, and stay?

    Without --query: what reloading the config changes in the feed that is published. With it: what the line would
    change in the topic as the config has it; with --since then beyond the limit of the feed, too. + would come, - would
    go, = stays. Works beside a running daemon and changes nothing.
    """
    config = read_config(config_file)
    of = topic_named(topic, config)
    line = _line(query, of, config) if query is not None else None
    start = beginning(datetime.now(UTC), since)
    with open_at(config.store.where, writable=False) as store:

        def look(one: Topic) -> Prepared:
            return _look(config, store, one)

        if line is not None:
            found = of_query(of, line, look, since=start)
        else:
            published = config.publish.folder / "feeds" / f"{of.id}.json"
            found = of_config(of, look, published=published, since=start)
    if as_json:
        click.echo(json.dumps(asdict(found), default=datetime.isoformat, ensure_ascii=False, indent=2))
    else:
        _show(found)
    return 0


def _line(text: str, topic: Topic, config: Config) -> Query:
    query = read_line(text, config)
    if is_weighed(query.expr) and not topic.min_score:
        raise click.UsageError(
            "^ weighs nothing here: the topic has no min_score, so that one line that holds is enough"
        )
    if most(query.expr) < topic.min_score:
        raise click.UsageError(f"the line counts {most(query.expr):g} at most, and min_score is {topic.min_score:g}")
    return query


def _look(config: Config, store: Store, topic: Topic) -> Prepared:
    site = known_site(store, fixed=config.site.id)
    publisher = make_publisher(config, store, topics=(topic,), site=site, world=real_world(), observe=lambda _: None)
    publisher.load()
    return publisher.look()[topic.id]


def _show(found: Preview) -> None:
    out = console()
    out.print(f"{found.topic}, compared with {found.against}:", markup=False)
    for sign, style, some in (("+", "green", found.come), ("-", "red", found.go), ("=", "dim", found.stay)):
        for one in some:
            out.print(_row(sign, style, one))
    out.print(f"+ {len(found.come)} come, - {len(found.go)} go, = {len(found.stay)} stay", markup=False)
    for name, tallies in (("SOURCE", found.sources), ("LANGUAGE", found.languages)):
        if tallies:
            out.print()
            print_table((name, "#COME", "#GO", "#STAY"), _tallied(tallies))


def _row(sign: str, style: str, one: Listed) -> Text:
    row = Text(f"{sign} ", style=style).append(escaped(one.title), style="default")
    return row.append(f"  {one.source}, {one.first_seen:%Y-%m-%d %H:%M}", style="dim")


def _tallied(tallies: Mapping[str, Tally]) -> list[tuple[str, str, str, str]]:
    return [(name or "unknown", str(t.come), str(t.go), str(t.stay)) for name, t in tallies.items()]
