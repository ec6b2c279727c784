"""Under what name and address topics are published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path


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
