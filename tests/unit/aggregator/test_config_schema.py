"""config.schema.json says what the config's own reading says, as far as form alone can tell."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest

from aggregator.cli.explaining import explanations
from aggregator.codes import Code
from aggregator.config import load
from aggregator.config.described import schema_text
from aggregator.config.load import parse
from aggregator.config.shipped import shipped_config, shipped_schema
from feeds.errors import ConfigError

ROOT = Path(__file__).parents[3]
CONFIGS = ROOT / "tests" / "data" / "configs"
SCHEMA: dict[str, Any] = json.loads((ROOT / "config.schema.json").read_text("utf-8"))
VALID = fastjsonschema.compile(SCHEMA)

FORM = {
    Code.UNKNOWN_KEY, Code.MISSING_KEY, Code.TABLE, Code.TYPE, Code.LATER, Code.SIZE, Code.CHOICE, Code.ID, Code.UUID,
    Code.LISTEN, Code.STORE, Code.CONTACT, Code.HOST, Code.SECRET,
}  # fmt: skip
"""What form alone tells; of the rest of the codes it tells some."""


def good() -> dict[str, str]:
    """Configs that are right, by where they are from."""
    found = {str(file.relative_to(ROOT)): file.read_text("utf-8") for file in (ROOT / "aggregator").rglob("*.toml")}
    found = {name: text for name, text in found.items() if "[[topic]]" in text and "explanations" not in name}
    found |= {code: one.right for code, one in explanations().items() if one.right}
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    for page in pages:
        for number, block in enumerate(re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)):
            try:
                parse(block.encode(), file=Path("config.toml"), environ={})
            except ConfigError:
                continue  # a part of a config, or one that is wrong on purpose
            found[f"{page.name} no. {number + 1}"] = block
    return found


def keys(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, value in schema.get("properties", {}).items():
        yield path + name, value
        yield from keys(value, f"{path}{name}.")
        yield from keys(value.get("items", {}), f"{path}{name}.")


def refused(text: str) -> bool:
    try:
        VALID(tomllib.loads(text))
    except fastjsonschema.JsonSchemaValueException:
        return True
    return False


def test_the_files_that_are_made_from_others_are_in_step():
    config = (ROOT / "config.toml").read_text("utf-8")
    made = schema_text(config)
    assert (ROOT / "config.schema.json").read_text("utf-8") == made, "run .ci/written"
    assert (shipped_schema(), shipped_config()) == (made, config), "run .ci/written"


def test_the_shipped_config_names_its_schema_in_the_first_line():
    assert shipped_config().splitlines()[0] == "#:schema ./config.schema.json"


def test_every_key_is_described():
    assert [name for name, schema in keys(SCHEMA) if not schema.get("description")] == []
    assert len(list(keys(SCHEMA))) > 50


def test_a_comment_that_goes_on_below_is_taken_whole():
    told = dict(keys(SCHEMA))
    assert told["topic.collapse"]["description"] == (
        'a repeated text once, naming all its sources; "none": everything; '
        '"stories": an event once in each language, naming all who tell of it'
    )


def test_the_defaults_that_it_names_are_those_of_an_empty_config(tmp_path):
    file = tmp_path / "config.toml"
    lines = []
    for name, table in SCHEMA["properties"].items():
        if table["type"] == "object":
            lines.append(f"[{name}]")
            lines += [f"{key} = {json.dumps(one['default'])}" for key, one in table["properties"].items()]
    file.write_text("\n".join(lines), "utf-8")
    full = load(file, environ={})
    file.write_text("", "utf-8")
    assert full == load(file, environ={})


@pytest.mark.parametrize("name", sorted(good()))
def test_a_config_that_is_right_is_valid(name):
    assert not refused(good()[name])


@pytest.mark.parametrize("file", sorted(CONFIGS.glob("*.toml")), ids=lambda file: file.stem)
def test_a_config_with_a_mistake_of_form_is_refused(file):
    with pytest.raises(ConfigError) as caught:
        load(file, environ={})
    codes = {problem.code for problem in caught.value.problems}
    if codes & {Code.NO_TOML, Code.TWICE}:
        with pytest.raises(tomllib.TOMLDecodeError):
            tomllib.loads(file.read_text("utf-8"))
    elif codes & FORM:
        assert refused(file.read_text("utf-8"))


def test_form_alone_refuses_sixty_of_the_broken_configs_that_are_toml():
    texts = [file.read_text("utf-8") for file in CONFIGS.glob("*.toml") if not file.stem.startswith("syntax")]
    assert sum(map(refused, texts)) >= 60
