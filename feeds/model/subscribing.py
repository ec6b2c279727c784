"""Who is told when a document changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Somebody who is told when a document of ours changes: a subscriber with a lease, or a hub that the config names.

    Its addresses may be secrets: that of a private topic has a token, and a callback is one that nobody can guess.
    """

    topic: str = field(repr=False)
    """The document's public address."""
    callback: str = field(repr=False)
    """Where to tell."""
    until: datetime | None = None
    """End of the lease; None: a hub, which needs none."""
    secret: str = field(default="", repr=False)
    """What pushes are signed with; empty: they are not."""
    told: str = ""
    """ETag of the document that it was told of last; empty: of none."""
