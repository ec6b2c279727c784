"""What kinds of things go wrong, each with a code that stays: `topicwire explain CODE` tells of it at length.

A code names a mistake as its author sees it, not the line of ours that found it. Codes are added, never given another
meaning. The hundreds group them: 1 the file and its keys, 2 single values, 3 what does not fit together, 4 lines of
topics, 5 the machine around.
"""

from __future__ import annotations

from enum import StrEnum

from feeds.errors import (
    ControlError,
    ListenError,
    MissingExtra,
    QueryError,
    StoreDamaged,
    StoreError,
    StoreFailed,
    StoreLocked,
)


class Code(StrEnum):
    """All of them."""

    UNKNOWN_KEY = "TW101"
    MISSING_KEY = "TW102"
    NO_TOML = "TW103"
    NO_UTF8 = "TW104"
    TWICE = "TW105"
    TABLE = "TW106"
    TYPE = "TW107"
    LATER = "TW108"

    DURATION = "TW201"
    SIZE = "TW202"
    NUMBER = "TW203"
    CHOICE = "TW204"
    URL = "TW205"
    ID = "TW206"
    LANGUAGE = "TW207"
    ZONE = "TW208"
    LISTEN = "TW209"
    STORE = "TW210"
    CONTACT = "TW211"
    UUID = "TW212"
    HOST = "TW213"
    TEXT = "TW214"
    SECRET = "TW215"  # noqa: S105 - the code of a mistake
    HEADER = "TW216"
    ENVIRONMENT = "TW217"
    EXTRA = "TW218"

    ID_TAKEN = "TW301"
    URL_TAKEN = "TW302"
    NOT_THERE = "TW303"
    FORMER_ID = "TW304"
    OUTLET_TAKEN = "TW305"
    FOLDERS = "TW306"
    BOUNDS = "TW307"

    LINE = "TW401"
    EVERYTHING = "TW402"
    NOTHING = "TW403"
    WEIGHT = "TW404"
    OTHER_TOPIC = "TW405"
    EXAMPLE = "TW406"

    NO_CONFIG = "TW501"
    STORE_LOCKED = "TW502"
    STORE_DAMAGED = "TW503"
    STORE_FAILED = "TW504"
    STORE_REFUSED = "TW505"
    ADDRESS = "TW506"
    DAEMON = "TW507"
    FILE = "TW508"
    OFFLINE = "TW509"
    ONE_MACHINE = "TW510"


OF_ERRORS: tuple[tuple[type[Exception], Code], ...] = (
    (StoreLocked, Code.STORE_LOCKED),
    (StoreDamaged, Code.STORE_DAMAGED),
    (StoreFailed, Code.STORE_FAILED),
    (StoreError, Code.STORE_REFUSED),
    (ListenError, Code.ADDRESS),
    (ControlError, Code.DAEMON),
    (MissingExtra, Code.EXTRA),
    (OSError, Code.FILE),
)
"""The more special error first."""


def code_of(error: Exception) -> Code | None:
    """The code of an error that reaches the command line; None for one whose message says all there is to say."""
    if isinstance(error, QueryError):
        return of_line(error)
    return next((code for kind, code in OF_ERRORS if isinstance(error, kind)), None)


def of_line(error: QueryError) -> Code:
    """What is wrong with a line of a topic: its form, or that it would hold always or never."""
    return {"always": Code.EVERYTHING, "never": Code.NOTHING}.get(error.holds, Code.LINE)
