"""The command line: exit codes, `check`, and what a person is told."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import click
import pytest

from aggregator import __version__
from aggregator.__main__ import main
from aggregator.cli import COMMANDS, group
from aggregator.fetching.contact import NOBODY

ROOT = Path(__file__).parents[3]


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "config.toml"

    def write(text: str) -> str:
        file.write_text(text, "utf-8")
        return str(file)

    return write


def test_a_right_config_is_one_line_and_exit_code_0(config, capsys):
    file = config('[[source]]\nurl = "https://a.example/rss"\n[[topic]]\nid = "peace"\nmatch = ["peace"]\n')
    assert main(["check", "--config", file]) == 0
    assert capsys.readouterr() == (f"{file}: right: 1 source, 1 topic\n", f"{NOBODY}\n")


def test_an_outlet_that_nobody_knows_is_told(config, capsys):
    file = config(
        '[[source]]\nurl = "https://a.example/rss"\n[[outlet]]\nname = "Harbour Post"\nhosts = ["post.example"]\n'
        "[[topic]]\nid = 'peace'\nmatch = ['peace credit:(\"harbour post\" OR Reuters OR \"The Bell of Nowhere\")']\n"
    )
    assert main(["check", "--config", file]) == 0
    assert capsys.readouterr().err == (
        f"{NOBODY}\n"
        'topic peace: credit:"The Bell of Nowhere" is no outlet that is known: '
        "hardly any entry has it; [[outlet]] adds it\n"
    )


def test_the_shipped_config_is_right_and_keeps_its_examples(capsys):
    assert main(["check", "--config", str(ROOT / "config.toml")]) == 0
    assert capsys.readouterr().out == f"{ROOT / 'config.toml'}: right: 5 sources, 1 topic, 8 examples hold\n"


def test_every_problem_is_shown_with_its_line_and_a_caret(config, capsys):
    file = config('[fetch]\n\tevrey = "5m"\nevery = "often"\n')
    assert main(["check", "--config", file]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        f'{file}:2:2: unknown key "evrey"; did you mean "every"? [TW101]',
        '    \tevrey = "5m"',
        "    \t^^^^^",
        f'{file}:3:9: "often" is no duration; write a whole number and s, m, h or d: "30s", "5m", "24h", "90d" [TW201]',
        '    every = "often"',
        "            ^^^^^^^",
        "`topicwire explain CODE` tells more",
    ]


TOPIC = """\
[[topic]]
id = "peace"
  [topic.match]
  en = ["peace"]
  [topic.not]
  any = ["football"]
  [[topic.example]]
  language = "en"
"""


@pytest.mark.parametrize(
    ("example", "told"),
    [
        (
            'yes = ["War goes on"]',
            '9:8: no line for "en" or any takes this, but the example says yes: peace is not there',
        ),
        (
            'yes = ["Peace", "Peace after football"]',
            (
                "9:17: the line football of `not` keeps this out for “football”, though peace takes it, "
                "but the example says yes"
            ),
        ),
        ('no = ["A peace treaty"]', "9:7: the line peace takes this for “peace”, but the example says no"),
    ],
)
def test_an_example_that_does_not_hold_is_a_problem(config, capsys, example, told):
    file = config(f"{TOPIC}{example}\n")
    assert main(["check", "--config", file]) == 1
    out, err = capsys.readouterr()
    assert (out, err.split("\n")[0]) == ("", f"{file}:{told} [TW406]")


def test_examples_are_held_to_the_words_and_not_to_where(config):
    text = f'{TOPIC}yes = ["Peace talks"]\n'.replace(
        "  [topic.not]", "  [topic.where]\n  min_words = 100\n  [topic.not]"
    )
    assert main(["check", "--config", config(text)]) == 0


def test_check_answers_programs_in_json(config, capsys):
    file = config('[fetch]\nevrey = "5m"\n')
    assert main(["check", "--json", "--config", file]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "file": file,
        "problems": [
            {
                "line": 2,
                "column": 1,
                "message": 'unknown key "evrey"; did you mean "every"?',
                "excerpt": 'evrey = "5m"',
                "width": 5,
                "code": "TW101",
            }
        ],
    }
    assert main(["check", "--json", "--config", config("")]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": file, "problems": []}


def test_without_any_config_the_places_are_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    assert main(["check"]) == 1
    assert capsys.readouterr().err == (
        f"Error: no config: looked for config.toml, {tmp_path}/xdg/topicwire/config.toml. "
        "`topicwire init` writes one, --config FILE names one, and `topicwire demo` needs none [TW501]\n"
    )


@pytest.mark.parametrize("arguments", [["nonsense"], ["check", "--nonsense"], ["check", "--config", "/no/such/file"]])
def test_misuse_is_exit_code_2(arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().out == ""


def test_a_misspelt_command_is_guessed(capsys):
    assert main(["stauts"]) == 2
    assert capsys.readouterr().err.endswith('Error: there is no command "stauts"; did you mean "status"?\n')


def test_the_version_is_told(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"topicwire, version {__version__}\n"


def test_help_lists_the_commands_in_the_order_of_need(capsys):
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    listed = [line.split()[0] for line in out[out.index("Commands:") :].splitlines()[1:] if line.startswith("  ")]
    assert listed[:7] == ["serve", "once", "demo", "init", "check", "explain", "status"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples_that_it_understands(name, capsys):
    assert main([name, "--help"]) == 0
    assert "Example" in capsys.readouterr().out
    command = group.get_command(click.Context(group), name)
    needed = {param.name for param in command.params if isinstance(param, click.Argument) and param.required}
    examples = [shlex.split(one) for one in re.findall(r"topicwire ([^;|>]+)", command.epilog)]
    assert {words[0] for words in examples} == {name}
    for words in examples:
        taken, rest, _ = command.make_parser(click.Context(command)).parse_args(words[1:])
        assert (rest, needed - {key for key, value in taken.items() if value}) == ([], set())
