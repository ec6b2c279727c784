"""A disk that remembers what was synced, and what a power cut may leave of the rest.

Recorded are the calls of one process on the files of one folder. What a cut may leave: of names, any beginning of what
was done to them since their folder was synced; of a file, any of the 512-byte sectors written since it was synced, at
its old length, its new one, or any in between that ends with a sector.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512


@dataclass
class File:
    synced: bytes = b""
    now: bytes = b""


@dataclass
class Moment:
    """Everything that may be on disk if the power fails now."""

    acknowledged: int
    names: list[dict[str, tuple[bytes, bytes]]]
    """For each beginning of the unsynced renames: by name, the file's synced and newest content."""


@dataclass
class PowerRecorder:
    """Give `write` and `sync` to the store as its disk, and keep `patched` while it works."""

    folder: Path
    acknowledged: int = 0
    moments: list[Moment] = field(default_factory=list)
    synced: dict[str, File] = field(default_factory=dict)
    names: dict[str, File] = field(default_factory=dict)
    pending: list[dict[str, File]] = field(default_factory=list)
    """What the names were after each step since their folder was synced."""
    open: dict[int, File | None] = field(default_factory=dict)

    def patch(self, monkeypatch) -> None:
        for name in ("open", "replace", "unlink", "ftruncate"):
            monkeypatch.setattr(os, name, getattr(self, f"_{name}")(getattr(os, name)))

    def write(self, handle: int, data: memoryview) -> int:
        size = os.write(handle, data)
        if file := self.open.get(handle):
            file.now += bytes(data[:size])
            self._note()
        return size

    def sync(self, handle: int) -> None:
        os.fsync(handle)
        file = self.open.get(handle)
        if file is None:
            self.synced, self.pending = dict(self.names), []
        else:
            file.synced = file.now
        self._note()

    def _open(self, real):
        def call(path, flags, *rest):
            handle = real(path, flags, *rest)
            self.open[handle] = None
            if Path(path).parent == self.folder and Path(path).name.startswith("journal"):
                name = Path(path).name
                if name not in self.names:
                    self._rename({**self.names, name: File(now=Path(path).read_bytes())})
                elif flags & os.O_TRUNC:
                    self.names[name].now = b""
                self.open[handle] = self.names[name]
                self._note()
            return handle

        return call

    def _replace(self, real):
        def call(source, target, **rest):
            real(source, target, **rest)
            if Path(source).name in self.names:
                names = dict(self.names)
                names[Path(target).name] = names.pop(Path(source).name)
                self._rename(names)

        return call

    def _unlink(self, real):
        def call(path, **rest):
            real(path, **rest)
            self._rename({name: file for name, file in self.names.items() if name != Path(path).name})

        return call

    def _ftruncate(self, real):
        def call(handle, size):
            real(handle, size)
            if file := self.open.get(handle):
                file.now = file.now[:size]
                self._note()

        return call

    def _rename(self, names: dict[str, File]) -> None:
        self.names = names
        self.pending.append(names)
        self._note()

    def _note(self) -> None:
        states = [self.synced, *self.pending]
        names = [{name: (file.synced, file.now) for name, file in state.items()} for state in states]
        self.moments.append(Moment(acknowledged=self.acknowledged, names=names))


def after_a_cut(moment: Moment, draw: random.Random) -> Iterator[dict[str, bytes]]:
    """What may be found, by name; each differs from the others in the file called `journal`."""
    seen = set()
    for names in moment.names:
        others = {name: now for name, (_, now) in names.items() if name != "journal"}
        if "journal" not in names:
            yield others
            continue
        for content in _contents(*names["journal"], draw):
            if content not in seen:
                seen.add(content)
                yield {**others, "journal": content}


def _contents(synced: bytes, now: bytes, draw: random.Random) -> Iterator[bytes]:
    yield synced
    yield now
    begin = next((at for at, (one, other) in enumerate(zip(synced, now, strict=False)) if one != other), None)
    begin = min(len(synced), len(now)) if begin is None else begin
    sectors = range(begin // SECTOR, -(-len(now) // SECTOR))
    for end in sectors[1:]:
        yield now[: end * SECTOR]
    every = 1 << len(sectors)
    masks = range(every) if every <= 64 else (draw.randrange(every) for _ in range(64))
    for mask in masks:
        content = bytearray(synced[: len(now)].ljust(len(now), b"\0"))
        for bit, sector in enumerate(sectors):
            if mask >> bit & 1:
                content[sector * SECTOR : (sector + 1) * SECTOR] = now[sector * SECTOR : (sector + 1) * SECTOR]
        yield bytes(content[: len(now)])
