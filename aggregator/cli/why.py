"""`why`: why is an entry in a topic, or not?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from aggregator.cli.lines import topic_named
from aggregator.cli.options import config_option, json_option, read_config
from aggregator.cli.passages import console
from aggregator.cli.tables import span
from aggregator.cli.trees import entry_tree
from aggregator.lookup import named
from feeds.model import Entry, Placement
from feeds.text.forms import Analyser
from feeds.topics import Explanation, Topic, ages, explain
from storage.tinydb_store import open_store


@click.command("why", epilog="Example: topicwire why https://harbour.example/2026/03/bridge security-guarantees")
@click.argument("entry")
@click.argument("topic", required=False)
@config_option
@json_option
def command(entry: str, topic: str | None, config_file: Path | None, *, as_json: bool) -> int:
    """Why is ENTRY in TOPIC, or not?

    ENTRY is an address, or an id or its beginning as `search` shows it. Without TOPIC: all topics. Every condition and
    every line that was tried, with what was found. Works beside a running daemon and changes nothing.
    """
    config = read_config(config_file)
    topics = [topic_named(topic, config)] if topic else config.topics
    sources = {source.id: source for source in config.sources}
    analyser, now = Analyser(), datetime.now(UTC)
    with open_store(config.store.folder, writable=False) as store:
        entries = named(store, entry)
        placements = store.placements(one.id for one in entries)
    explained = [
        (one, [(each, explain(each, one, source=sources.get(one.source), analyser=analyser)) for each in topics])
        for one in entries
    ]
    if as_json:
        told = [_plain(one, placements.get(one.id), whys, now) for one, whys in explained]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    out = console()
    for one, whys in explained:
        out.print(entry_tree(one, placements.get(one.id), [(why, _too_old(each, one, now)) for each, why in whys]))
    return 0


def _too_old(topic: Topic, entry: Entry, now: datetime) -> list[str]:
    """The limits of age by which the topic's feed leaves out what the topic takes, in words."""
    return [
        f"{key} is {span(limit)}, and it is {span(age)} old"
        for key, limit, age in ages(topic, entry, now)
        if age > limit
    ]


def _plain(
    entry: Entry, placement: Placement | None, whys: Sequence[tuple[Topic, Explanation]], now: datetime
) -> dict[str, Any]:
    return {
        "entry": entry.id,
        "source": entry.source,
        "language": entry.language,
        "url": entry.url,
        "title": entry.title,
        "copy_of": placement.copy_of if placement else None,
        "held": placement.held if placement else "",
        "topics": [{**asdict(why), "too_old": _too_old(topic, entry, now)} for topic, why in whys],
    }
