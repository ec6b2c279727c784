"""The static copy: the shelf as files that any web server can serve."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from aggregator.durable import replace_file
from feeds.model import Document
from feeds.render import HTML


def file_of(path: str, document: Document) -> PurePosixPath:
    """The file, relative to the publish folder, that mirrors a URL path; a page without suffix is `…/index.html`."""
    relative = PurePosixPath(path.lstrip("/"))
    if document.media_type == HTML and relative.suffix != ".html":
        return relative / "index.html"
    return relative


def remove(folder: Path, path: str, document: Document) -> None:
    """Take the file of `path` away, where there is one. Raises OSError."""
    (folder / file_of(path, document)).unlink(missing_ok=True)


def write(folder: Path, path: str, document: Document) -> bool:
    """Bring the file of `path` up to date; False when it was already, so that its time stays too.

    A reader of the folder sees the old bytes or the new ones, and so does the disk after a power cut. Raises OSError.
    """
    target = folder / file_of(path, document)
    if target.is_file() and target.read_bytes() == document.body:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_file(target, document.body)
    return True
