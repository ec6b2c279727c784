"""`status --accounting`: what became of every entry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

import click

from aggregator.cli.tables import print_table
from aggregator.config import Config
from aggregator.operating.accounting import Account, Accounting, account
from aggregator.publishing.archives import Archives
from aggregator.publishing.catch import Catches
from aggregator.publishing.imprint import imprint
from aggregator.publishing.origins import origins_of
from aggregator.publishing.press import Press
from aggregator.site_identity import known_site
from feeds import render
from feeds.text.forms import Analyser
from storage.port import Store

ENDS = ("published", "passed_over", "copy", "not_matched", "held", "pruned", "failed")


def accounts(config: Config, store: Store, now: datetime) -> Accounting:
    """As topics stand by the config. Raises StoreError."""
    sources = {source.id: source for source in config.sources}
    catches = Catches(config.topics, store=store, sources=sources, analyser=Analyser(), observe=lambda _: None)
    catches.load()
    site = known_site(store, fixed=config.site.id)
    press = Press(imprint(config), archives=Archives(store), site=site, observe=lambda _: None)
    origins = origins_of(sources, store.states())
    return account(store, catches, lambda catch: render.prepare(press.select(catch, origins, now)))


def show_accounts(found: Accounting, *, as_json: bool) -> int:
    """Write them down; the exit code: 1 when sums do not close."""
    if as_json:
        rows = [_written(one) for one in found.topics]
        whole = {"overall": _written(found.overall), "topics": rows, "closes": found.closes}
        click.echo(json.dumps(whole, ensure_ascii=False, indent=2))
    else:
        heads = ("TOPIC", "#TAKEN IN", *(f"#{name.replace('_', ' ').upper()}" for name in ENDS), "#SUM")
        print_table(heads, [*map(_row, found.topics), _row(found.overall)])
        click.echo()
        click.echo("\n".join(_told(found)))
    return 0 if found.closes else 1


def _written(one: Account) -> dict[str, object]:
    return asdict(one) | {"sum": one.ends, "unaccounted": one.unaccounted}


def _row(one: Account) -> tuple[str, ...]:
    ends = (str(getattr(one, name)) for name in ENDS)
    return one.topic or "(all)", str(one.taken_in), *ends, str(one.ends)


def _told(found: Accounting) -> Iterator[str]:
    if found.closes:
        yield "every entry that was taken in is accounted for"
    for one in (*found.topics, found.overall):
        if one.unaccounted:
            yield f"{one.topic or 'all topics'}: {one.unaccounted:+d} unaccounted for"
