"""Under what name and address topics are published."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from aggregator.config import OWN, Config
from feeds.conditional import Pace
from feeds.model import Outlet
from feeds.topics import Topic

HUB_PATH: Final = "/hub"
"""Where our own hub is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """Under what name and address topics are published, and where their files go."""

    base_url: str
    """What readers see before every path, without slash at its end; no request header takes its place."""
    title: str
    language: str = "en"
    folder: Path | None = None
    """Of the static copy; None: no copy."""
    hub: str = ""
    """As under [publish]: `own`, the address of a WebSub hub, or empty."""
    ttl: timedelta = timedelta(minutes=15)
    """When another look makes sense: half the default interval of a source, so news waits that long on average."""
    outlets: tuple[Outlet, ...] = ()
    """Those that the config adds to the shipped registry: by their hosts, links to whom an entry credits are known."""
    pace: Pace = field(default_factory=Pace)
    """Between what bounds a topic's rhythm may tell its readers when to ask again."""

    def hub_of(self, topic: Topic) -> str:
        """Address of the hub that tells of this topic's changes: none but ours knows of private topics; empty: none."""
        if self.hub == OWN:
            return f"{self.base_url}{HUB_PATH}"
        return "" if topic.token else self.hub


def imprint(config: Config) -> Imprint:
    """Under what name, at what address and where everything is published."""
    return Imprint(
        base_url=config.site.base_url,
        title=config.site.title,
        language=config.site.language,
        folder=config.publish.folder,
        hub=config.publish.hub,
        ttl=look_again(config),
        outlets=config.outlets,
        pace=Pace(fastest=config.fetch.fastest, every=config.fetch.every),
    )


def look_again(config: Config) -> timedelta:
    """When another look at a feed makes sense: half the interval of a source, so news waits that long on average."""
    return config.fetch.every / 2
