"""What to subscribe to, told when the server listens."""

from __future__ import annotations

import click

from aggregator.config import Config
from aggregator.contact import remark
from aggregator.events import Event, Observer
from aggregator.reader_events import Serving

FORMATS = ("atom", "rss", "json")


def announcing(config: Config) -> Observer:
    """An observer that prints the addresses to subscribe to, on standard output, as soon as they answer.

    What the owner should mend about them goes to standard error.
    """

    def announce(event: Event) -> None:
        if isinstance(event, Serving):
            click.echo(addresses(config, address=event.address))
            if told := remark(config):
                click.echo(told, err=True)

    return announce


def addresses(config: Config, *, address: str) -> str:
    """Every topic with its three feeds and the page that lists them; `address` is host:port as bound."""
    base = config.site.base_url
    lines = [f"topicwire serves {base}/"]
    if base != f"http://{address}":
        lines[0] += f" (listening at {address})"
    for topic in config.topics:
        lines += [topic.title, *(f"  {base}/feeds/{topic.id}.{suffix}" for suffix in FORMATS)]
    if not config.topics:
        lines.append("there is no topic yet: add a [[topic]] to the config")
    return "\n".join([*lines, "Subscribe to any of these; Ctrl-C stops."])
