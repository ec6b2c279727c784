"""A real browser shows the pages: everybody can use them, on any screen, and it finds the feeds."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.publishing.pages import page
from tests.fakes.browser import told_by
from tests.fakes.page_views import SITE, every_page

AXE = Path(__file__).parents[2] / ".venv" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """
const facts = () => ({
  dark: matchMedia("(prefers-color-scheme: dark)").matches,
  fits: document.documentElement.scrollWidth <= innerWidth,
});
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
axe.run(document, {runOnly: rules}).then(found => tell({
  ...facts(),
  passed: found.passes.length > 10,
  violations: found.violations.map(one => [one.id, ...one.nodes.map(node => node.html + " " + node.failureSummary)]),
  unsure: found.incomplete.map(one => [one.id, ...one.nodes.map(node => node.html)]),
}), error => tell({error: String(error)}));
"""
FIND = """
tell([...document.querySelectorAll('head > link[rel~="alternate"]')].map(link => [link.type, link.title, link.href]));
"""

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium, which .ci/run installs"),
]


@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core, which .ci/run installs from npm")
@pytest.mark.parametrize(("language", "width", "dark"), [("en", 1000, False), ("en", 320, True), ("uk", 390, False)])
@pytest.mark.parametrize("name", every_page())
def test_axe_finds_nothing_to_object_to_and_nothing_is_wider_than_the_screen(name, language, width, dark, tmp_path):
    drawn = page(every_page(replace(SITE, language=language))[name])
    found = told_by(drawn, RUN, folder=tmp_path, width=width, dark=dark, load=AXE)
    assert found == {"dark": dark, "fits": True, "passed": True, "violations": [], "unsure": []}


@pytest.mark.parametrize("name", ["index", "topic"])
def test_the_browser_finds_the_feeds(name, tmp_path):
    feed = "https://feeds.example/feeds/river-treaty"
    assert told_by(page(every_page()[name]), FIND, folder=tmp_path) == [
        ["application/atom+xml", "River treaty & border (Atom)", f"{feed}.atom"],
        ["application/rss+xml", "River treaty & border (RSS)", f"{feed}.rss"],
        ["application/feed+json", "River treaty & border (JSON Feed)", f"{feed}.json"],
    ]
