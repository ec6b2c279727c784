"""`search`, `why` and `preview`, over a store that somebody else writes to."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.__main__ import main
from aggregator.app import open_app
from aggregator.config import load
from aggregator.naming import HOW_TO_NAME
from aggregator.world import real_world
from feeds.model import Credit, CreditRole, Entry, Placement, Span
from storage.port import Change
from storage.tinydb_store import open_store

NOW = datetime.now(UTC).replace(microsecond=0)
CONFIG = """
[store]
url = "tinydb:store"
[publish]
folder = "site"
[[source]]
url = "https://river.example/rss"
id = "river"
tags = ["coast"]
[[source]]
url = "https://dzvin.example/rss"
id = "dzvin"
[[topic]]
id = "harbours"
  [topic.where]
  tags = ["coast"]
  [topic.match]
  en = ['harbour (bridge OR "ferry line")']
  [topic.not]
  en = ["fish"]
[[topic]]
id = "bridges"
match = ["bridge", "міст"]
"""

STORE = '[store]\nurl = "tinydb:store"\n'
BRIDGE = Span(field="title", start=2, end=8)


def entry(entry_id: str, title: str, *, source: str = "river", language: str = "en", age: int = 1, **fields) -> Entry:
    seen = NOW - timedelta(days=age)
    return Entry(
        id=entry_id, source=source, guid="", url=f"https://{source}.example/{entry_id}",
        canonical_url=f"https://{source}.example/{entry_id}", title=title, language=language,
        published=seen, updated=seen, first_seen=seen, revised=seen, **fields,
    )  # fmt: skip


ENTRIES = (
    entry("a1", "A bridge over the old harbour", content="<p>The harbours of the town get bridges.</p>"),
    entry("a2", "Fish in the harbour", summary="Under the bridge", age=2),
    entry("b1", "Міст закрито", source="dzvin", language="uk", age=40),
    entry(
        "b2", "A bridge opens", source="dzvin", age=3,
        credits=(Credit(outlet="Harbour Post", role=CreditRole.ORIGIN, text="Post", span=BRIDGE),),
    ),
)  # fmt: skip


@pytest.fixture
def config(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    return str(tmp_path / "config.toml")


@pytest.fixture
def writer(tmp_path, config):
    """A store with its writer at work."""
    with open_store(tmp_path / "store", writable=True) as store:
        store.commit(Change(entries=ENTRIES, placements=(Placement(entry="b2", copy_of="a1"),)))
        yield store


@pytest.fixture
def asked(config, writer, capsys):
    """What a command says to its arguments: exit code, standard output, standard error."""

    def ask(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([*arguments, "--config", config])
        return code, *capsys.readouterr()

    return ask


def test_search_shows_what_it_found_and_where(asked):
    code, out, _ = asked("search", "harbour bridge")
    assert code == 0
    assert [line.rstrip() for line in out.splitlines()] == [
        "A [bridge] over the old [harbour]",
        f"  {NOW - timedelta(days=1):%Y-%m-%d %H:%M}  river  a1  https://river.example/a1",
        "  body: The [harbours] of the town get [bridges].",
        "Fish in the [harbour]",
        f"  {NOW - timedelta(days=2):%Y-%m-%d %H:%M}  river  a2  https://river.example/a2",
        "  summary: Under the [bridge]",
    ]


def test_a_line_may_be_given_without_quotes(asked):
    assert asked("search", "harbour", "bridge") == asked("search", "harbour bridge")
    assert 'write OR to combine, "or" in quotes for the word' in asked("search", "harbour", "or", "bridge")[2]


def test_search_tells_programs_the_spans(asked):
    code, out, _ = asked("search", 'credit:"harbour post"', "--json")
    (hit,) = json.loads(out)
    assert code == 0
    assert hit == {
        "entry": "b2", "source": "dzvin", "language": "en", "url": "https://dzvin.example/b2",
        "title": "A bridge opens",
        "first_seen": (NOW - timedelta(days=3)).isoformat(), "score": 1,
        "spans": [{"field": "title", "start": 2, "end": 8}],
    }  # fmt: skip


def test_a_search_with_weights_shows_first_what_counts_most(asked):
    _, out, _ = asked("search", "bridge OR opens^5 OR fish^2", "--json")
    assert [(hit["entry"], hit["score"]) for hit in json.loads(out)] == [("b2", 6), ("a2", 3), ("a1", 1)]


def test_a_search_knows_the_topics_and_stops_at_its_limit(asked):
    _, out, _ = asked("search", "@bridges", "--json", "--limit", "2")
    assert [hit["entry"] for hit in json.loads(out)] == ["a1", "a2"]


def test_a_search_that_finds_nothing_says_so(asked):
    assert asked("search", "lighthouse") == (0, "", "topicwire: nothing that is stored fits\n")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("harbour OR", "Error: OR needs something on its right [TW401]\n    harbour OR\n            ^"),
        ("a @bridge", 'Error: there is no topic "bridge"; did you mean @bridges? [TW405]\n    a @bridge\n      ^'),
    ],
)
def test_a_line_that_means_nothing_is_misuse_and_shown_with_a_caret(asked, query, told):
    code, out, err = asked("search", query)
    assert (code, out) == (2, "")
    assert told in err


def test_why_shows_every_condition_and_line_with_what_they_found(asked):
    code, out, _ = asked("why", "a1", "harbours")
    assert code == 0
    assert [line.rstrip() for line in out.splitlines()] == [
        "A bridge over the old harbour",
        "a1  river  en  https://river.example/a1",
        "├── 1 copy",
        "│   └── A bridge opens  b2  dzvin",
        '└── harbours: in, the line harbour (bridge OR "ferry line") holds',
        "    ├── where",
        "    │   └── ✓ tags: coast  has coast",
        "    ├── match",
        '    │   └── ✓ en: harbour (bridge OR "ferry line")',
        "    │       ├── ✓ harbour  “harbour”, “harbours” in title, body",
        '    │       └── ✓ bridge OR "ferry line"',
        "    │           ├── ✓ bridge  “bridge”, “bridges” in title, body",
        '    │           └── ✗ "ferry line"',
        "    └── not",
        "        └── ✗ en: fish",
    ]


def test_why_says_no_with_a_reason_for_every_topic(asked):
    _, out, _ = asked("why", "https://dzvin.example/b2?utm_source=x", "--json")
    (told,) = json.loads(out)
    assert (told["entry"], told["copy_of"]) == ("b2", "a1")
    assert [(why["topic"], why["takes"], why["reason"]) for why in told["topics"]] == [
        ("harbours", False, "where.tags asks for coast, and the entry has none"),
        ("bridges", True, "the line bridge holds"),
    ]
    assert told["topics"][1]["match"][0] == {
        "table": "any",
        "text": "bridge",
        "clause": {
            "text": "bridge", "holds": True, "score": 1, "spans": [{"field": "title", "start": 2, "end": 8}],
            "forms": ["bridge"], "nearest": [], "parts": [],
        },
    }  # fmt: skip


def test_why_tells_what_a_line_counts_and_what_is_too_old_for_the_feed(asked, tmp_path):
    (tmp_path / "config.toml").write_text(
        f'{STORE}[[topic]]\nid = "old"\nmax_age = "30d"\nmin_score = 3\n'
        'match = ["міст^2", "закрито", "порт"]\n[topic.where]\nmax_age = "60d"\n',
        "utf-8",
    )
    out = asked("why", "b1")[1]
    assert [line.rstrip() for line in out.splitlines()][2:] == [
        "└── old: in, the line міст^2 holds",
        "    ├── ✗ left out of its feed: max_age is 30 d, and it is 40 d old",
        "    ├── ✓ score 3, min_score 3",
        "    └── match",
        "        ├── ✓ any: міст^2  counts 2",
        "        │   └── ✓ міст  “Міст” in title",
        "        ├── ✓ any: закрито  “закрито” in title  counts 1",
        "        └── ✗ any: порт",
    ]
    (told,) = json.loads(asked("why", "b1", "--json")[1])
    assert told["topics"][0]["too_old"] == ["max_age is 30 d, and it is 40 d old"]


def test_an_entry_goes_by_the_beginning_of_its_id_if_that_is_its_alone(asked):
    assert "Fish in the harbour" in asked("why", "a2")[1]
    several = "“A bridge over the old harbour” (river, a1), “Fish in the harbour” (river, a2)"
    assert asked("why", "a") == (1, "", f"topicwire: a names several entries: {several}\n")
    for name in ("zz", "", "https://a.example/no"):
        told = f"topicwire: there is no entry {name}: {HOW_TO_NAME}\n"
        assert asked("why", name) == (1, "", told)


def test_why_a_topic_that_is_none_is_misuse(asked):
    code, _, err = asked("why", "a1", "harbour")
    assert code == 2
    assert 'there is no topic "harbour"; did you mean "harbours"?' in err


def test_a_preview_of_a_line_is_compared_with_the_topic(asked):
    code, out, _ = asked("preview", "bridges", "--query", "harbour OR міст")
    lines = [line.rstrip() for line in out.splitlines()]
    assert code == 0
    assert lines[0] == "bridges, compared with the topic as the config has it:"
    assert [line.split("  ")[0] for line in lines[1:4]] == [
        "= A bridge over the old harbour", "= Fish in the harbour", "= Міст закрито",
    ]  # fmt: skip
    assert lines[4] == "+ 0 come, - 0 go, = 3 stay"  # b2 was behind a1, which it copies


def test_a_preview_since_leaves_out_what_is_older(asked):
    _, out, _ = asked("preview", "bridges", "--query", "fish", "--since", "30d", "--json")
    found = json.loads(out)
    assert {key: [one["title"] for one in found[key]] for key in ("come", "go", "stay")} == {
        "come": [], "go": ["A bridge over the old harbour"], "stay": ["Fish in the harbour"],
    }  # fmt: skip
    assert found["sources"] == {"river": {"come": 0, "go": 1, "stay": 1}}
    assert found["languages"] == {"en": {"come": 0, "go": 1, "stay": 1}}


def test_a_preview_before_anything_is_published_says_so(asked):
    _, out, _ = asked("preview", "harbours", "--json")
    found = json.loads(out)
    assert found["against"] == "nothing: it is not published yet"
    assert [one["title"] for one in found["come"]] == ["A bridge over the old harbour"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("bridges", "--query", "a^2"), "^ weighs nothing here: the topic has no min_score"),
        (("bridges", "--since", "soon"), '"soon" is no duration'),
        (("bridge",), 'there is no topic "bridge"; did you mean "bridges"?'),
    ],
)
def test_a_preview_that_cannot_be_is_misuse(asked, arguments, told):
    code, out, err = asked("preview", *arguments)
    assert (code, out) == (2, "")
    assert told in err


def test_what_a_preview_says_is_what_a_reload_publishes(tmp_path, config, capsys):
    def published() -> dict[str, list[str]]:
        with open_app(load(tmp_path / "config.toml", environ={}), world=real_world(), observe=lambda _: None) as app:
            app.publisher.publish()
        items = json.loads((tmp_path / "site" / "feeds" / "bridges.json").read_text("utf-8"))["items"]
        return {item["id"]: item["title"] for item in items}

    with open_store(tmp_path / "store", writable=True) as store:
        store.commit(Change(entries=ENTRIES))
    before = published()
    for lines in ('["fish"]', '["harbour", "bridge -opens"]', '["@harbours", "міст"]'):
        (tmp_path / "config.toml").write_text(CONFIG.replace('["bridge", "міст"]', lines), "utf-8")
        capsys.readouterr()
        assert main(["preview", "bridges", "--json", "--config", config]) == 0
        found = json.loads(capsys.readouterr().out)
        told = {key: {one["id"] for one in found[key]} for key in ("come", "go", "stay")}
        after = published()
        assert told == {
            "come": after.keys() - before.keys(),
            "go": before.keys() - after.keys(),
            "stay": before.keys() & after.keys(),
        }
        before = after
