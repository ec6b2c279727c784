"""What the documents say of commands, modules and each other is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aggregator.__main__ import main
from aggregator.cli.problems import told
from aggregator.config.load import parse
from feeds.errors import ConfigError

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted((*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
README = (ROOT / "README.md").read_text("utf-8")


def section(page: str, title: str) -> str:
    """The text below a heading of the second level."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def commands(capsys) -> set[str]:
    main(["--help"])
    listed = capsys.readouterr().out.partition("Commands:\n")[2]
    return set(re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE))


def anchors(page: Path) -> set[str]:
    """What its headings are called in links."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one).strip().lower().replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", ["README.md", "docs/operating.md", "CHANGELOG.md"])
def test_every_command_is_told_of(page, capsys):
    text = (ROOT / page).read_text("utf-8")
    told = {
        word
        for code in re.findall(r"`([^`\n]+)`", text)
        for word in re.sub(r"^(./run|topicwire) ", "", code).split()[:1]
    }
    assert commands(capsys) - told == set()


def test_every_benchmark_is_listed_and_every_listed_one_is_there():
    told = set(
        re.findall(r"`([a-z_]+)`", re.sub(r"\[.*?\]\(.*?\)", "", (ROOT / "docs" / "benchmarks.md").read_text("utf-8")))
    )
    there = {path.stem for path in (ROOT / "benchmarks").glob("*.py")}
    needs = {"material", "root", "nginx", "wrk", "strace", "reader", "httpx"}
    assert (there - told, told - there - needs) == (set(), set())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_picture_of_a_flow_joins_boxes_that_are_drawn(page):
    for picture in re.findall(r"```mermaid\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        drawn = set(re.findall(r"\b(\w+) ?[\[(/]+\"", picture))
        joined = set(re.findall(r"^ *(\w+)[^\n]*? (?:-->|-\.->|<-->) ", picture, re.MULTILINE))
        joined |= set(re.findall(r"(?:-->|-\.->|<-->) (\w+)", picture))
        assert joined
        assert joined - drawn == set()
        assert picture.count("subgraph") == len(re.findall(r"^ *end$", picture, re.MULTILINE))


def test_what_the_readme_runs_are_commands(capsys):
    assert set(re.findall(r"`\./run ([a-z]+)", README)) <= {*commands(capsys), "test"}


def test_a_wrong_config_is_told_as_operating_shows_it():
    lines = [*[""] * 29, "[fetch]", 'evrey = "10m"', *[""] * 9, "[[topic]]", 'id = "harbours"', "[topic.match]"]
    lines.append('en = ["harbour AND (crane OR quay"]')
    with pytest.raises(ConfigError) as caught:
        parse("\n".join(lines).encode(), file=Path("config.toml"), environ={})
    assert f"```\n{told(caught.value)}\n```" in section("operating.md", "When the config is wrong")


def rooms(layer: str) -> dict[str, set[str]]:
    """What the design's tree names in a layer, and in those packages of it whose modules it lists, too."""
    tree = section("design.md", "Where things are").partition(f"\n{layer}/\n")[2].partition("\n/")[0]
    found: dict[str, set[str]] = {layer: set()}
    room = package = layer
    for line in re.split(r"\n(?! )", tree)[0].splitlines():
        depth = len(line) - len(line.lstrip())
        names = re.findall(r"\w+(?:\.py|/)", line.partition("   ")[2] if depth > 4 else line)
        if depth == 2:
            room, package = layer, f"{layer}/{names[0].rstrip('/')}"
        elif depth == 4:
            room = package
        found.setdefault(room, set()).update(names)
    return {one: names for one, names in found.items() if one == layer or any(name.endswith(".py") for name in names)}


def inside(folder: Path) -> set[str]:
    """The modules and packages of a package."""
    return {
        one.name if one.suffix == ".py" else f"{one.name}/"
        for one in folder.iterdir()
        if (one.suffix == ".py" and one.stem != "__init__") or (one / "__init__.py").is_file()
    }


@pytest.mark.parametrize("layer", ["aggregator", "feeds", "storage"])
def test_the_design_names_every_module_of_a_layer(layer):
    for room, named in rooms(layer).items():
        names = inside(ROOT / room)
        assert (names - named, {one for one in named if one.endswith(".py")} - names) == (set(), set()), room


def test_every_module_that_tells_entries_apart_is_named_where_its_rule_is_told():
    told = set(re.findall(r"`(\w+)`", section("deciding.md", "Where it is in the code")))
    modules = {one.stem for one in (ROOT / "feeds" / "dedupe").glob("*.py")} - {"__init__"}
    assert (modules - told, told - modules) == (set(), set())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        led_to = page.parent / path if path else page
        assert led_to.exists(), target
        assert not anchor or anchor in anchors(led_to), target
