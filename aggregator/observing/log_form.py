"""Who reads the log: a person at a terminal, or a service manager that takes records apart."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, TextIO

Form = Literal["text", "json"]


def log_form(asked: str, stream: TextIO, environ: Mapping[str, str]) -> Form:
    """`asked`, if that is a form; else text, unless a service manager reads `stream`.

    systemd names the stream that its journal reads (`JOURNAL_STREAM`, systemd.exec(5)), or started us
    (`INVOCATION_ID`) and has it go to a file; Kubernetes says so in the environment. A plain pipe is a person's.
    """
    if asked in ("text", "json"):
        return "json" if asked == "json" else "text"
    if stream.isatty():
        return "text"
    managed = any(name in environ for name in ("INVOCATION_ID", "KUBERNETES_SERVICE_HOST"))
    return "json" if managed or is_the_journals(stream, environ) else "text"


def is_the_journals(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether systemd's journal reads `stream`: children inherit the variable that says so, but not always the stream.

    The journal takes the level of a record from `<3>` in front of its line, as sd-daemon(3) has it.
    """
    named = environ.get("JOURNAL_STREAM", "")  # device:inode
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):  # closed, or none of the system's
        return False
    return named == f"{found.st_dev}:{found.st_ino}"
