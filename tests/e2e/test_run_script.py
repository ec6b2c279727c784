"""What `run` promises on machines of many kinds.

Tried on a small project, with the real tools of the build lock and the registry that this machine installs from.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent.parent
OFFLINE = {"UV_OFFLINE": "1", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
PYTHON = {"TOPICWIRE_PYTHON": str(Path(sys.executable).resolve())}
PATIENCE = 600
"""Seconds for a start that sets all up, which takes ten to thirty on a machine that has time."""

PROJECT = """\
[build-system]
requires = ["hatchling", "editables"]
build-backend = "hatchling.build"
[project]
name = "topicwire"
version = "0"
[project.scripts]
topicwire = "aggregator:main"
[tool.hatch.build.targets.wheel]
packages = ["aggregator"]
"""
COMMAND = """\
import os, sys

def main():
    import click
    print("ran", *sys.argv[1:], "in", os.getcwd(), "with click", click.__name__ == "click")
"""


def excerpt(lock: str, *names: str) -> str:
    """The part of a lock file that pins `names`."""
    blocks = re.findall(r"^(?:[^\s#].*\n)(?:[ ].*\n)*", (CHECKOUT / lock).read_text("utf-8"), re.MULTILINE)
    chosen = [block for block in blocks if block.split("==")[0] in names]
    assert len(chosen) == len(names)
    return "".join(chosen)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project around the real `run`, in a folder whose name has a space."""
    root = tmp_path / "a checkout"
    (root / "aggregator").mkdir(parents=True)
    (root / "aggregator" / "__init__.py").write_text(COMMAND, "utf-8")
    (root / "pyproject.toml").write_text(PROJECT, "utf-8")
    (root / "test_small.py").write_text("def test_nothing_much(): pass\n", "utf-8")
    for name in ("run", "requirements-build.lock"):
        shutil.copy(CHECKOUT / name, root / name)
    (root / "requirements.lock").write_text(excerpt("requirements.lock", "click"), "utf-8")
    tools = ("click", "iniconfig", "packaging", "pluggy", "pygments", "pytest")
    (root / "requirements-dev.lock").write_text(excerpt("requirements-dev.lock", *tools), "utf-8")
    return root


def start(script: Path, *words: str, cwd: Path, shell: tuple[str, ...] = (), **settings: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*shell, str(script), *words],
        cwd=cwd,
        env=os.environ | settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(script: Path, *words: str, cwd: Path, shell: tuple[str, ...] = (), **settings: str) -> tuple[int, str, str]:
    """Exit code, standard output, and what `run` itself said on standard error."""
    process = start(script, *words, cwd=cwd, shell=shell, **settings)
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, own(err)


def own(err: str) -> str:
    """Without the lines of pip and uv, which depend on the machine's settings."""
    return "".join(line for line in err.splitlines(keepends=True) if line.startswith("topicwire: "))


