"""What can go wrong, as a tree.

    TopicwireError
    ├── ParseError       a document is no feed, or is broken beyond reading
    ├── QueryError       a line of a topic is no query; knows where
    ├── ConfigError      config.toml cannot be used; knows every place
    ├── TransportError   an exchange with a source failed; knows the kind
    ├── MissingExtra     something was asked for whose libraries are not installed; names the extra
    ├── ListenError      the address to serve at cannot be had
    ├── ControlError     a command cannot be brought to the daemon that should carry it out
    └── StoreError       the store cannot do what was asked
        ├── StoreLocked  another process writes to it; names the holder
        ├── StoreDamaged bytes in it are not what was written; names file, offset and the repair
        └── StoreFailed  the disk refused a write; nothing more is acknowledged

Outcomes that a caller expects are values (`feeds.model.Outcome`); these are for the rest. Each is raised `from` the
library's own exception, which goes no further.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from feeds.model import FailureKind


class TopicwireError(Exception):
    """The root: the message is a sentence for the person at the keyboard."""


class ParseError(TopicwireError):
    """The document brings no entries that can be trusted.

    `kind` is `NOT_A_FEED` or `BROKEN`; `feeds_found` are absolute URLs that a web page offers as its feeds.
    """

    def __init__(self, message: str, *, kind: FailureKind, feeds_found: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.kind = kind
        self.feeds_found = feeds_found


class QueryError(TopicwireError):
    """A query cannot be understood; `offset` is the 0-based character, `expected` what could stand there.

    `holds` is "always" or "never" where the query has a meaning, and one that nobody wants; else empty.
    """

    def __init__(
        self, message: str, *, query: str, offset: int, expected: tuple[str, ...] = (), holds: str = ""
    ) -> None:
        super().__init__(message)
        self.query = query
        self.offset = offset
        self.expected = expected
        self.holds = holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a config: where (1-based; column counts characters) and what to do about it."""

    line: int
    column: int
    message: str
    excerpt: str = ""
    """The line itself, for showing it with a caret."""
    width: int = 1
    """How many characters of that line are meant."""
    code: str = ""
    """What kind of mistake it is, for looking it up."""


class ConfigError(TopicwireError):
    """The config cannot be used; `problems` has all of them, in the order of the file."""

    def __init__(self, file: str, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(f"{file}:{p.line}:{p.column}: {p.message}" for p in problems))
        self.file = file
        self.problems = problems


class TransportError(TopicwireError):
    """An exchange failed before there was an answer to interpret; `retry_after`: what is left of a hold."""

    def __init__(self, message: str, *, kind: FailureKind, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after = retry_after


class MissingExtra(TopicwireError):  # noqa: N818 - reads as the state it reports
    """Something was asked for whose libraries are not installed; `extra` names them in pyproject.toml."""

    def __init__(self, extra: str) -> None:
        super().__init__(f"the extra \"{extra}\" is not installed: pip install 'topicwire[{extra}]'")
        self.extra = extra


class ListenError(TopicwireError):
    """Readers cannot be served at the configured address; the message says why and what to change."""


class ControlError(TopicwireError):
    """A command cannot be brought to the running daemon, or its answer not back; the message says why."""


class StoreError(TopicwireError):
    """The store cannot do what was asked."""


class StoreLocked(StoreError):  # noqa: N818 - reads as the state it reports
    """Another process writes to the store."""


class StoreDamaged(StoreError):  # noqa: N818 - reads as the state it reports
    """Bytes in the store are not what was written."""


class StoreFailed(StoreError):  # noqa: N818 - reads as the state it reports
    """The disk refused a write; open the store again to go on."""
