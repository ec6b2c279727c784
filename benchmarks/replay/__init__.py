"""Recorded feeds, served again from loopback at any moment of their past.

    async with serve(read_folder(folder).sources, at=moment) as replay:
        replay.sources     # with their URLs, each on an address of its own
        replay.move(later)
        replay.counts      # requests, 200s and 304s of each source

`python -m benchmarks.replay FOLDER` does the same for a person.
"""

from benchmarks.replay.recorded import Recorded, RecordedEntry, RecordedSource, read_folder
from benchmarks.replay.server import Counts, Replay, ServedSource, serve
from benchmarks.replay.window import Window, window

__all__ = [
    "Counts",
    "Recorded",
    "RecordedEntry",
    "RecordedSource",
    "Replay",
    "ServedSource",
    "Window",
    "read_folder",
    "serve",
    "window",
]
