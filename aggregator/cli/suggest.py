"""`suggest`: what else might a topic ask for?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from aggregator.cli.lines import topic_named
from aggregator.cli.options import config_option, json_option, read_config
from aggregator.cli.tables import counted, print_table
from feeds.text.forms import Analyser
from feeds.topics.kin import Kin
from feeds.topics.suggest import Suggestions, Term, suggest
from storage.opening import open_at


@click.command("suggest", epilog="Example: topicwire suggest security-guarantees --limit 10")
@click.argument("topic")
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Terms of a kind and language."
)
@config_option
@json_option
def command(topic: str, limit: int, config_file: Path | None, *, as_json: bool) -> int:
    """What else might TOPIC ask for?

    Lists words and phrases that what it caught has more often than other entries; those that stand near a part of its
    lines in entries that it just missed; and which forms and kin of its own words there are. Works beside a running
    daemon and changes nothing.
    """
    config = read_config(config_file)
    of = topic_named(topic, config)
    sources = {source.id: source for source in config.sources}
    with open_at(config.store.where, writable=False) as store:
        found = suggest(of, store.entries, sources=sources, analyser=Analyser(), most=limit)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2))
    else:
        _show(found)
    return 0


def _show(found: Suggestions) -> None:
    click.echo(f"{counted(found.seen, 'entry')}: {found.caught} caught, {found.missed} with a part of a line only")
    _show_terms("MORE OFTEN IN WHAT WAS CAUGHT", found.terms)
    _show_terms("NEAR A PART OF A LINE IN WHAT WAS MISSED", found.near)
    rows = [(one.language, one.word, _counts(one.forms), _counts(one.others)) for one in _met(found.kin)]
    _show_table(("LANG", "WORD", "FORMS", "KIN THAT NO LINE MEETS"), rows)
    if not (found.terms or found.near):
        click.echo("\ntopicwire: too little is stored for more; ask again in some days", err=True)


def _show_terms(title: str, terms: Sequence[Term]) -> None:
    rows = [(one.language, one.text, str(one.inside), str(one.outside), f"{one.score:.0f}") for one in terms]
    _show_table(("LANG", title, "#INSIDE", "#OUTSIDE", "#SCORE"), rows)


def _show_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Nothing at all for no rows."""
    if rows:
        click.echo()
        print_table(headers, rows)


def _met(kin: Sequence[Kin]) -> list[Kin]:
    return [one for one in kin if one.forms or one.others]


def _counts(words: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{word} {count}" for word, count in words)
