"""What people ask of whoever writes to the store: a running daemon, through a socket, or the command itself."""

from aggregator.control.asking import ask
from aggregator.control.commands import Answer, Command, Decide, Done, Rebuild, Refused
from aggregator.control.editor import Editor
from aggregator.control.handing_on import hand_on
from aggregator.control.place import claimed
from aggregator.control.server import SOCKET, ControlServer

__all__ = [
    "SOCKET",
    "Answer",
    "Command",
    "ControlServer",
    "Decide",
    "Done",
    "Editor",
    "Rebuild",
    "Refused",
    "ask",
    "claimed",
    "hand_on",
]
