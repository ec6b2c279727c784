"""A TOML text: its values, and where each of its keys and values stands.

tomllib gives values without positions; the tree-sitter grammar gives positions and is not asked for values. Both read
the same text, in which line ends are line feeds and a byte order mark is gone. Only importer of tree-sitter.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import tree_sitter
import tree_sitter_toml

from aggregator.config.flaws import OTHER_LINE, At, Flaw, KeyPath
from aggregator.config.places import problem_at
from aggregator.config.strings import index_in_raw
from aggregator.config.syntax import decoded, too_deep, values_of
from feeds.errors import Problem

TABLES = {"table", "table_array_element"}
KEYS = {"bare_key", "quoted_key", "dotted_key"}


def read(body: bytes) -> Document:
    """The document in `body`. Raises SyntaxFlaw when it is not UTF-8 or not TOML 1.0."""
    text = decoded(body)
    document = Document(values=values_of(text), text=text)
    try:
        _Walk(document).run()
    except RecursionError as error:
        raise too_deep(text) from error
    return document


@dataclass(slots=True, kw_only=True)
class Document:
    """The values of a TOML text and the places they came from."""

    values: dict[str, Any]
    text: str
    keys: dict[KeyPath, int] = field(default_factory=dict)
    """Character index of the key, or of the header that opens a table."""
    literals: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    """Character indexes at which a value begins and ends."""

    ends: dict[KeyPath, int] = field(default_factory=dict)
    """Character index behind the key or header."""

    def place(self, flaw: Flaw) -> Problem:
        """Where `flaw` stands; what has no place of its own stands where its parent does."""
        index, end = self._span(flaw)
        message = flaw.message
        if flaw.other is not None:
            other = self.place(Flaw(code=flaw.code, path=flaw.other, message=""))
            message = message.replace(OTHER_LINE, f"line {other.line}")
        return problem_at(self.text, index, message, flaw.code, end=end)

    def _span(self, flaw: Flaw) -> tuple[int, int]:
        path = flaw.path
        if flaw.at is At.VALUE and path in self.literals:
            start, end = self.literals[path]
            if flaw.offset is None:
                return start, end
            return start + index_in_raw(self.text[start:end], flaw.offset), 0
        while path and path not in self.keys and path not in self.literals:
            path = path[:-1]
        return (self.keys[path], self.ends[path]) if path in self.keys else self.literals.get(path, (0, 0))


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
        brackets = 2 if node.type == "table_array_element" else 1
        place = node.start_byte, header.end_byte + brackets
        path: KeyPath = ()
        for part in above:
            path = self.newest((*path, part))
            self.key(path, *place)
        path = (*path, last)
        if node.type == "table_array_element":
            self.key(path, *place)
            self.lengths[path] = self.lengths.get(path, 0) + 1
        path = self.newest(path)
        self.key(path, *place)
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
            self.key(path, key.start_byte, key.end_byte)
        self.value(value, path)

    def key(self, path: KeyPath, start: int, end: int) -> None:
        if path not in self.document.keys:
            self.document.keys[path] = self.index(start)
            self.document.ends[path] = self.index(end)

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
