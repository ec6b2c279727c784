"""The container files name what is there, and keep to what they promise: no engine is needed to read them."""

from __future__ import annotations

import fnmatch
import re
import shlex
import shutil
import subprocess
from importlib import import_module
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


def services(text: str) -> dict[str, str]:
    """Of a compose file, what is said of each service by its name."""
    inside = text.partition("\nservices:\n")[2].partition("\nnetworks:\n")[0]
    told = re.split(r"(?m)^  ([\w-]+):$", inside)[1:]
    return dict(zip(told[::2], told[1::2], strict=True))


CLUSTER = (ROOT / "compose.cluster.yaml").read_text("utf-8")


def test_a_cluster_has_a_database_two_workers_and_two_servers_behind_one_address():
    told = services(CLUSTER)
    assert list(told) == ["database", "worker-1", "worker-2", "server-1", "server-2", "proxy"]
    assert [name for name, text in told.items() if "ports:" in text] == ["proxy"]
    assert [name for name, text in told.items() if "<<: *worker" in text] == ["worker-1", "worker-2"]
    assert [name for name, text in told.items() if "<<: *server" in text] == ["server-1", "server-2"]


def test_everybody_in_a_cluster_has_the_same_config_a_state_of_its_own_and_no_rights():
    shared, _, told = CLUSTER.partition("\nservices:\n")
    for line in (
        "dockerfile: Containerfile",
        "read_only: true",
        "cap_drop: [ALL]",
        'security_opt: ["no-new-privileges:true"]',
        'user: "10001:10001"',
        "database: {condition: service_healthy}",
    ):
        assert f"  {line}" in shared
    for name in ("worker-1", "worker-2", "server-1", "server-2"):
        assert f"      - {name}:/var/lib/topicwire\n" in told
        assert f"\n  {name}:\n" in told.partition("\nvolumes:\n")[2]
    assert told.count("- ./etc:/etc/topicwire:ro") == 4
    assert "\t" not in CLUSTER


def test_the_commands_of_a_cluster_are_ours():
    commands = [shlex.split(one.replace(",", " ")) for one in re.findall(r"command: \[(.*)\]", CLUSTER)]
    assert commands == [["worker"], ["serve", "--no-fetch"]]
    for name, *options in commands:
        command = import_module(f"aggregator.cli.{name}").command
        assert set(options) <= {spelling for parameter in command.params for spelling in parameter.opts}


def test_the_password_of_the_database_comes_from_the_environment_and_has_no_default():
    assert re.findall(r"PASSWORD: (.*)", CLUSTER) == ["${TOPICWIRE_DB_PASSWORD:?}"] * 2
    assert "postgresql://topicwire@database/topicwire" in CLUSTER


def test_the_proxy_of_a_cluster_knows_its_servers():
    file = ROOT / "contrib" / "caddy" / "Caddyfile"
    assert "./contrib/caddy/Caddyfile:" in CLUSTER
    assert "reverse_proxy server-1:8080 server-2:8080 {" in file.read_text("utf-8")
    if shutil.which("caddy"):
        subprocess.run(
            ["caddy", "validate", "--adapter", "caddyfile", "--config", file], check=True, capture_output=True
        )
