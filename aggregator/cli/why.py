"""`why`: why is an entry in a topic, or not, and where it stands; why are two joined, or not?"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from aggregator.cli.lines import topic_named
from aggregator.cli.options import config_option, json_option, read_config
from aggregator.cli.passages import console
from aggregator.cli.places import add_place, head, pair_tree, plain_pair, plain_place
from aggregator.cli.tables import span
from aggregator.cli.trees import add_explanation, new_tree
from aggregator.config import Config
from aggregator.ingesting.judge import Judge
from aggregator.naming import entries_meant, entry_meant
from aggregator.operating.standing import Standing, pair, standing
from aggregator.publishing.cleaned import Cleaned
from feeds.model import Entry
from feeds.read.attribution import outlet_of, with_added
from feeds.text.forms import Analyser
from feeds.topics import Explanation, Topic, ages, explain
from storage.opening import open_at


@click.command(
    "why",
    epilog="Examples: topicwire why https://harbour.example/2026/03/bridge security-guarantees; "
    "topicwire why --pair 3f2a90c1 8b1de277",
)
@click.argument("entry", required=False)
@click.argument("topic", required=False)
@click.option("--pair", "pair_of", nargs=2, metavar="A B", help="Why two entries were joined, or were not.")
@config_option
@json_option
def command(
    entry: str | None, topic: str | None, pair_of: tuple[str, str] | None, config_file: Path | None, *, as_json: bool
) -> int:
    """Why is ENTRY in TOPIC, and why are A and B joined, or not?

    An entry is named by its address, by its id, or by the beginning of it. Without TOPIC: all topics, and where the
    entry stands: copies, story, editions, credits, edits. Every condition and every line that was tried, with what was
    found. Works beside a running daemon and changes nothing.
    """
    if pair_of is not None:
        if entry is not None:
            raise click.UsageError("--pair takes two entries and stands alone")
        return _why_pair(read_config(config_file), *pair_of, as_json=as_json)
    if entry is None:
        raise click.UsageError("name an entry, or two after --pair")
    return _why_entry(read_config(config_file), entry, topic, as_json=as_json)


def _why_pair(config: Config, one: str, other: str, *, as_json: bool) -> int:
    with open_at(config.store.where, writable=False) as store:
        first, second = (entry_meant(store, typed, shortest=1) for typed in (one, other))
        if first.id == second.id:
            raise click.UsageError("both name the same entry")
        ranks = {source.id: source.rank for source in config.sources}
        found = pair(store, Judge(store, ranks=ranks), first, second, outlet_of=_outlets(config))
    if as_json:
        click.echo(json.dumps(plain_pair(found), ensure_ascii=False, indent=2))
    else:
        console().print(pair_tree(found))
    return 0


def _why_entry(config: Config, typed: str, topic: str | None, *, as_json: bool) -> int:
    topics = [topic_named(topic, config)] if topic else config.topics
    sources = {source.id: source for source in config.sources}
    analyser, now = Analyser(), datetime.now(UTC)
    with open_at(config.store.where, writable=False) as store:
        cleaned = Cleaned(store)
        places = [
            standing(store, cleaned.without(one), outlet_of=_outlets(config)) for one in entries_meant(store, typed)
        ]
    explained = [
        (place, [(each, explain(each, one, source=sources.get(one.source), analyser=analyser)) for each in topics])
        for place in places
        for one in (place.entry,)
    ]
    if as_json:
        told = [_plain(place, whys, now) for place, whys in explained]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    out = console()
    for place, whys in explained:
        tree = new_tree(head(place.entry))
        add_place(tree, place)
        for each, why in whys:
            add_explanation(tree, why, _too_old(each, place.entry, now))
        out.print(tree)
    return 0


def _outlets(config: Config) -> Callable[[Entry], str]:
    """Names the outlet of an entry, by the registry that reading asks."""
    return partial(outlet_of, registry=with_added(config.outlets))


def _too_old(topic: Topic, entry: Entry, now: datetime) -> list[str]:
    """The limits of age by which the topic's feed leaves out what the topic takes, in words."""
    return [
        f"{key} is {span(limit)}, and it is {span(age)} old"
        for key, limit, age in ages(topic, entry, now)
        if age > limit
    ]


def _plain(place: Standing, whys: Sequence[tuple[Topic, Explanation]], now: datetime) -> dict[str, Any]:
    topics = [{**asdict(why), "too_old": _too_old(topic, place.entry, now)} for topic, why in whys]
    return {**plain_place(place), "topics": topics}
