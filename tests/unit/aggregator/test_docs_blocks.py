"""Every block of code in the documents runs, or is read by the program that it is for."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
import trustme

from aggregator.__main__ import main
from aggregator.cli import group
from aggregator.config import load
from aggregator.config.examples import broken
from aggregator.config.schema import INNER, LISTS, SECTIONS, keys_of
from feeds.text.forms import Analyser
from tests.fakes.newsroom import Newsroom
from tests.fakes.servers import free_port
from tests.fakes.serving import served

ROOT = Path(__file__).parents[3]
PAGES = sorted((*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
ERRORS = ROOT / "docs" / "errors.md"
"""Its configs are wrong on purpose; they are held by test_cli_explain.py, from whose texts the page is made."""
FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`((?:\./run|topicwire) [^`\n]+)`")
CONFIG = """
[serve]
listen = "127.0.0.1:0"
[fetch]
allow_private = true
[store]
url = "tinydb:store"
[publish]
folder = "site"
[[source]]
url = "http://127.0.0.1:{port}/rss"
id = "newsroom"
[[topic]]
id = "water"
title = "Water"
match = ["water"]
"""

ELSEWHERE = {"migrate": "needs a database on another machine; tests of its own have one"}
STAY = {"serve", "worker", "demo"}
"""Commands that stay until they are told to end: what they take is read, and they are run by tests of their own."""
NOT_OURS = {
    "git": "would fetch a repository",
    "cd": "means nothing by itself",
    "mv": "would rename a file of the checkout",
    "pipx": "would install; the same package is installed into an environment for these tests",
    "python3": "would make an environment outside of the checkout",
    "/opt/topicwire/bin/pip": "would install into it",
    "useradd": "would change this machine",
    "usermod": "would change this machine",
    "install": "would change this machine; that what it copies is there has a test of its own",
    "systemctl": "needs a system that systemd has started",
    "podman": "needs a container engine",
    "docker": "needs a container engine",
    "pg_dump": "needs a database on another machine",
    "pg_restore": "needs a database on another machine",
    "uv": "would make the lock files anew",
    "sudo": "would be somebody else",
    "eval": "would change the shell that tests run in; what `completion` prints has tests of its own",
    ".ci/run": "is what runs this",
    ".venv/bin/python": "takes long; that the script is there has a test of its own",
}
"""Programs of others in blocks of commands, and why they are not run here: the shell reads them, and that is all."""
READ_ELSEWHERE = {
    "query": "tests/unit/feeds/query/test_docs_topics.py",
    "refused": "tests/unit/feeds/query/test_docs_topics.py",
    "nginx": "below, by nginx",
    "caddyfile": "below, by Caddy",
}


@dataclass(frozen=True)
class Block:
    page: Path
    language: str
    text: str
    line: int

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text("utf-8")
    return [
        Block(page=page, language=found[2], text=found[3], line=text.count("\n", 0, found.start()) + 1)
        for found in FENCED.finditer(text)
    ]


BLOCKS = [block for page in PAGES for block in blocks_of(page)]


def each(language: str) -> pytest.MarkDecorator:
    blocks = [one for one in BLOCKS if one.language == language and one.page != ERRORS]
    return pytest.mark.parametrize("block", blocks, ids=str)


def commands_in(block: Block) -> list[list[str]]:
    return [words for line in block.text.splitlines() if (words := shlex.split(line, comments=True))]


COMMANDS = [
    pytest.param(words, id=f"{block}: {' '.join(words)}")
    for block in BLOCKS
    if block.language == "sh"
    for words in commands_in(block)
]
MENTIONED = sorted({one for page in PAGES for one in INLINE.findall(page.read_text("utf-8"))})


def ours(words: list[str]) -> list[str] | None:
    """The arguments of topicwire, where a line calls it; None for a program of others."""
    if words[0] == "./run" or words[0].endswith("/topicwire") or words[0] == "topicwire":
        return words[1 : words.index(">") if ">" in words else None] or ["serve"]
    return None


def test_the_documents_have_blocks_of_every_kind_and_no_other():
    kinds = {block.language for block in BLOCKS}
    assert kinds == {"", "sh", "toml", "mermaid", *READ_ELSEWHERE}
    assert all((ROOT / place).exists() for place in READ_ELSEWHERE.values() if place.startswith("tests/"))


@each("")
def test_a_block_without_a_kind_holds_no_commands(block):
    assert not re.search(r"^(\$ |\./run|topicwire )", block.text, re.MULTILINE)


@each("sh")
def test_a_shell_reads_every_block_of_commands(block):
    found = subprocess.run(["sh", "-n"], input=block.text, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")


def complaint(arguments: list[str]) -> str:
    """What is wrong with a command line, but for files that are not there; empty: nothing."""
    name, *rest = arguments
    context = click.Context(group)
    command = group.get_command(context, name)
    if command is None:
        return f"no command {name}"
    try:
        command.make_context(name, rest)
    except click.exceptions.Exit:  # --help
        return ""
    except click.UsageError as error:
        return "" if "does not exist" in error.format_message() else error.format_message()
    return ""


@pytest.mark.parametrize("line", MENTIONED)
def test_a_command_in_the_text_is_one_that_would_be_understood(line):
    arguments = line.split(maxsplit=1)[1]
    if arguments.split()[0] == "test" or arguments in {"COMMAND --help", "…"}:
        return
    shown = re.sub(r"\bFILE\.opml\b", "list.opml", arguments.split(" | ")[0])
    shown = shown.replace("FROM TO", "tinydb:from tinydb:to").replace("CODE", "TW101").replace("SHELL", "bash")
    assert complaint(shlex.split(shown)) == ""


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """A config with a topic, of which a source has been fetched."""
    folder = tmp_path_factory.mktemp("followed")
    with served(Newsroom(["High water at the pier", "Low water"])) as port:
        (folder / "config.toml").write_text(CONFIG.format(port=port), "utf-8")
        assert main(["once", "--config", str(folder / "config.toml")]) == 0
    return folder


@pytest.mark.usefixtures("logs_as_before")
@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_runs_or_is_known_not_to(words, followed, tmp_path, monkeypatch, capsys):
    arguments = ours(words)
    if arguments is None:
        assert words[0] in NOT_OURS
        if words[-2:-1] == ["topicwire"] and "exec" in words:  # inside a container
            assert complaint(words[-1:]) == ""
        return
    if arguments[0] == "test":
        return
    if arguments[0].startswith("--"):
        assert main(arguments) == 0
        return
    assert complaint(arguments) == ""
    if arguments[0] in STAY or arguments[0] in ELSEWHERE:
        return
    monkeypatch.chdir(followed)
    monkeypatch.setenv("HOME", str(tmp_path))
    for folder in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(folder, raising=False)
    inside = [word.replace("/srv/", f"{followed}/") for word in arguments]
    if arguments[0] == "restore" and not Path(inside[1]).exists():
        assert main(["backup", inside[1]]) == 0
    elif arguments[0] == "backup":
        shutil.rmtree(inside[1], ignore_errors=True)
    assert main(inside) == 0, capsys.readouterr().err


def test_what_the_guide_copies_is_in_the_package():
    shared = re.search(r"(?ms)^\[tool.hatch.build.targets.wheel.shared-data\].*?\n\n", project())[0]
    installed = set(re.findall(r'= "(share/topicwire/[\w.@-]+)"', shared))
    readers = [ROOT / "docs/operating.md", ROOT / "docs/cluster.md", *(ROOT / "contrib/systemd").iterdir()]
    used = {
        found
        for one in readers
        for found in re.findall(r"/opt/topicwire/(share/topicwire/[\w.@-]+)", one.read_text("utf-8"))
    }
    assert used <= installed
    assert all((ROOT / path).is_file() for path in re.findall(r'^"([\w./@-]+)" =', shared, re.MULTILINE))


def project() -> str:
    return (ROOT / "pyproject.toml").read_text("utf-8")


@each("toml")
def test_every_config_in_the_documents_is_right_and_its_examples_hold(block, tmp_path):
    (tmp_path / "config.toml").write_text(block.text, "utf-8")
    config = load(tmp_path / "config.toml", environ=dict.fromkeys(re.findall(r"env:(\w+)", block.text), "t" * 32))
    assert broken(config, Analyser()) == ()


TABLES = [(name,) for name in (*SECTIONS, *LISTS)] + sorted(INNER)
SHIPPED = (ROOT / "config.toml").read_text("utf-8")


@pytest.mark.parametrize("table", TABLES, ids=".".join)
def test_every_key_of_the_config_is_shown_in_the_shipped_one(table):
    name = re.escape(".".join(table))
    shown = re.search(rf"^ *\[+{name}\]+.*?(?=^ *\[\[?[a-z]|\Z)", SHIPPED, re.DOTALL | re.MULTILINE)
    inner = {key for outer, key in INNER if (outer,) == table} | {"match", "not"}
    assert shown, f"{name} is not shown"
    assert {key for key in keys_of(table) - inner if not re.search(rf"^ *{key} *=", shown[0], re.MULTILINE)} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_key_that_a_document_names_is_one(page):
    named = re.findall(rf"`({'|'.join(SECTIONS)})\.(\w+)`", page.read_text("utf-8"))
    assert {f"{table}.{key}" for table, key in named if key not in keys_of((table,)) | {"py"}} == set()


@each("nginx")
@pytest.mark.heavy
@pytest.mark.skipif(not shutil.which("nginx"), reason="needs nginx")
def test_nginx_takes_its_blocks(block, tmp_path):
    own = trustme.CA().issue_cert("feeds.example")
    own.private_key_and_cert_chain_pem.write_to_path(tmp_path / "own.pem")
    text = re.sub(r"/etc/ssl/feeds.example/\w+.pem", str(tmp_path / "own.pem"), block.text)
    text = re.sub(r"listen 443", f"listen 127.0.0.1:{free_port()}", text)
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid; events {{}} http {{ access_log off; {text} }}", "utf-8")
    asked = ["nginx", "-t", "-q", "-e", "stderr", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")


@each("caddyfile")
@pytest.mark.heavy
@pytest.mark.skipif(not shutil.which("caddy"), reason="needs Caddy")
def test_caddy_takes_its_blocks(block, tmp_path):
    (tmp_path / "Caddyfile").write_text(block.text, "utf-8")
    asked = ["caddy", "adapt", "--config", str(tmp_path / "Caddyfile"), "--adapter", "caddyfile"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
