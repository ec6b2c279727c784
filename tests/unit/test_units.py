"""The units of workers and servers have the walls of the daemon's, and each its own command."""

from __future__ import annotations

import shlex
from importlib import import_module
from pathlib import Path

import pytest

from tests.fakes.under_the_unit import settings

UNITS = Path(__file__).parent.parent.parent / "contrib" / "systemd"
OWN = {"Description", "Documentation", "ExecStart"}
OTHERS = {"topicwire-worker@.service": "worker", "topicwire-server.service": "serve"}


def test_these_units_are_there():
    assert {unit.name for unit in UNITS.glob("*.service")} == {"topicwire.service", *OTHERS}


@pytest.mark.parametrize("name", OTHERS)
def test_a_unit_differs_from_the_daemons_in_what_it_starts_and_is_told_of_and_nothing_else(name):
    daemon, other = settings(UNITS / "topicwire.service"), settings(UNITS / name)
    assert {key: lines for key, lines in other.items() if key not in OWN} == {
        key: lines for key, lines in daemon.items() if key not in OWN
    }


@pytest.mark.parametrize("name", OTHERS)
def test_what_a_unit_starts_is_a_command_of_ours(name):
    [line] = settings(UNITS / name)["ExecStart"]
    program, command, *options = shlex.split(line)
    assert (program, command) == ("/opt/topicwire/bin/topicwire", OTHERS[name])
    known = {one for parameter in import_module(f"aggregator.cli.{command}").command.params for one in parameter.opts}
    assert {option for option in options if option.startswith("-")} <= known


def test_the_wheel_brings_every_unit():
    project = (UNITS.parent.parent / "pyproject.toml").read_text("utf-8")
    for unit in UNITS.glob("*.service"):
        assert f'"contrib/systemd/{unit.name}" = "share/topicwire/{unit.name}"' in project
