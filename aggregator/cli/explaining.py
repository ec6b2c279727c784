"""The explanations of the codes, as values and as text."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from aggregator.codes import Code

GROUPS = {
    "1": "The file and its keys",
    "2": "Single values",
    "3": "What does not fit together",
    "4": "Lines of topics",
    "5": "The machine around",
}


def explanations() -> dict[Code, Explanation]:
    """All of them, in the order of their codes."""
    tables = tomllib.loads(files("aggregator.cli").joinpath("explanations.toml").read_text("utf-8"))
    return {
        Code(code): Explanation(
            code=Code(code), **{key: text.strip("\n") for key, text in table.items() if isinstance(text, str)}
        )
        for code, table in tables.items()
    }


def page() -> str:
    """docs/errors.md: all explanations as Markdown."""
    parts = [
        "# Errors\n",
        (
            "What `check`, reloads and commands say, by the code at the end of each message. `topicwire explain CODE` "
            "shows the same.\n"
        ),
    ]
    group = ""
    for one in explanations().values():
        if one.code[2] != group:
            group = one.code[2]
            parts.append(f"## {GROUPS[group]}\n")
        parts.append(f"### {one.code}: {one.title}\n\n{one.text}\n")
        if one.wrong:
            parts.append(f"Wrong:\n\n```toml\n{one.wrong}\n```\n")
        if one.right:
            parts.append(f"Right:\n\n```toml\n{one.right}\n```\n")
        if one.shown:
            kind = "sh" if one.shown.startswith("$") else "toml"
            shown = one.shown.replace("$ ", "")
            parts.append(f"```{kind}\n{shown}\n```\n")
    return "\n".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a code means; examples are empty where none helps."""

    code: Code
    title: str
    text: str
    wrong: str = ""
    right: str = ""
    shown: str = ""
    """Something to do about it: commands behind `$ `, or a part of the config."""
