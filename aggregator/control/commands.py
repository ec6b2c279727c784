"""Commands and answers: values on both sides of the socket, one line of JSON on it.

{"command": "decide", "kind": "join", "entry": "1a2b3c4d", "other": "https://…", "undo": false}
{"command": "rebuild"}
{"done": "…", "changed": 2}        {"refused": "…"}
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from feeds.errors import ControlError
from feeds.model import DecisionKind

LONGEST = 32 * 1024
"""Bytes of a line: two addresses of 8,000 characters, each of them escaped, are the most that a person can mean."""
_TOLD = LONGEST // 16  # characters, of which JSON makes twelve bytes each where they are beyond U+FFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """Remember a decision about entries, named as a person names them: id, beginning of an id, or URL."""

    kind: DecisionKind
    entry: str
    other: str = ""
    """The other entry; for `split` the story; empty for `hide`."""
    undo: bool = False
    """Forget that it was decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuild:
    """Place all entries anew by what is stored and decided."""


Command = Decide | Rebuild


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """It took effect."""

    text: str
    """For the person who asked, in a sentence."""
    changed: tuple[str, ...] = ()
    """Ids of the entries that now stand elsewhere; a socket tells only how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """It took no effect."""

    reason: str


Answer = Done | Refused


def request_line(command: Command) -> bytes:
    """The line that asks for `command`; raises `ControlError` when it would be too long."""
    asked: dict[str, Any] = {"command": "rebuild"}
    if isinstance(command, Decide):
        kind, entry, other, undo = str(command.kind), command.entry, command.other, command.undo
        asked = {"command": "decide", "kind": kind, "entry": entry, "other": other, "undo": undo}
    line = _line(asked)
    if len(line) > LONGEST:
        raise ControlError(f"a command is at most {LONGEST} bytes long")
    return line


def read_request(line: bytes) -> Command:
    """The command that a line asks for; raises `ControlError` for any other line."""
    match _read(line):
        case {"command": "decide", "kind": str(kind), "entry": str(entry), "other": str(other), "undo": bool(undo)}:
            if kind in set(DecisionKind):
                return Decide(kind=DecisionKind(kind), entry=entry, other=other, undo=undo)
        case {"command": "rebuild"}:
            return Rebuild()
        case _:
            pass
    raise ControlError("the daemon does not know this command: is it of another version? Start it again")


def answer_line(answer: Answer) -> bytes:
    """The line that gives `answer`, cut where it would be too long."""
    match answer:
        case Done(text=text, changed=changed):
            return _line({"done": text[:_TOLD], "changed": len(changed)})
        case Refused(reason=reason):
            return _line({"refused": reason[:_TOLD]})


def read_answer(line: bytes) -> Answer:
    """The answer that a line gives; raises `ControlError` for any other line."""
    match _read(line):
        case {"done": str(text)}:
            return Done(text=text)
        case {"refused": str(reason)}:
            return Refused(reason=reason)
        case _:
            pass
    raise ControlError("the daemon's answer cannot be understood: is it of another version? Start it again")


def _line(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode("ascii") + b"\n"


def _read(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
