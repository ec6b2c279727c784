"""Where an entry stands, and why two were joined or not: `why`, over what a few passes remembered."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from html import escape

import pytest

from aggregator.__main__ import main
from aggregator.ingesting.judge import Judge
from aggregator.ingesting.remember import Pace, remember
from feeds.model import Decision, DecisionKind, Fetched, Placement, Source
from feeds.polling import Bounds
from feeds.read import read
from storage.memory import MemoryStore
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes.telling_entries import POLLS, SPEECH

STORE = '[store]\nurl = "tinydb:store"\n'
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PACE = Pace(bounds=Bounds(fastest=timedelta(minutes=5), slowest=timedelta(hours=24)), jitter=0.0)
AGROUND = (
    "The ferry Sturmvogel struck a sandbank off Lindholm in thick fog; the coastguard took 312 passengers ashore "
    "before noon and nobody was hurt. Tugs from the harbour of Lindholm will try to pull the ferry free with the "
    "evening tide, the harbour master told Reuters, while divers look at the hull."
)
CONTAINED = "100% of 47 word sequences of the shorter text stand in the other"
RESCUED = "Coastguard boats took all 312 passengers off the ferry Sturmvogel, which ran aground in fog near Lindholm."
TOLD = {  # other news first: what is rare can only be told from what is common
    **{f"news{n}": (f"/{n}", "en", title, text) for n, (_, title, text) in enumerate((*SPEECH, *POLLS))},
    "herald": ("/ferry", "en", "Ferry runs aground off Lindholm with 312 on board", AGROUND),
    "gazette": ("/sturmvogel", "en", "Sturmvogel stuck on a sandbank with 312 on board", f"Lindholm. {AGROUND}"),
    "courier": ("/rescue", "en", "Passengers rescued from stranded ferry near Lindholm", RESCUED),
    "post-en": ("/en/2026/03/lighthouse-open-again", "en", "Lighthouse open again", "Visitors may climb it."),
    "post-uk": ("/2026/03/lighthouse-open-again", "uk", "Маяк знову відчинено", "Відвідувачі можуть піднятися."),
}


def a_pass(store, source_id: str, *, at: datetime) -> str:
    """The id of the entry that a source brought."""
    path, language, title, text = TOLD[source_id]
    site = f"https://{source_id.partition('-')[0]}.example"
    body = (
        f'<rss version="2.0"><channel><title>{source_id}</title><language>{language}</language><item>'
        f"<guid>{source_id}</guid><link>{site}{path}</link><title>{escape(title)}</title>"
        f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate><description>{escape(text)}</description></item>"
        "</channel></rss>"
    ).encode()
    source = Source(id=source_id, url=f"{site}/{language}/rss")
    outcome = Fetched(url=source.url, body=body, body_hash=source_id)
    feed = read(body, source=source, url=source.url, content_type="", now=at)
    remember(
        store, judge=Judge(store), source=source, state=None, outcome=outcome, feed=feed, now=at, pace=PACE
    )  # fmt: skip
    return feed.entries[0].id


@pytest.fixture(scope="module")
def passed() -> tuple[dict[str, str], Change]:
    """The ids by source of entries that came one after the other, and all that was remembered of them."""
    store = MemoryStore()
    ids = {one: a_pass(store, one, at=NOON + n * timedelta(minutes=20)) for n, one in enumerate(TOLD)}
    return ids, Change(
        entries=tuple(store.entries()),
        placements=tuple(store.placements(ids.values()).values()),
        states=tuple(store.states().values()),
    )


@pytest.fixture
def ids(tmp_path, passed) -> dict[str, str]:
    """By source, of what a store remembers."""
    (tmp_path / "config.toml").write_text(STORE, "utf-8")
    found, remembered = passed
    commit(tmp_path, remembered)
    return found


@pytest.fixture
def asked(tmp_path, ids, capsys):
    def ask(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["why", *arguments, "--config", str(tmp_path / "config.toml")])
        return code, *capsys.readouterr()

    return ask


@pytest.fixture
def relations(asked, ids):
    """How two sources' entries stand to each other: whether they were joined, and why."""

    def tell(one: str, other: str) -> dict[str, tuple[bool, str]]:
        code, out, _ = asked("--pair", ids[one], ids[other], "--json")
        assert code == 0
        return {name: (each["joined"], each["why"]) for name, each in json.loads(out)["relations"].items()}

    return tell


def commit(tmp_path, change: Change) -> None:
    with open_store(tmp_path / "store", writable=True) as store:
        store.commit(change)


def test_copies_are_told_with_score_evidence_and_rule(asked, relations, ids):
    assert relations("herald", "gazette") == {
        "copy": (True, CONTAINED),
        "story": (True, "they are one text"),
        "edition": (False, "their outlets differ: herald.example and gazette.example"),
    }
    _, out, _ = asked("--pair", ids["herald"], ids["gazette"], "--json")
    herald, gazette = ids["herald"], ids["gazette"]
    line = {"relation": "copy", "score": 1.0, "evidence": CONTAINED, "rule": "copies/1"}
    assert json.loads(out)["ledger"] == [
        {"entry": herald, **line, "other": gazette},
        {"entry": gazette, **line, "other": herald},
    ]


def test_tellings_of_one_event_are_told_apart_from_copies(relations):
    told = relations("courier", "herald")
    assert told["copy"] == (False, "the text of one has only 17 words, fewer than 30, and their words differ")
    assert told["story"][0]
    assert told["story"][1].endswith("words in common")
    assert relations("courier", "gazette")["story"] == (True, "through other entries of their story")


