"""Under what name and address topics are published."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from feeds.conditional import Pace
from feeds.model import Outlet


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """Under what name and address topics are published, and where their files go."""

    base_url: str
    """What readers see before every path, without slash at its end; no request header takes its place."""
    title: str
    language: str = "en"
    folder: Path | None = None
    """Of the static copy; None: no copy."""
    ttl: timedelta = timedelta(minutes=15)
    """When another look makes sense: half the default interval of a source, so news waits that long on average."""
    outlets: tuple[Outlet, ...] = ()
    """Those that the config adds to the shipped registry: by their hosts, links to whom an entry credits are known."""
    pace: Pace = field(default_factory=Pace)
    """Between what bounds a topic's rhythm may tell its readers when to ask again."""
