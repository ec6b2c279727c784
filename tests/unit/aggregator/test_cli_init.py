"""`init`: a config to begin with, where the other commands find it; and what shells complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aggregator.__main__ import main
from aggregator.config import load
from aggregator.config.locate import candidates, user_config, user_data
from aggregator.config.shipped import config_to_begin_with
from aggregator.operating.healthcheck import main as healthcheck

ROOT = Path(__file__).parents[3]


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """Of a user who has no config, and is in a folder without one."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def test_it_goes_where_all_commands_find_it_and_is_right(home, capsys):
    assert main(["init"]) == 0
    file = home / ".config" / "topicwire" / "config.toml"
    assert capsys.readouterr().out == (
        f"written: {file} (and config.schema.json beside it, for editors)\n"
        "next: `topicwire check` tells whether it is right, `topicwire serve` starts\n"
    )
    assert main(["check"]) == 0
    assert capsys.readouterr().out == f"{file}: right: 5 sources, 1 topic, 8 examples hold\n"


def test_its_data_goes_to_the_data_folder_and_every_other_setting_is_that_of_the_shipped_one(home):
    main(["init"])
    written, shipped = load(home / ".config/topicwire/config.toml", environ={}), load(ROOT / "config.toml", environ={})
    assert written.store.folder == home / ".local/share/topicwire/store"
    assert written.publish.folder == home / ".local/share/topicwire/site"
    assert (written.site, written.fetch, written.keep) == (shipped.site, shipped.fetch, shipped.keep)
    assert (written.sources, written.topics, written.outlets) == (shipped.sources, shipped.topics, shipped.outlets)


def test_a_folder_that_is_named_keeps_everything_in_it(home, capsys):
    assert main(["init", "."]) == 0
    assert capsys.readouterr().out.splitlines()[1] == (
        "next: `topicwire check` tells whether it is right, `topicwire serve` starts"
    )
    assert load(Path("config.toml"), environ={}).store.folder == home / "work" / "var" / "store"
    assert Path("config.schema.json").read_bytes() == (ROOT / "config.schema.json").read_bytes()


def test_a_file_elsewhere_has_to_be_named_to_the_other_commands(home, capsys):
    main(["init", "."])
    capsys.readouterr()
    assert main(["init", "new/folder/own.toml"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == (
        "next: `topicwire check --config new/folder/own.toml` tells whether it is right, "
        "`topicwire serve --config new/folder/own.toml` starts; "
        f"without --config, {Path('config.toml').resolve()} is taken"
    )
    assert main(["check", "--config", "new/folder/own.toml"]) == 0


def test_a_config_that_is_there_is_left_alone_unless_told(home, capsys):
    file = home / "work" / "config.toml"
    file.write_text("# mine\n", "utf-8")
    assert main(["init", "."]) == 1
    refusal = "Error: config.toml is there already; --force replaces it, --schema leaves it as it is\n"
    assert (file.read_text("utf-8"), capsys.readouterr().err) == ("# mine\n", refusal)
    assert main(["init", ".", "--schema"]) == 0
    assert (file.read_text("utf-8"), capsys.readouterr().out) == ("# mine\n", "written: config.schema.json\n")
    assert main(["init", ".", "--force"]) == 0
    assert file.read_text("utf-8") == config_to_begin_with()


def test_a_folder_that_cannot_be_written_is_one_line(home, capsys):
    (home / "file").write_text("", "utf-8")
    assert main(["init", "../file/config.toml"]) == 1
    assert re.fullmatch(
        r"topicwire: \.\./file(/config\.toml)?: (Not a directory|File exists) \[TW508\]\n", capsys.readouterr().err
    )


def test_it_speaks_of_the_command_that_is_installed():
    assert "./run" not in config_to_begin_with()
    assert config_to_begin_with().startswith("#:schema ./config.schema.json\n")


def test_the_folders_are_those_of_the_platform():
    home = Path("/home/me")
    for platform in ("linux", "darwin"):
        assert user_config(home=home, environ={}, platform=platform) == home / ".config/topicwire/config.toml"
        assert user_data(home=home, environ={}, platform=platform) == home / ".local/share/topicwire"
    environ = {"APPDATA": "/roaming", "LOCALAPPDATA": "/local", "XDG_CONFIG_HOME": "/xdg"}
    assert candidates(folder=Path(), home=home, environ=environ, platform="win32") == (
        Path("config.toml"),
        Path("/roaming/topicwire/config.toml"),
    )
    assert user_data(home=home, environ=environ, platform="win32") == Path("/local/topicwire")
    assert user_data(home=home, environ={"XDG_DATA_HOME": "/data"}, platform="linux") == Path("/data/topicwire")


@pytest.mark.parametrize(
    ("shell", "begins"),
    [("bash", "_topicwire_completion() {"), ("zsh", "#compdef topicwire"), ("fish", "function _topicwire_completion;")],
)
def test_a_shell_is_told_how_to_ask_for_completions(shell, begins, capsys):
    assert main(["completion", shell]) == 0
    assert capsys.readouterr().out.startswith(begins)


def test_commands_are_completed_when_the_shell_asks(monkeypatch, capsys):
    monkeypatch.setenv("_TOPICWIRE_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "topicwire ex")
    monkeypatch.setenv("COMP_CWORD", "1")
    with pytest.raises(SystemExit) as ended:
        main([])
    assert (ended.value.code, capsys.readouterr().out.split()) == (0, ["plain,explain", "plain,export"])


def test_who_has_no_home_is_told_where_a_config_was_looked_for(tmp_path, monkeypatch, capsys):
    """As a user without a name in a container."""

    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(Path, "home", nowhere)
    assert main(["check"]) == 1
    assert "looked for config.toml, /.config/topicwire/config.toml" in capsys.readouterr().err
    assert healthcheck([]) == 1
    assert capsys.readouterr().err == "no config is found\n"


def test_a_name_without_an_ending_is_a_folder_that_is_made(home, capsys):
    assert main(["init", "news"]) == 0
    assert sorted(path.name for path in Path("news").iterdir()) == ["config.schema.json", "config.toml"]
    assert capsys.readouterr().out.startswith("written: news/config.toml ")