def wrapper(folder: Path, refuses: str) -> Path:
    """A Python that refuses some of its modules, as those of some distributions do."""
    script = folder / "python3"
    real = PYTHON["TOPICWIRE_PYTHON"]
    script.write_text(f'#!/bin/sh\ncase "$*" in {refuses}) exit 1 ;; esac\nexec "{real}" "$@"\n', "utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert process.poll() is None, "it ended before that"
        assert time.monotonic() < deadline
        time.sleep(0.02)


SETTING_UP = "topicwire: setting up .venv, once; this takes about half a minute.\n"
UPDATING = "topicwire: bringing .venv up to date.\n"


@pytest.mark.heavy
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("shell", [(), ("dash",)])
def test_the_first_start_installs_and_a_warm_one_installs_nothing(project: Path, tmp_path: Path, shell):
    assert run(project / "run", cwd=project, shell=shell, **PYTHON) == (
        0,
        f"ran serve in {project} with click True\n",
        SETTING_UP,
    )
    link = tmp_path / "elsewhere"
    link.symlink_to("a checkout/run")
    assert run(link, "once", "--config", "my own.toml", cwd=tmp_path, shell=shell, **PYTHON, **OFFLINE) == (
        0,
        f"ran once --config my own.toml in {tmp_path} with click True\n",
        "",
    )


@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_the_checkouts_config_is_meant_where_nothing_names_another(project: Path, tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir()

    def folder(*words: str) -> str:
        _, out, _ = run(project / "run", *words, cwd=tmp_path, HOME=str(home), XDG_CONFIG_HOME="", **PYTHON)
        return out.partition(" in ")[2].partition(" with ")[0]

    assert folder() == str(project)
    assert folder("once", "--all") == str(project)
    assert folder("once", "--config", "mine.toml") == str(tmp_path)
    assert folder("once", "--config=mine.toml") == str(tmp_path)
    assert folder("--config=mine.toml") == str(tmp_path)
    assert folder("import", "list.opml") == str(tmp_path)
    (home / ".config/topicwire").mkdir(parents=True)
    (home / ".config/topicwire/config.toml").touch()
    assert folder("once") == str(tmp_path)
    (home / ".config/topicwire/config.toml").unlink()
    (tmp_path / "config.toml").touch()
    assert folder("once") == str(tmp_path)


@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_a_changed_lock_is_installed_and_what_left_it_is_removed(project: Path):
    run(project / "run", cwd=project, **PYTHON)
    (project / "requirements.lock").write_text(excerpt("requirements.lock", "click", "lark"), "utf-8")
    assert run(project / "run", cwd=project, **PYTHON)[2] == UPDATING
    assert subprocess.run([project / ".venv/bin/python", "-c", "import lark"], check=False).returncode == 0
    (project / "requirements.lock").write_text(excerpt("requirements.lock", "click"), "utf-8")
    assert run(project / "run", cwd=project, **PYTHON)[2] == UPDATING
    assert subprocess.run([project / ".venv/bin/python", "-c", "import lark"], check=False).returncode == 1


@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_the_word_test_adds_the_tools_and_passes_its_arguments_to_pytest(project: Path, tmp_path: Path):
    run(project / "run", cwd=project, **PYTHON)
    code, out, err = run(project / "run", "test", "-q", "-k", "nothing and much", cwd=tmp_path, **PYTHON)
    assert (code, out.splitlines()[-1].split(" in ")[0], err) == (0, "1 passed", UPDATING)
    assert run(project / "run", "check", cwd=project, **PYTHON, **OFFLINE)[0::2] == (0, "")


@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_pip_does_it_where_uv_cannot(project: Path):
    nowhere = {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_RETRIES": "0", "UV_NO_CACHE": "1"}
    code, out, err = run(project / "run", cwd=project, **PYTHON, **nowhere)
    assert (code, out) == (0, f"ran serve in {project} with click True\n")
    assert err.endswith("topicwire: uv cannot do it here; installing with pip.\n")


@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_pip_does_it_where_there_is_no_uv_to_install(project: Path):
    lock = project / "requirements-build.lock"
    lock.write_text(re.sub(r"(?m)^uv==.*", r"uv==0.0.0 \\", lock.read_text("utf-8")), "utf-8")
    code, out, err = run(project / "run", cwd=project, **PYTHON)
    assert (code, out) == (0, f"ran serve in {project} with click True\n")
    assert err.endswith("topicwire: uv cannot do it here; installing with pip.\n")


@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_a_python_without_ensurepip_is_served_by_the_pip_beside_it(project: Path, tmp_path: Path):
    python = wrapper(tmp_path, '"-m venv --without-pip"*) ;; "-m venv"*')
    assert run(project / "run", cwd=project, TOPICWIRE_PYTHON=str(python)) == (
        0,
        f"ran serve in {project} with click True\n",
        SETTING_UP,
    )


def test_a_python_without_ensurepip_and_pip_is_told_what_to_install(project: Path, tmp_path: Path):
    python = wrapper(tmp_path, '"-m venv --without-pip"*) ;; "-m venv"* | "-m pip"*')
    version = "{}.{}".format(*sys.version_info)
    assert run(project / "run", cwd=project, TOPICWIRE_PYTHON=str(python)) == (
        1,
        "",
        SETTING_UP
        + f"topicwire: {python} has neither a complete venv module nor pip. "
        + f"Install one (Debian, Ubuntu: apt install python{version}-venv) and start again.\n",
    )
    assert not (project / ".venv").exists()


def test_a_named_python_that_is_none_is_refused(project: Path):
    assert run(project / "run", cwd=project, TOPICWIRE_PYTHON="/bin/false") == (
        1,
        "",
        "topicwire: TOPICWIRE_PYTHON=/bin/false is no Python 3.11 or newer.\n",
    )


def test_a_machine_without_python_is_told_so(project: Path, tmp_path: Path):
    for tool in ("sh", "dirname", "readlink", "cat", "head", "cksum"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    code, _, err = run(project / "run", cwd=project, PATH=str(tmp_path), TOPICWIRE_PYTHON="")
    assert (code, err.count("\n")) == (1, 1)
    assert "no Python 3.11 or newer found. Install one (Debian, Ubuntu: apt install python3 python3-venv)" in err


@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_what_cannot_be_installed_fails_clearly_and_is_tried_again(project: Path):
    code, out, err = run(project / "run", cwd=project, **PYTHON, **OFFLINE)
    assert (code, out) == (1, "")
    assert err.splitlines()[-1] == (
        "topicwire: the packages of requirements.lock could not be installed; the reason is above. "
        "Start again to try again."
    )
    assert run(project / "run", cwd=project, **PYTHON)[0::2] == (0, UPDATING)


@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_a_start_that_was_killed_leaves_nothing_that_the_next_one_trusts(project: Path):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # so that it is not done before it is killed
        silence = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        killed = start(project / "run", cwd=project, **PYTHON, PIP_INDEX_URL=silence, UV_DEFAULT_INDEX=silence)
        wait_until((project / ".venv/bin/pip").exists, killed)
        os.killpg(killed.pid, signal.SIGKILL)
        killed.communicate()
    assert run(project / "run", cwd=project, **PYTHON)[0::2] == (0, SETTING_UP)


@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_an_environment_whose_python_is_gone_is_made_anew(project: Path):
    run(project / "run", cwd=project, **PYTHON)
    for name in ("python", "python3"):
        (project / ".venv/bin" / name).unlink()
        (project / ".venv/bin" / name).symlink_to("/nonexistent/python")
    assert run(project / "run", cwd=project, **PYTHON)[0::2] == (0, SETTING_UP)


@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_a_moved_checkout_gets_an_environment_of_its_own(project: Path, tmp_path: Path):
    run(project / "run", cwd=project, **PYTHON)
    moved = project.rename(tmp_path / "moved")
    assert run(moved / "run", cwd=moved, **PYTHON) == (0, f"ran serve in {moved} with click True\n", SETTING_UP)


@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_starts_at_the_same_time_make_one_environment(project: Path):
    starts = [start(project / "run", cwd=project, **PYTHON) for _ in range(3)]
    said = [process.communicate(timeout=PATIENCE) for process in starts]
    assert [process.returncode for process in starts] == [0, 0, 0]
    assert {out for out, _ in said} == {f"ran serve in {project} with click True\n"}
    waiting = "topicwire: another start is setting up; waiting for it.\n"
    assert sorted(own(err) for _, err in said) == [waiting, waiting, SETTING_UP]
