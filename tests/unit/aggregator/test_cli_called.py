"""In a checkout the program is called by its script, and what it says to type can be typed there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from aggregator.__main__ import main
from aggregator.cli.called import VARIABLE, typed


@pytest.fixture
def in_a_checkout(monkeypatch):
    monkeypatch.setenv(VARIABLE, "./run")


@pytest.fixture
def wrong(tmp_path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text('{"site": {}}\n', "utf-8")
    return file


@pytest.mark.usefixtures("in_a_checkout")
def test_a_problem_names_the_command_that_tells_more(wrong, capsys):
    assert main(["check", "--config", str(wrong)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{wrong}:1:1: not valid TOML: this is another format; `./run init` writes a config to begin with [TW103]",
        '    {"site": {}}',
        "    ^",
        "`./run explain TW103` tells more",
    ]


def test_an_installed_program_goes_by_its_own_name(wrong, capsys):
    assert main(["check", "--config", str(wrong)]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "`topicwire explain TW103` tells more"


@pytest.mark.usefixtures("in_a_checkout")
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "`topicwire init` writes one, `topicwire demo` needs none",
            "`./run init` writes one, `./run demo` needs none",
        ),
        ("Example: topicwire init .", "Example: ./run init ."),
        ("$ topicwire compact --repair", "$ ./run compact --repair"),
        ("topicwire serves http://a.example/", "topicwire serves http://a.example/"),
        ("pip install 'topicwire[fulltext]'", "pip install 'topicwire[fulltext]'"),
    ],
)
def test_commands_are_shown_as_they_are_typed_here_and_nothing_else_changes(text, shown):
    assert typed(text) == shown


@pytest.mark.parametrize(("name", "usage"), [("./run", "Usage: ./run "), ("", "Usage: topicwire ")])
def test_usage_and_examples_have_the_name_by_which_one_called(name, usage):
    asked = [sys.executable, "-m", "aggregator", "explain", "--help"]
    shown = subprocess.run(asked, env={VARIABLE: name}, capture_output=True, text=True, check=True).stdout
    assert shown.startswith(usage)
    assert shown.rstrip().endswith(f"Example: {usage.split()[1]} explain TW101")


@pytest.mark.parametrize("name", ["./run", ""])
def test_a_shell_completes_by_whatever_name_instead_of_starting_the_daemon(name, tmp_path):
    asked = {
        "_TOPICWIRE_COMPLETE": "bash_complete",
        "COMP_WORDS": "./run sta",
        "COMP_CWORD": "1",
        "HOME": str(tmp_path),
    }
    words = [sys.executable, "-m", "aggregator"]
    done = subprocess.run(words, env={VARIABLE: name, **asked}, capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("plain,status\n", "")


@pytest.mark.usefixtures("in_a_checkout")
def test_bash_completes_the_script_of_a_checkout_too(capsys):
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    assert "complete -o nosort -F _topicwire_completion topicwire\n" in script
    assert script.rstrip().endswith("complete -o nosort -F _topicwire_completion ./run")
