"""The files that ship inside the package: the config to begin with, and the schema that editors check it by."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

SCHEMA_NAME = "config.schema.json"


def shipped_config() -> str:
    """The text of config.toml as it stands at the top of the project."""
    return _read("shipped.toml")


def config_to_begin_with() -> str:
    """The same for somebody who has no checkout, and so no `./run`."""
    return shipped_config().replace("`./run ", "`topicwire ")


def shipped_schema() -> str:
    """The text of config.schema.json likewise."""
    return _read(SCHEMA_NAME)


def with_folders(text: str, *, data: Path, home: Path) -> str:
    """The shipped config with its store and its published files in `data` instead of beside itself."""
    shown = f"~/{data.relative_to(home).as_posix()}" if data.is_relative_to(home) else data.as_posix()
    for before, after in (('"tinydb:var/store"', f'"tinydb:{shown}/store"'), ('"var/site"', f'"{shown}/site"')):
        line = next(line for line in text.split("\n") if f"= {before}" in line)
        setting, comment = line.split("#", maxsplit=1)
        text = text.replace(line, f"{setting.rstrip().replace(before, after)}  # {comment.strip()}")
    return text


def _read(name: str) -> str:
    return files("aggregator.config").joinpath(name).read_text("utf-8")
