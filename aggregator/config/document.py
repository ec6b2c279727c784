"""A TOML text: its values, and where each of its keys and values stands.

tomllib gives values without positions; the tree-sitter grammar gives positions and is not asked for values. Both read
the same text, in which line ends are line feeds and a byte order mark is gone. Only importer of either.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import tree_sitter
import tree_sitter_toml

from aggregator.config.flaws import At, Flaw, KeyPath
from aggregator.config.strings import index_in_raw
from feeds.errors import Problem

SAID = {
    "Illegal character '\\n'": "the quotes are not closed on this line",
    "Invalid value": "a value is missing or is none: text goes in quotes",
    "Invalid value (at end of document)": "the file ends in the middle of a value: a bracket or quote is not closed",
    "Cannot overwrite a value": "this key has been given before",
    "Expected '=' after a key in a key/value pair": 'after a key comes "=" and its value',
    "Invalid statement": "write key = value, or a [table]",
}
"""What the parser says most, in words that tell what to do."""

TABLES = {"table", "table_array_element"}
KEYS = {"bare_key", "quoted_key", "dotted_key"}


class SyntaxFlaw(ValueError):  # noqa: N818 - carries a Problem, is none itself
    """The text is no TOML; `problem` says where it stops being so."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True, kw_only=True)
class Document:
    """The values of a TOML text and the places they came from."""

    values: dict[str, Any]
    text: str
    keys: dict[KeyPath, int] = field(default_factory=dict)
    """Character index of the key, or of the header that opens a table."""
    literals: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    """Character indexes at which a value begins and ends."""

    def place(self, flaw: Flaw) -> Problem:
        """Where `flaw` stands; what has no place of its own stands where its parent does."""
        return self.problem_at(self._index(flaw), flaw.message)

    def _index(self, flaw: Flaw) -> int:
        path = flaw.path
        if flaw.at is At.VALUE and path in self.literals:
            start, end = self.literals[path]
            return start if flaw.offset is None else start + index_in_raw(self.text[start:end], flaw.offset)
        while path and path not in self.keys and path not in self.literals:
            path = path[:-1]
        return self.keys[path] if path in self.keys else self.literals.get(path, (0, 0))[0]

    def problem_at(self, index: int, message: str) -> Problem:
        line_start = self.text.rfind("\n", 0, index) + 1
        excerpt = self.text[line_start:].split("\n", maxsplit=1)[0]
        line = self.text.count("\n", 0, index) + 1
        return Problem(line=line, column=index - line_start + 1, message=message, excerpt=excerpt)


def read(body: bytes) -> Document:
    """The document in `body`. Raises SyntaxFlaw when it is not UTF-8 or not TOML 1.0."""
    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = body[: error.start].decode("utf-8-sig").replace("\r\n", "\n")
        raise SyntaxFlaw(
            Document(values={}, text=before).problem_at(len(before), "this byte is not UTF-8; save the file as UTF-8")
        ) from error
    document = Document(values={}, text=text)
    try:
        document.values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SyntaxFlaw(_syntax_problem(document, str(error))) from error
    _Walk(document).run()
    return document


def _syntax_problem(document: Document, message: str) -> Problem:
    """The parser tells the place inside its message only (attributes came with Python 3.14)."""
    found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", message, re.DOTALL)
    if found is None:
        return document.problem_at(len(document.text.rstrip("\n")), f"no TOML: {SAID.get(message, message)}")
    lines = document.text.split("\n")
    index = sum(len(line) + 1 for line in lines[: int(found[2]) - 1]) + int(found[3]) - 1
    return document.problem_at(min(index, len(document.text)), f"no TOML: {SAID.get(found[1], found[1])}")


class _Walk:
    """One pass over the syntax tree that notes where each path stands."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.source = document.text.encode()
        self.characters = [
            0,
            *accumulate((byte & 0xC0) != 0x80 for byte in self.source),
        ]  # continuation bytes begin none
        self.lengths: dict[KeyPath, int] = {}  # of the arrays of tables met so far

    def run(self) -> None:
        parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))
        for node in parser.parse(self.source).root_node.named_children:
            if node.type in TABLES:
                self.table(node)
            elif node.type == "pair":
                self.pair(node, ())

    def table(self, node: tree_sitter.Node) -> None:
        header = next(child for child in node.named_children if child.type in KEYS)
        *above, last = self.key_parts(header)
        path: KeyPath = ()
        for part in above:
            path = self.newest((*path, part))
            self.document.keys.setdefault(path, self.index(node.start_byte))
        path = (*path, last)
        if node.type == "table_array_element":
            self.document.keys.setdefault(path, self.index(node.start_byte))
            self.lengths[path] = self.lengths.get(path, 0) + 1
        path = self.newest(path)
        self.document.keys.setdefault(path, self.index(node.start_byte))
        for child in node.named_children:
            if child.type == "pair":
                self.pair(child, path)

    def newest(self, path: KeyPath) -> KeyPath:
        """A header below an array of tables speaks of its last element."""
        return (*path, self.lengths[path] - 1) if path in self.lengths else path

    def pair(self, node: tree_sitter.Node, parent: KeyPath) -> None:
        key, value = (child for child in node.named_children if child.type != "comment")
        path = parent
        for part in self.key_parts(key):
            path = (*path, part)
            self.document.keys.setdefault(path, self.index(key.start_byte))
        self.value(value, path)

    def value(self, node: tree_sitter.Node, path: KeyPath) -> None:
        self.document.literals[path] = (self.index(node.start_byte), self.index(node.end_byte))
        children = [child for child in node.named_children if child.type != "comment"]
        if node.type == "array":
            for position, child in enumerate(children):
                self.value(child, (*path, position))
        elif node.type == "inline_table":
            for child in children:
                self.pair(child, path)

    def key_parts(self, node: tree_sitter.Node) -> Iterator[str]:
        if node.type == "dotted_key":  # nests to the left: a.b.c is (a.b).c
            for child in node.named_children:
                yield from self.key_parts(child)
            return
        raw = self.source[node.start_byte : node.end_byte].decode()
        yield raw if node.type == "bare_key" else next(iter(tomllib.loads(f"{raw} = 0")))

    def index(self, byte: int) -> int:
        """The character that begins at `byte`."""
        return self.characters[byte]
