"""How much of a line a problem is about: a key, a value, a header of a table, or one character of a query."""

from __future__ import annotations

import pytest

from aggregator.config import load
from feeds.errors import ConfigError


def meant(folder, text: str) -> list[str]:
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file, environ={})
    return [one.excerpt[one.column - 1 :][: one.width] for one in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ('[fetch]\nevrey = "5m"\n', ["evrey"]),
        ('[fetch]\nevery = "often" # so\n', ['"often"']),
        ('fetch.evrey = "5m"\n', ["fetch.evrey"]),
        ('[[source]]  # without an address\nname = "Gazette"\n', ["[[source]]"]),
        ('[topic]\nid = "a"\n', ["[topic]"]),
        ('[[topic]]\nid = "a"\nmatch = ["harbour )"]\n', [")"]),
        ('[[topic]]\nid = "a"\nmatch = [\n  "harbour",\n]\nlimit = 5000\n', ["5000"]),
        ('[site]\ntitle = """\n\n"""\n', ['"""']),
    ],
)
def test_a_problem_is_about_as_much_as_it_says(tmp_path, text, places):
    assert meant(tmp_path, text) == places
