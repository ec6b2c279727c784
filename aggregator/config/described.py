"""The JSON Schema of config.toml, made from the tables that read it and the comments that document it.

Editors complete and check by it (`#:schema` in the first line). It refuses what can be told by form; what takes the
whole config to judge is left to `check`. Draft 7: what editors for TOML understand.
"""

from __future__ import annotations

import json
import re
from typing import Any

from aggregator.config.document import Document, read
from aggregator.config.flaws import KeyPath
from aggregator.config.schema import LISTS, SECTIONS, Table

COMMENT = re.compile(r"[ \t]*#[ \t]*(.*)")
CONTINUED = re.compile(r"\n[ \t]{20,}#[ \t]*(.*)")
"""A comment that goes on below stands as far to the right as its beginning."""


def schema_text(commented: str) -> str:
    """config.schema.json; `commented` is the text of config.toml."""
    return json.dumps(json_schema(commented), ensure_ascii=False, indent=2) + "\n"


def json_schema(commented: str) -> dict[str, Any]:
    """The same as a value."""
    document = read(commented.encode())
    properties = {name: _table(model, document, (name,)) for name, model in SECTIONS.items()}
    for name, model in LISTS.items():
        table = _table(model, document, (name, 0))
        properties[name] = {"type": "array", "description": table.pop("description"), "items": table}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "topicwire: config.toml",
        "description": "Which feeds are followed, and which topic feeds are published.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def _table(model: type[Table], document: Document, path: KeyPath) -> dict[str, Any]:
    found = model.model_json_schema(by_alias=True)
    inner = found.pop("$defs", {})
    table = _documented(found, document, path)
    for key, value in table["properties"].items():
        if "$ref" in value:  # written out: beside a reference editors do not see a description
            within = _documented(inner[_named(value)], document, (*path, key))
            table["properties"][key] = {**within, "description": value["description"]}
        elif "$ref" in value.get("items", {}):
            within = _documented(inner[_named(value["items"])], document, (*path, key, 0))
            value["description"] = within.pop("description")
            value["items"] = within
    return table


def _named(reference: dict[str, Any]) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def _documented(table: dict[str, Any], document: Document, path: KeyPath) -> dict[str, Any]:
    """The table without pydantic's titles, each key with its comment, and its default as it is written."""
    table.pop("title", None)
    for key, value in table["properties"].items():
        value.pop("title", None)
        if "null" in str(value.get("anyOf")):  # TOML has no such value: the key is left out
            value.update(value.pop("anyOf")[0])
        default = value.pop("default", None)
        if len(path) == 1:  # these stand in config.toml with their defaults
            default = document.values[str(path[0])][key]
        if isinstance(default, str | int | float | list):
            value["default"] = default
        if told := _comment(document, (*path, key)):
            value["description"] = told
    return table


def _comment(document: Document, path: KeyPath) -> str:
    """What stands behind a value, or behind the header of a table, in its line."""
    if path in document.literals:
        end = document.literals[path][1]
    elif path in document.ends:
        end = document.ends[path]
    else:
        return ""
    found = COMMENT.match(document.text, end)
    if not found:
        return ""
    parts = [found[1]]
    while found := CONTINUED.match(document.text, found.end()):
        parts.append(found[1])
    return " ".join(part.strip() for part in parts)
