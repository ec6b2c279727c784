"""The command line's end of the socket."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from aggregator.control.commands import LONGEST, Answer, Command, Decide, read_answer, request_line
from aggregator.control.server import is_too_long
from feeds.errors import ControlError

PATIENCE = 60.0
"""Seconds to wait for an answer: a decision waits for passes and publishing under way, seconds each."""
PATIENCE_FOR_ALL = 1800.0
"""Seconds to wait for a rebuild: all that is stored is compared anew."""


def ask(path: Path, command: Command, *, patience: float | None = None) -> Answer | None:
    """Let the daemon that listens at `path` carry out `command`; None when none does, as where no socket can be.

    Raises ControlError when one listens that cannot be asked, or gives no answer within `patience` seconds.
    """
    if is_too_long(path):
        return None
    seconds = patience or (PATIENCE if isinstance(command, Decide) else PATIENCE_FOR_ALL)
    line = request_line(command)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(seconds)
        try:
            connection.connect(os.fspath(path))
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            return None  # what a dead daemon left refuses connections
        except PermissionError as error:
            raise ControlError(
                f"{path} is for the user only who runs the daemon: run this command as that user"
            ) from error
        except OSError as error:
            raise ControlError(f"{path} cannot be reached: {error.strerror or error}") from error
        return _asked(connection, line, seconds)


def _asked(connection: socket.socket, line: bytes, seconds: float) -> Answer:
    try:
        connection.sendall(line)
        with connection.makefile("rb") as answers:
            answered = answers.readline(LONGEST)
    except TimeoutError as error:
        raise ControlError(f"the daemon gave no answer for {seconds:g} s: the command may still take effect") from error
    except OSError as error:
        raise ControlError(
            f"the daemon hung up ({error.strerror or error}): the command may have taken effect"
        ) from error
    if not answered:
        raise ControlError("the daemon ended before it answered: the command may have taken effect")
    return read_answer(answered)