def test_editions_are_told_with_the_signs_that_agree(relations):
    assert relations("post-en", "post-uk") == {
        "copy": (False, "their languages differ: en and uk"),
        "story": (True, "they are editions of one article"),
        "edition": (True, "same path but for the language"),
    }


def test_of_two_that_were_not_joined_every_refusal_is_told(relations):
    assert relations("herald", "post-uk") == {
        "copy": (False, "their languages differ: en and uk"),
        "story": (False, "their languages differ: uk and en"),
        "edition": (False, "their outlets differ: herald.example and post.example"),
    }


def test_what_people_decided_comes_first(tmp_path, relations, asked, ids):
    herald, gazette = sorted((ids["herald"], ids["gazette"]))
    never = Decision(kind=DecisionKind.NEVER, entry=herald, other=gazette, made=NOON)
    apart = tuple(Placement(entry=one, story=f"story of {one}") for one in (herald, gazette))
    commit(tmp_path, Change(decisions=(never,), placements=apart))
    assert relations("herald", "gazette") == dict.fromkeys(
        ("copy", "story", "edition"), (False, "a person said that they are not")
    )
    code, out, _ = asked("--pair", ids["herald"], ids["gazette"])
    assert code == 0
    assert f"decided on 2026-03-02 12:00: never {herald} {gazette}" in out


def test_a_split_is_told_of_the_two_that_it_parted(tmp_path, relations, ids):
    with open_store(tmp_path / "store", writable=False) as store:
        story = store.placements([ids["herald"]])[ids["herald"]].story
    split = Decision(kind=DecisionKind.SPLIT, entry=ids["courier"], other=story, made=NOON)
    commit(tmp_path, Change(decisions=(split,), placements=(Placement(entry=ids["courier"], story="its own"),)))
    assert relations("courier", "herald")["story"] == (
        False, "a person took one of them out of the other one's story",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("placed", "copies"),
    [
        ({"held": "a redesign"}, "one of them is held, and compared with nothing: a redesign"),
        ({"published": NOON}, "both are published, and what is published keeps its id"),
        ({}, "were not so when they were placed: `rebuild` compares them again"),
    ],
)
def test_what_is_alike_and_yet_no_copy_is_explained(tmp_path, relations, ids, placed, copies):
    commit(tmp_path, Change(placements=tuple(Placement(entry=ids[one], **placed) for one in ("herald", "gazette"))))
    joined, why = relations("herald", "gazette")["copy"]
    assert not joined
    assert why.endswith(copies)


def test_a_copy_of_a_third_one_is_no_copy_of_what_that_is_not_joined_with(tmp_path, relations, ids):
    commit(tmp_path, Change(placements=(Placement(entry=ids["gazette"], copy_of=ids["courier"]),)))
    assert relations("herald", "gazette")["copy"][1].endswith("repeats a text with which the other one is not joined")
    commit(tmp_path, Change(placements=(Placement(entry=ids["herald"], copy_of=ids["courier"]),)))
    assert relations("herald", "gazette")["copy"][1].startswith(f"both repeat {ids['courier']}")


def test_an_entry_is_shown_with_all_that_it_touches(asked, ids):
    code, out, _ = asked(ids["herald"])
    lines = [line.rstrip() for line in out.splitlines()]
    assert code == 0
    assert lines[2:5] == [
        "├── 1 copy",
        f"│   └── {TOLD['gazette'][2]}  {ids['gazette']}  gazette  1.00, {CONTAINED} (copies/1)",
        lines[4],
    ]
    assert lines[4].startswith("├── story ")
    assert lines[4].endswith(", told by 1 more; first reported by Reuters, courier")
    assert lines[5].startswith(f"│   └── {TOLD['courier'][2]}  {ids['courier']}  courier")
    assert lines[6:] == ["└── credits", "    └── origin: Reuters  “Reuters” in summary, 254–261"]
    assert "a copy: a topic that takes both shows one of them" in asked(ids["gazette"])[1]
    assert "1 edition in other languages" in asked(ids["post-uk"])[1]


def test_programs_are_told_where_an_entry_stands(asked, ids):
    (told,) = json.loads(asked(ids["gazette"], "--json")[1])
    assert (told["copy_of"], told["copies"], told["edition_of"], told["held"]) == (ids["herald"], [], None, "")
    assert [(one["entry"], one["source"]) for one in told["tellings"]] == [(ids["courier"], "courier")]
    assert told["origins"] == ["Reuters", "courier"]
    assert [(one["outlet"], one["role"]) for one in told["credits"]] == [("Reuters", "origin")]
    (english,) = json.loads(asked(ids["post-en"], "--json")[1])
    assert (english["edition_of"], [one["entry"] for one in english["editions"]]) == (ids["post-uk"], [ids["post-uk"]])


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ((), 2, "name an entry, or two after --pair"),
        (("--pair", "a", "b", "c"), 2, "--pair takes two entries and stands alone"),
        (("--pair", "https://herald.example/ferry", "https://herald.example/ferry"), 2, "both name the same entry"),
        (("--pair", "https://herald.example/ferry", "nobody"), 1, "there is no entry nobody"),
    ],
)
def test_a_pair_that_is_none_is_refused(asked, arguments, code, told):
    found, out, err = asked(*arguments)
    assert (found, out) == (code, "")
    assert told in err
