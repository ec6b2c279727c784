"""The container files name what is there, and keep to what they promise: no engine is needed to read them."""

from __future__ import annotations

import fnmatch
import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
INSTRUCTIONS = {
    *("ARG", "FROM", "ENV", "WORKDIR", "RUN", "COPY", "LABEL", "USER", "EXPOSE", "VOLUME", "HEALTHCHECK"),
    *("STOPSIGNAL", "ENTRYPOINT", "CMD"),
}


def instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def last_stage() -> dict[str, str]:
    told = instructions()
    begin = max(number for number, (word, _) in enumerate(told) if word == "FROM")
    return dict(told[begin:])


def copied() -> list[str]:
    own = [rest.split()[:-1] for word, rest in instructions() if word == "COPY" and "--from" not in rest]
    return [path for paths in own for path in paths]


def sent(path: str) -> bool:
    """Whether .dockerignore lets a path through to the builder: of the rules that fit, the last one counts."""
    through = True
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        rule = line.strip()
        if not rule or rule.startswith("#"):
            continue
        wanted = rule.startswith("!")
        pattern = rule.removeprefix("!")
        if any(fnmatch.fnmatch(part, pattern) for part in (path, *map(str, list(Path(path).parents)[:-1]))):
            through = wanted
    return through


def test_there_are_only_instructions_that_builders_know():
    assert {word for word, _ in instructions()} <= INSTRUCTIONS


def test_the_image_has_two_stages_and_of_the_first_only_the_environment():
    told = instructions()
    assert [word for word, _ in told].count("FROM") == 2
    assert [rest for word, rest in told if word == "COPY" and "--from" in rest] == [
        "--from=build /opt/topicwire /opt/topicwire"
    ]


@pytest.mark.parametrize("path", copied())
def test_what_is_copied_is_there_and_reaches_the_builder(path):
    assert list(ROOT.glob(path.removeprefix("./")))
    assert sent(path.removeprefix("./"))


def test_everything_that_the_build_reads_is_copied():
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    packages = re.search(r"packages = \[(.*?)\]", project)[1]
    shared = re.search(r"(?ms)shared-data\].*?\n\n", project)[0]
    wanted = {*re.findall(r'"(\w+)"', packages), *re.findall(r'^"([\w./]+)" =', shared, re.MULTILINE)}
    wanted |= {"README.md", "LICENSE", "pyproject.toml"}
    missing = {one for one in wanted if not any(Path(one).is_relative_to(path.strip("./")) for path in copied())}
    assert missing == set()


def test_secrets_and_state_stay_outside_of_the_image():
    assert not any(sent(path) for path in ("var/store/journal", ".git/config", ".venv/bin/python", "tests/conftest.py"))


def test_it_runs_as_nobody_in_particular_and_asks_after_itself_without_a_shell():
    stage = last_stage()
    assert stage["USER"] == "10001:10001"
    check = stage["HEALTHCHECK"]
    command = re.search(r'CMD \["python", "-m", "([\w.]+)"\]', check)
    assert command
    assert find_spec(command[1])
    assert shlex.split(stage["ENTRYPOINT"].strip("[]")) == ["topicwire"]


def test_compose_asks_for_the_same_and_takes_every_right_away():
    text = (ROOT / "compose.yaml").read_text("utf-8")
    for line in (
        "dockerfile: Containerfile",
        "read_only: true",
        "cap_drop: [ALL]",
        'security_opt: ["no-new-privileges:true"]',
        'user: "10001:10001"',
        "- state:/var/lib/topicwire",
        "- ./etc:/etc/topicwire:ro",
    ):
        assert f"  {line}" in text
    assert "\t" not in text
