"""What one topic's documents are, and what of them is rendered when something changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from aggregator.publishing.archives import Archives
from aggregator.publishing.catch import Catch
from aggregator.publishing.imprint import Imprint
from aggregator.publishing.press import InPrint, Press
from feeds import render
from feeds.model import Credit, CreditRole, Outlet, Site, Span
from feeds.query.syntax import parse_query
from feeds.text.forms import Analyser
from feeds.topics import Candidate, Topic, decide
from tests.fakes.stores import new_store
from tests.fakes.topic_feeds import NOON, RIVER, an_entry

SITE = Site(id=UUID(int=5), since=datetime(2026, 1, 1, tzinfo=UTC))
SETTINGS = Imprint(base_url="https://feeds.example", title="My feeds")
TOPIC = Topic(id="treaty", title="About treaty", match={"any": (parse_query("treaty"),)})
HARBOUR_POST = Outlet(name="Harbour Post", hosts=("harbour.example",), aliases=(), weak=())
BY_HARBOUR_POST = Credit(
    outlet="Harbour Post", role=CreditRole.VIA, text="Harbour Post", span=Span(field="body", start=0, end=0)
)


class Desk:
    """A press, one topic, and entries that are laid on it."""

    def __init__(self, settings: Imprint = SETTINGS) -> None:
        self.told: list = []
        self.press = Press(settings, archives=Archives(new_store()), site=SITE, observe=self.told.append)
        self.topic = InPrint(Catch(TOPIC))

    def lay(self, *entries) -> bool:
        for entry in entries:
            match = decide(TOPIC, entry, source=None, analyser=Analyser())
            assert match
            self.topic.catch.candidates[entry.id] = Candidate(entry=entry, match=match, placement=None)
        self.topic.catch.stale = True
        return self.renew()

    def renew(self) -> bool:
        return self.press.renew(self.topic, {"river": RIVER}, NOON, renamed=False)

    @property
    def items(self) -> list[dict]:
        return json.loads(self.topic.documents["/feeds/treaty.json"].body)["items"]


def test_a_topic_has_a_document_in_each_format():
    desk = Desk()
    assert desk.lay(an_entry(1, title="A treaty"))
    assert list(desk.topic.documents) == ["/feeds/treaty.atom", "/feeds/treaty.rss", "/feeds/treaty.json"]


def test_nothing_is_rendered_when_nothing_changed(monkeypatch):
    desk = Desk()
    desk.lay(an_entry(1, title="A treaty"))
    before = desk.topic.made
    monkeypatch.setattr(render, "prepare", None)
    assert not desk.renew()
    assert not desk.lay(an_entry(1, title="A treaty"))
    assert desk.topic.made is before


def test_of_a_changed_topic_the_entries_that_changed_are_rendered(monkeypatch):
    desk = Desk()
    desk.lay(an_entry(1, title="A treaty"), an_entry(2, title="The treaty"))
    wrote = []
    atom = render.atom
    monkeypatch.setattr(render, "atom", lambda prepared: wrote.append(prepared.entries) or atom(prepared))
    desk.lay(an_entry(3, title="Another treaty"))
    assert [[shown.title for shown in entries] for entries in wrote] == [["Another treaty"]]
    fresh = Desk()
    fresh.lay(*(candidate.entry for candidate in desk.topic.catch.candidates.values()))
    assert fresh.topic.documents == desk.topic.documents


def test_links_lead_to_outlets_that_the_config_adds():
    link = '<p>As <a href="https://harbour.example/7">Harbour Post</a> says.</p>'
    entry = an_entry(1, title="A treaty", content=link, credits=(BY_HARBOUR_POST,))
    told = Desk(replace(SETTINGS, outlets=(HARBOUR_POST,)))
    told.lay(entry)
    assert told.items[0]["_topicwire"]["via"] == {"url": "https://harbour.example/7", "title": "Harbour Post"}
    shipped = Desk()
    shipped.lay(entry)
    assert "via" not in shipped.items[0]["_topicwire"]


def test_what_a_new_press_prints_does_not_depend_on_the_one_before():
    entry = an_entry(
        1,
        title="A treaty",
        credits=(BY_HARBOUR_POST,),
        content='<p><a href="https://harbour.example/7">Harbour Post</a></p>',
    )
    desk = Desk()
    desk.lay(entry)
    added = replace(SETTINGS, outlets=(HARBOUR_POST,), base_url="https://elsewhere.example")
    desk.press = Press(added, archives=Archives(new_store()), site=SITE, observe=desk.told.append)
    desk.topic.reset()
    assert desk.renew()
    fresh = Desk(added)
    fresh.lay(entry)
    assert desk.topic.documents == fresh.topic.documents
