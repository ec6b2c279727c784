"""Adds sources to a config file without touching anything else in it: the only importer of tomlkit.

The new tables are put behind the last source as text, so that comments, order and layout of the rest stay byte for
byte; editing the parsed document would move comments that stand before the next table.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from aggregator.codes import Code
from aggregator.config.document import Document, read
from aggregator.config.flaws import At, Flaw
from aggregator.config.ids import LONGEST, id_from_url
from aggregator.config.load import parse
from aggregator.config.model import Config
from aggregator.config.syntax import SyntaxFlaw
from aggregator.durable import replace_file
from feeds.errors import ConfigError, Problem

_LINE = re.compile("[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSource:
    """A [[source]] to be; what is empty or false is not written."""

    url: str
    id: str = ""
    name: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    full_text: bool = False
    allow_private: bool = False


def append_sources(file: Path, sources: Sequence[NewSource], *, environ: Mapping[str, str]) -> Config:
    """Write `sources` into `file`, which is replaced as a whole, and return the config that it now holds.

    Raises ConfigError when the file with the new sources would not be right, or was changed meanwhile, and OSError
    when it cannot be read or written; then it stays as it was.
    """
    file = file.resolve()  # a link stays one
    before = file.read_bytes()
    after = with_sources(before, sources, file=file)
    config = parse(after, file=file, environ=environ)
    if file.read_bytes() != before:
        raise _refusal(file, Problem(line=1, column=1, message="somebody changed the file meanwhile; try again"))
    replace_file(file, after)
    return config


def with_sources(body: bytes, sources: Sequence[NewSource], *, file: Path) -> bytes:
    """The text of a config with `sources` behind its last source, or at its end; `file` is for errors.

    Raises ConfigError when it cannot be read, or lists its sources in a form that takes no more.
    """
    try:
        document = read(body)
    except SyntaxFlaw as error:
        raise ConfigError(str(file), error.problems) from error
    if ("source",) in document.literals:
        message = "the sources are one value here; write each as a [[source]] of its own, then more can be added"
        raise _refusal(file, document.place(Flaw(code=Code.TABLE, path=("source",), at=At.KEY, message=message)))
    text = body.decode("utf-8")
    lines = _LINE.findall(text)
    place = _lines_to_the_last_source(document, total=len(lines))
    above, below = "".join(lines[:place]), "".join(lines[place:])
    tables = f"{_ended(above)}\n{_written(sources)}"
    line_end = "\r\n" if "\r\n" in text else "\n"
    return (above + tables.replace("\n", line_end) + below).encode()


def free_id(url: str, taken: Collection[str]) -> str:
    """The id to write for a source at `url`; empty when the one that is made from the URL is not among `taken`."""
    own = id_from_url(url)
    if own not in taken:
        return ""
    for number in range(2, len(taken) + 3):
        ending = f"-{number}"
        if (numbered := own[: LONGEST - len(ending)] + ending) not in taken:
            return numbered
    raise AssertionError("there are more numbers than ids")


def _lines_to_the_last_source(document: Document, *, total: int) -> int:
    """How many lines there are up to the end of the last source; all, where there is none."""
    last = "source", len(document.values.get("source", ())) - 1
    ends = [end for path, (_, end) in document.literals.items() if path[:2] == last]
    ends += [start for path, start in document.keys.items() if path[:2] == last]  # a table inside it may be empty
    return document.text.count("\n", 0, max(ends)) + 1 if ends else total


def _ended(above: str) -> str:
    """The end of the last line before the new tables."""
    return "" if not above or above.endswith("\n") else "\n"


def _written(sources: Sequence[NewSource]) -> str:
    keys = ("url", "id", "name", "language", "tags", "full_text", "allow_private")
    tables = [{key: value for key in keys if (value := _plain(getattr(source, key)))} for source in sources]
    return tomlkit.dumps({"source": tables})


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _refusal(file: Path, problem: Problem) -> ConfigError:
    return ConfigError(str(file), (problem,))
