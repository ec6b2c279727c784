"""By what name the program was called, so that a command it names can be typed as it stands."""

from __future__ import annotations

import os
import re

OURS = "topicwire"
VARIABLE = "TOPICWIRE_CALLED"
"""In which the script `run` of a checkout, where nothing of our name is on the PATH, says how it was called."""
COMPLETING = "_TOPICWIRE_COMPLETE"
"""In which a shell asks for completions; the same by whatever name, or completing would start the daemon."""
COMMAND = re.compile(rf"(`|: |\$ ){OURS} (?=[a-zA-Z])")


def called() -> str:
    return os.environ.get(VARIABLE) or OURS


def typed(text: str) -> str:
    """The text with that name in the commands that it shows: quoted, behind a prompt, or as `Example: topicwire …`."""
    return COMMAND.sub(lambda found: f"{found[1]}{called()} ", text)
