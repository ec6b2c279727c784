"""What happened between us and those who read what we publish, as frozen values; see `aggregator.observing.events`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """The daemon answers readers at `address` (host:port, as bound)."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontEnded:
    """The process that answers readers ended by itself; they wait until another one answers them."""

    reason: str
    again: timedelta
    """Until the next one is started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionChanged:
    """A subscriber of our hub came, renewed or left: `what` says which of these, as a sentence without its subject."""

    topic: str
    """The last part of its address."""
    host: str
    """Where the subscriber is told."""
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingFailed:
    """A subscriber could not be told or asked, or a hub not be told; what is published is not touched by it."""

    topic: str
    host: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsLost:
    """Documents cannot be followed any more, or not yet; readers keep those that are here. Told once while it lasts."""

    reason: str
    documents: int
    """That are here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsFollowed:
    """Documents are followed, for the first time or again: so many are here, as they are published now."""

    documents: int


ReaderEvent = Serving | FrontEnded | SubscriptionChanged | TellingFailed | DocumentsLost | DocumentsFollowed
