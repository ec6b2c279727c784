"""`status`: how do things stand?"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from aggregator.cli.options import config_option, json_option, read_config
from aggregator.cli.tables import ago, counted, print_table
from aggregator.observing.printable import escaped
from aggregator.operating.status import SourceStatus, Status, TopicStatus, status
from storage.opening import open_at


@click.command("status", epilog="Example: topicwire status --json | jq '.sources[] | select(.failures > 0)'")
@config_option
@json_option
@click.option("--accounting", is_flag=True, help="What became of every entry that was ever taken in, by topic.")
def command(config_file: Path | None, *, as_json: bool, accounting: bool) -> int:
    """How do sources and topics stand?

    Reads the store and what is published; works beside a running daemon and without one. With --accounting: the sums
    of what came and what became of it; 1 is the exit code where they do not close.
    """
    config = read_config(config_file)
    with open_at(config.store.where, writable=False) as store:
        if accounting:
            from aggregator.cli.accounts import accounts, show_accounts  # noqa: PLC0415 - with it come the analysers

            return show_accounts(accounts(config, store, datetime.now(UTC)), as_json=as_json)
        found = status(config, store, datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(asdict(found), default=_plain, ensure_ascii=False, indent=2))
    else:
        show(found, datetime.now(UTC))
    return 0


def _plain(value: object) -> str:
    """Times in RFC 3339, paths as text."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def show(found: Status, now: datetime) -> None:
    """Write it down for people, times as distances from `now`."""
    if found.refused:
        click.echo(f"{found.config}: refused {ago(found.refused.at, now)}: {escaped(found.refused.reason)}\n")
    headers = ("SOURCE", "HEALTH", "#ENTRIES", "#NEW/DAY", "#304", "HTTP", "LAST", "LAST NEW", "NEXT", "REASON")
    print_table(headers, [_row(source, now) for source in found.sources])
    click.echo()
    print_table(("TOPIC", "#ENTRIES", "LAST NEW", "FEED"), [_topic(topic, now) for topic in found.topics])
    click.echo()
    counts = found.counts
    among = f"{counted(counts.copies, 'copy')} and {counts.held} held among them"
    rest = ", ".join((counted(counts.stories, "story"), counted(counts.revisions, "revision")))
    if found.database:
        writer, workers = found.database.writer, found.database.workers
        use = f"in use by {writer}" if writer else "nobody writes to it now"
        crew = f"; {counted(len(workers), 'worker')}: {', '.join(workers)}" if workers else ""
        click.echo(f"PostgreSQL {found.database.version}; {use}{crew}")
    click.echo(f"{found.store}: {counted(counts.entries, 'entry')}, {among}, {rest}, {counts.size / 1e6:.1f} MB")


def _row(source: SourceStatus, now: datetime) -> tuple[str, ...]:
    return (
        source.id,
        ", ".join((source.health, *source.remarks)),
        str(source.entries),
        "–" if source.new_per_day is None else f"{source.new_per_day:.1f}",
        "–" if source.unchanged_share is None else f"{source.unchanged_share:.0%}",
        str(source.http_status or "–"),
        ago(source.last_fetch, now),
        ago(source.last_new, now),
        ago(source.next_fetch, now) if source.next_fetch is None or source.next_fetch > now else "now",
        "; ".join(filter(None, (source.reason, *source.remarks.values()))),
    )


def _topic(topic: TopicStatus, now: datetime) -> tuple[str, ...]:
    return topic.id, "–" if topic.entries is None else str(topic.entries), ago(topic.last_new, now), topic.url
