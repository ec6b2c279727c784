"""`once`: fetch what is due, publish to files, say how it went."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from aggregator.app import open_app
from aggregator.cli.called import typed
from aggregator.cli.options import config_option, read_config
from aggregator.cli.outcomes import worded
from aggregator.cli.problems import tell_broken
from aggregator.cli.progress import Round
from aggregator.cli.tables import ago, print_table
from aggregator.codes import Code
from aggregator.config import Config
from aggregator.ingesting.passes import pass_once
from aggregator.observing.events import Event, ExportFailed, Ingested, KeptBack, Published, tee
from aggregator.running import sigterm
from aggregator.world import real_world
from feeds.model import Source, SourceState
from feeds.polling import due

NOTHING_REACHED = 3
OFFLINE = "no source could be reached and nothing is stored; `topicwire demo` works without a network"


@click.command("once", epilog="Example, for a timer: topicwire once --config /etc/topicwire/config.toml")
@config_option
@click.option("--all", "everything", is_flag=True, help="Fetch every enabled source, due or not.")
def command(config_file: Path | None, *, everything: bool) -> int:
    """Fetch what is due, publish to files, print a table, exit.

    Some sources failing is exit code 0; 1 says that a document could not be published; 3 that no source could be
    reached and nothing is stored.
    """
    config = read_config(config_file)
    happened: list[Event] = []
    with (
        Round(secrets=config.secrets) as shown,
        open_app(config, world=real_world(), observe=tee(shown.observe, happened.append)) as app,
    ):
        enabled = [source for source in config.sources if source.enabled]
        asked = enabled if everything else due(enabled, app.ingest.states, app.world.clock())
        shown.expect(len(asked))
        tell_broken(config, shown.observe)
        sigterm.check()
        passes = asyncio.run(pass_once(app.ingest, asked, ended=lambda _: None))
        app.publisher.take([*(entry for one in passes for entry in one.changed), *app.age_out()])
        while app.publisher.publish():
            pass  # it goes on with the archives
        asyncio.run(app.tell_once())
        states, stored = app.ingest.states, app.store.counts().entries
    print_table(("SOURCE", "#NEW", "OUTCOME"), _sources(config, passes, states, app.world.clock()))
    click.echo()
    print_table(("TOPIC", "#ENTRIES", "FILE"), _topics(config, happened))
    if enabled and not stored and not _any_reached(enabled, states):
        click.echo(typed(f"topicwire: {OFFLINE} [{Code.OFFLINE}]"), err=True)
        return NOTHING_REACHED
    return 1 if any(isinstance(event, ExportFailed | KeptBack) for event in happened) else 0


def _any_reached(sources: Sequence[Source], states: Mapping[str, SourceState]) -> bool:
    """Whether any source ever answered, were it with a refusal."""
    known = [states[source.id] for source in sources if source.id in states]
    return any(state.last_ok or state.last_status is not None for state in known)


def _sources(
    config: Config, passes: Sequence[Ingested], states: Mapping[str, SourceState], now: datetime
) -> Iterator[tuple[str, str, str]]:
    by_source = {one.source: one for one in passes}
    for source in config.sources:
        if one := by_source.get(source.id):
            yield source.id, str(one.new), worded(one)
        elif not source.enabled:
            yield source.id, "", "disabled"
        else:
            yield source.id, "", _not_due(states.get(source.id), now)


def _not_due(state: SourceState | None, now: datetime) -> str:
    if state is None or state.gone:
        return "parked: it is gone for good" if state else "not asked"
    return f"not due; next {ago(state.next_fetch, now)}"


def _topics(config: Config, happened: Sequence[Event]) -> Iterator[tuple[str, str, str]]:
    entries = {event.topic: event.entries for event in happened if isinstance(event, Published)}
    not_written = {event.path for event in happened if isinstance(event, ExportFailed)}
    for topic in config.topics:
        path = f"/feeds/{topic.id}.atom"
        file = f"{config.publish.folder}{path}"
        if topic.token:
            said = "private: served, and not written"
        else:
            said = f"not written: {file}" if path in not_written else file
        yield topic.id, str(entries.get(topic.id, "–")), said
