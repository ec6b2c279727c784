"""The static copy: the shelf as files that any web server can serve, each with a compressed one beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from aggregator.durable import replace_file
from aggregator.observing.events import ExportFailed, Observer
from feeds.model import Document
from feeds.render import HTML
from feeds.topics.archives import FOLDER

COMPRESSED = ".gz"
_SWEPT = (
    ("feeds", (".atom", ".rss", ".json")),
    ("feeds/*/archive", (".atom", ".rss", ".json")),
    ("topics", (".json", "/index.html")),
    ("stories", (".json", "/index.html")),
)
"""Folders whose files come and go, and what ours are called in them; all else is left alone."""


def file_of(path: str, document: Document) -> PurePosixPath:
    """The file, relative to the publish folder, that mirrors a URL path; a page without suffix is `…/index.html`."""
    relative = PurePosixPath(path.lstrip("/"))
    if document.media_type == HTML and relative.suffix != ".html":
        return relative / "index.html"
    return relative


def write(folder: Path, path: str, document: Document) -> bool:
    """Bring the files of `path` up to date; False when they were already, so that their times stay too.

    A reader of the folder sees the old bytes or the new ones. So does the disk after a power cut for feeds; archives,
    pages and what is compressed are compared, and mended, at the next start. Raises OSError.
    """
    target = folder / file_of(path, document)
    squeezed = target.with_name(target.name + COMPRESSED)
    is_feed = path.startswith("/feeds/") and FOLDER not in path
    fresh = _bring(target, document.plain, durably=is_feed)
    return _bring(squeezed, document.gzip, durably=False) or fresh


class StaticCopy:
    """A folder that follows the shelf. For one caller at a time."""

    def __init__(self, folder: Path, *, observe: Observer) -> None:
        self._folder = folder
        self._observe = observe
        self._written: dict[str, Document] = {}
        self._failed: dict[str, str] = {}
        """Why, by path: a broken folder is told when it breaks, not at every round."""
        self._swept = False

    def follow(self, documents: Mapping[str, Document], *, stay: Collection[str] = ()) -> None:
        """Write what is another thing than before, and remove what is gone.

        Of paths that `stay`, what there is of them is left when no document is there. What cannot be written is
        observed, and tried again the next time.
        """
        for path, document in sorted(documents.items()):
            if self._written.get(path) != document:
                self._write(path, document)
        if not self._swept:
            sweep(self._folder, documents.keys() | stay)
            self._swept = True
        for path in self._written.keys() - documents.keys() - set(stay):
            remove(self._folder, path, self._written.pop(path))

    def _write(self, path: str, document: Document) -> None:
        try:
            write(self._folder, path, document)
        except OSError as error:
            if self._failed.get(path) != str(error):
                self._observe(ExportFailed(path=path, reason=str(error)))
            self._failed[path] = str(error)
        else:
            self._written[path] = document
            self._failed.pop(path, None)


def remove(folder: Path, path: str, document: Document) -> None:
    """Remove the files of `path`; what cannot be removed stays until the next start."""
    target = folder / file_of(path, document)
    for file in (target, target.with_name(target.name + COMPRESSED)):
        _remove(file)


def sweep(folder: Path, kept: Collection[str]) -> None:
    """Remove the files of feeds, topics and stories that are gone: those whose path is not among `kept`.

    What cannot be removed stays.
    """
    for path, file in _files(folder):
        if path not in kept:
            _remove(file)


def _remove(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)
        if file.name.startswith("index.html") or file.parent.name == FOLDER.strip("/"):
            file.parent.rmdir()  # refused while another one is in it
            if FOLDER.strip("/") == file.parent.name:
                file.parent.parent.rmdir()


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Files that we may have written, with their paths."""
    for kind, suffixes in _SWEPT:
        found = sorted(folder.glob(f"{kind}/*")) + sorted(folder.glob(f"{kind}/*/index.html*"))
        for file in found:
            path = "/" + file.relative_to(folder).as_posix().removesuffix(COMPRESSED)
            if file.is_file() and path.endswith(suffixes):
                yield path.removesuffix("/index.html"), file


def _bring(target: Path, body: bytes, *, durably: bool) -> bool:
    if target.is_file() and target.read_bytes() == body:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    if durably:
        replace_file(target, body)
    else:
        replace_file(target, body, sync=lambda _: None)
    return True
