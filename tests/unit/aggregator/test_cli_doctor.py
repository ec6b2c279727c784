"""`doctor` as a person runs it: lines, JSON, exit codes."""

from __future__ import annotations

import json
import socket

import pytest

from aggregator.__main__ import main
from aggregator.operating.healthcheck import main as healthcheck
from tests.fakes import servers
from tests.fakes.serving import served, sized

CONFIG = """
[serve]
listen = "127.0.0.1:{port}"
[store]
url = "tinydb:store"
[publish]
folder = "site"
[[source]]
url = "http://localhost:9/feed"
allow_private = true
"""


@pytest.fixture
def free_port():
    return servers.free_port()


@pytest.fixture
def config(tmp_path, free_port):
    (tmp_path / "config.toml").write_text(CONFIG.format(port=free_port), "utf-8")
    return tmp_path / "config.toml"


def test_a_machine_that_is_fit_is_told_line_by_line_and_nothing_is_written(config, tmp_path, capsys):
    assert main(["doctor", "--config", str(config)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "ok    names: found: 1 host of sources" in lines
    assert f"ok    store: {tmp_path}/store: nothing is stored yet" in lines
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_what_is_wrong_comes_with_what_to_do_and_exit_code_1(config, free_port, capsys):
    with socket.create_server(("127.0.0.1", free_port)):
        assert main(["doctor", "--offline", "--config", str(config)]) == 1
    lines = capsys.readouterr().out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("fail  port: "))
    assert lines[at + 1] == f"      → `ss -ltnp 'sport = :{free_port}'` names the program that listens there"
    assert lines[-1].startswith("1 to be mended, ")


def test_programs_get_the_same_as_json(config, capsys):
    assert main(["doctor", "--offline", "--json", "--config", str(config)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["well"] is True
    assert {"check": "names", "grade": "ok", "told": "not looked up, as asked", "advice": ""} in report["findings"]


def test_a_wrong_config_is_a_finding_like_another(config, capsys):
    config.write_text("[serve]\nlitsen = 1\n", "utf-8")
    assert main(["doctor", "--config", str(config)]) == 1
    assert f"fail  config: {config}:2:1: unknown key" in capsys.readouterr().out


def test_a_healthcheck_is_well_when_the_daemon_answers(tmp_path):
    with served(lambda _: sized(200, {}, b"ok")) as port:
        (tmp_path / "config.toml").write_text(f'[serve]\nlisten = "0.0.0.0:{port}"\n', "utf-8")
        assert healthcheck([str(tmp_path / "config.toml")]) == 0


@pytest.mark.parametrize("wrong", ["[site]\nevrey = 1\n", "[site\n", '[[source]]\nurl = "x://"\n'])
def test_a_config_that_broke_meanwhile_is_no_reason_to_end_a_daemon_that_answers(tmp_path, wrong):
    with served(lambda _: sized(200, {}, b"ok")) as port:
        (tmp_path / "config.toml").write_text(f'[serve]\nlisten = "127.0.0.1:{port}"  # here\n{wrong}', "utf-8")
        assert healthcheck([str(tmp_path / "config.toml")]) == 0


def test_a_healthcheck_is_not_well_when_another_program_answers(tmp_path, capsys):
    with served(lambda _: sized(404, {}, b"")) as port:
        (tmp_path / "config.toml").write_text(f'[serve]\nlisten = "0.0.0.0:{port}"\n', "utf-8")
        assert healthcheck([str(tmp_path / "config.toml")]) == 1
    assert capsys.readouterr().err == "/healthz answers 404\n"


def test_a_healthcheck_says_why_it_is_not(config, capsys):
    assert healthcheck([str(config)]) == 1
    assert capsys.readouterr().err == "the connection was refused\n"
