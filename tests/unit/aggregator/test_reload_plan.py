"""What a changed config means: what comes, what goes, what waits."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from aggregator.config.load import parse
from aggregator.config.schema import FetchTable, KeepTable, PublishTable, ServeTable, SiteTable, StoreTable
from aggregator.reload import Differences, Reload, plan
from aggregator.reload.plan import APPLIED, WAITING

FILE = Path("/srv/config.toml")
BASE = """
[site]
title = "Tides"
[fetch]
every = "30m"
[[source]]
id = "harbour-post"
url = "https://harbour.example/rss"
[[source]]
id = "dzvin"
url = "https://dzvin.example/rss"
every = "1h"
[[topic]]
id = "ferries"
match = ["ferry"]
[[topic]]
id = "boats"
match = ["boat OR @ferries"]
[[topic]]
id = "storms"
match = ["storm"]
  [[topic.example]]
  yes = ["A storm"]
"""
NOTHING = Differences()


def config(text: str = BASE):
    return parse(text.encode(), file=FILE, environ={})


def edited(*edits: tuple[str, str], behind: str = ""):
    text = BASE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return config(text + behind)


def planned(after, **said) -> Reload:
    plain = {"topics": NOTHING, "sources": NOTHING, "settings": (), "waits": ()}
    return Reload(config=after, **plain | said)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (config(), {}),
        (config("# a remark\n" + BASE), {}),
        (edited(('match = ["storm"]', 'match = ["gale"]')), {"topics": Differences(changed=("storms",))}),
        (edited(('match = ["ferry"]', 'match = ["ship"]')), {"topics": Differences(changed=("ferries", "boats"))}),
        (edited(('id = "storms"', 'id = "gales"')), {"topics": Differences(added=("gales",), removed=("storms",))}),
        (edited(('id = "dzvin"', 'id = "bell"')), {"sources": Differences(added=("bell",), removed=("dzvin",))}),
        (edited(("harbour.example", "port.example")), {"sources": Differences(changed=("harbour-post",))}),
        (
            edited(('every = "30m"', 'every = "20m"')),
            {"sources": Differences(changed=("harbour-post",)), "settings": ("fetch.every",)},
        ),
        (
            edited(behind="[keep]\nfeed_entries = 9\n"),
            {
                "topics": Differences(changed=("ferries", "boats", "storms")),
                "settings": ("keep.feed_entries",),
            },
        ),
        (
            edited(
                ('title = "Tides"', 'title = "Tides and storms"'), behind='[keep]\nentries = "9d"\nat_most = 5000\n'
            ),
            {"settings": ("keep.at_most", "keep.entries", "site.title")},
        ),
        (edited(behind='[publish]\nfolder = "elsewhere"\n'), {"settings": ("publish.folder",)}),
    ],
)
def test_what_takes_effect_is_told_by_its_name(after, said):
    assert plan(config(), after) == planned(after, **said)


@pytest.mark.parametrize(
    ("edits", "behind", "waits"),
    [
        ((), '[serve]\nlisten = "127.0.0.1:9"\n', ("serve.listen",)),
        ((), '[store]\nurl = "tinydb:elsewhere"\n', ("store.url",)),
        ((), '[publish]\nhub = "own"\n', ("publish.hub",)),
        ((), '[[outlet]]\nname = "Harbour Post"\nhosts = ["harbour.example"]\n', ("outlet",)),
        ([("[fetch]", '[fetch]\nproxy = "http://proxy.example:3128"')], "", ("fetch.proxy",)),
        ([("[fetch]", '[fetch]\ntimeout = "9s"\nmax_size = "1 MB"')], "", ("fetch.max_size", "fetch.timeout")),
        (
            [("[site]", '[site]\nid = "6f1c4a0e-54d6-4a3e-9d51-3a6e1c2b7d10"\ncontact = "mailto:me@tides.example"')],
            "",
            ("site.contact", "site.id"),
        ),
    ],
)
def test_what_waits_stays_as_it_was_and_is_told_again_each_time(edits, behind, waits):
    before, after = config(), edited(*edits, behind=behind)
    first = plan(before, after)
    assert first == planned(replace(before, examples=after.examples), waits=waits)
    assert plan(first.config, after) == first
    assert plan(first.config, before) == planned(before)


def test_what_waits_does_not_keep_the_rest_from_taking_effect():
    before = config()
    after = edited(('title = "Tides"', 'title = "Storms"'), behind='[serve]\nlisten = "127.0.0.1:9"\n')
    assert plan(before, after) == planned(
        replace(before, site=replace(before.site, title="Storms")), settings=("site.title",), waits=("serve.listen",)
    )


def test_of_every_key_somebody_decided_whether_it_waits():
    tables = {
        "site": SiteTable, "serve": ServeTable, "fetch": FetchTable, "keep": KeepTable, "store": StoreTable,
        "publish": PublishTable,
    }  # fmt: skip
    keys = {f"{name}.{key}" for name, table in tables.items() for key in table.model_fields}
    assert keys | {"outlet"} == APPLIED | WAITING
    assert {field.name for field in fields(config())} == {
        "file", "site", "serve", "fetch", "keep", "store", "publish", "sources", "topics", "examples", "outlets",
    }  # fmt: skip
