"""What to subscribe to, told when the server listens."""

from __future__ import annotations

import click

from aggregator.config import Config
from aggregator.fetching.contact import remark
from aggregator.observing.events import Event, Observer
from aggregator.observing.logs import HIDDEN
from aggregator.observing.reader_events import Serving
from aggregator.operating.status import feed_address

FORMATS = ("atom", "rss", "json")


def announcing(config: Config, *, follows: bool = False) -> Observer:
    """An observer that prints the addresses to subscribe to, on standard output, as soon as they answer.

    With `follows` they are those that others publish, and the config needs no topic. What the owner should mend about
    them goes to standard error.
    """

    def announce(event: Event) -> None:
        if isinstance(event, Serving):
            click.echo(addresses(config, address=event.address, follows=follows))
            if told := remark(config):
                click.echo(told, err=True)

    return announce


def addresses(config: Config, *, address: str, follows: bool = False) -> str:
    """Every topic with its three feeds and the page that lists them; `address` is host:port as bound."""
    base = config.site.base_url
    lines = [f"topicwire serves {base}/"]
    if base != f"http://{address}":
        lines[0] += f" (listening at {address})"
    for topic in config.topics:
        lines += [topic.title, *(f"  {feed_address(topic, base_url=base)}.{suffix}" for suffix in FORMATS)]
    if not config.topics and follows:
        return "\n".join([*lines, "The page there lists what others publish; Ctrl-C stops."])
    if not config.topics:
        lines.append("there is no topic yet: add a [[topic]] to the config")
    if any(topic.token for topic in config.topics):
        lines.append(f"Feeds with {HIDDEN} in their address are private: write the topic's token there.")
    return "\n".join([*lines, "Subscribe to any of these; Ctrl-C stops."])
