"""`demo`'s own config."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from aggregator.__main__ import main
from aggregator.config import load

ROOT = Path(__file__).parents[3]


def test_the_demo_publishes_the_topic_that_is_shipped():
    with as_file(files("aggregator.demo") / "config.toml") as file:
        (demo,) = load(file, environ={}).topics
    (shipped,) = load(ROOT / "config.toml", environ={}).topics
    assert demo == replace(shipped, examples=())


@pytest.mark.parametrize("listen", ["8080", "::1:8080", "localhost:http"])
def test_a_wrong_address_to_listen_at_is_misuse(listen, capsys):
    assert main(["demo", "--listen", listen]) == 2
    assert "write host:port" in capsys.readouterr().err
