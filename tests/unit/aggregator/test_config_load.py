"""What a good config becomes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from aggregator.config import (
    FetchSettings,
    KeepSettings,
    PublishSettings,
    ServeSettings,
    SiteSettings,
    StoreSettings,
    find,
    load,
)
from feeds.errors import ConfigError
from feeds.model import Identity, Outlet, RevisionKind, Source
from feeds.query.syntax import parse_query
from feeds.topics import Example, Topic, Where

ROOT = Path(__file__).parents[3]


def loaded(folder: Path, text: str, environ: dict[str, str] | None = None):
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    return load(file, environ=environ or {})


def test_an_empty_file_is_a_config_of_defaults(tmp_path):
    config = loaded(tmp_path, "")
    assert config.site == SiteSettings(
        base_url="http://127.0.0.1:8080", title="My topic feeds", contact="", language="en", id=None
    )
    assert config.serve == ServeSettings(host="127.0.0.1", port=8080)
    assert config.fetch == FetchSettings(
        every=timedelta(minutes=30),
        fastest=timedelta(minutes=5),
        slowest=timedelta(hours=24),
        timeout=timedelta(seconds=30),
        max_size=10_000_000,
        allow_private=False,
        proxy="",
    )
    assert config.keep == KeepSettings(feed_entries=50)
    assert config.store == StoreSettings(folder=tmp_path / "var" / "store")
    assert config.publish == PublishSettings(folder=tmp_path / "var" / "site")
    assert (config.sources, config.topics, config.examples) == ((), (), ())


def test_the_shipped_config_says_what_the_defaults_are(tmp_path):
    shipped, empty = load(ROOT / "config.toml", environ={}), loaded(tmp_path, "")
    assert (shipped.site, shipped.serve, shipped.fetch, shipped.keep) == (
        empty.site,
        empty.serve,
        empty.fetch,
        empty.keep,
    )
    assert shipped.store.folder == ROOT / "var" / "store"


def test_the_shipped_config_follows_five_sources_and_publishes_one_topic():
    config = load(ROOT / "config.toml", environ={})
    assert {source.id: source.url for source in config.sources} == {
        "pravda-com-ua-eng": "https://www.pravda.com.ua/eng/rss/",
        "pravda-com-ua": "https://www.pravda.com.ua/rss/",
        "eurointegration-com-ua-eng": "https://www.eurointegration.com.ua/eng/rss/",
        "eurointegration-com-ua": "https://www.eurointegration.com.ua/rss/",
        "theguardian-com-world-ukraine": "https://www.theguardian.com/world/ukraine/rss",
    }
    assert [topic.id for topic in config.topics] == ["security-guarantees"]


def test_a_source_has_everything_that_its_table_says(tmp_path):
    config = loaded(
        tmp_path,
        """
[[source]]
url = "https://a.example/rss"
id = "alpha"
name = "Alpha"
language = "EN-GB"
timezone = "Europe/Kyiv"
every = "1h"
rank = -2
tags = ["war", "war", "peace"]
identity = "url"
enabled = false
allow_private = true
headers = { Authorization = "env:ALPHA", X-Plain = "yes" }
""",
        {"ALPHA": "Bearer s3cret"},
    )
    assert config.sources == (
        Source(
            id="alpha",
            url="https://a.example/rss",
            name="Alpha",
            language="en-GB",
            timezone="Europe/Kyiv",
            timezone_assumed=False,
            every=timedelta(hours=1),
            rank=-2,
            tags=("war", "peace"),
            identity=Identity.URL,
            enabled=False,
            allow_private=True,
            headers=(("Authorization", "Bearer s3cret"), ("X-Plain", "yes")),
        ),
    )


def test_a_source_that_gives_only_its_url_takes_the_rest_from_fetch(tmp_path):
    config = loaded(
        tmp_path, '[fetch]\nevery = "2h"\nallow_private = true\n[[source]]\nurl = "http://127.0.0.1:99/x"\n'
    )
    assert config.sources == (
        Source(id="127-0-0-1-99-x", url="http://127.0.0.1:99/x", every=timedelta(hours=2), allow_private=True),
    )


def test_a_proxys_password_is_a_secret_however_it_is_told(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text('[fetch]\nproxy = "http://ann:harb%40ur42@proxy.example:3128"\n', "utf-8")
    assert set(load(file, environ={}).secrets) == {
        "ann:harb%40ur42",
        "ann:harb@ur42",
        "harb@ur42",
        "YW5uOmhhcmJAdXI0Mg==",
    }


def test_secrets_are_not_shown(tmp_path):
    config = loaded(
        tmp_path,
        '[fetch]\nproxy = "http://me:s3cret@127.0.0.1:3128"\n'
        '[[source]]\nurl = "https://a.example/"\nheaders = { Authorization = "env:ALPHA" }\n',
        {"ALPHA": "s3cret"},
    )
    assert "s3cret" not in repr(config)


def test_a_disabled_source_does_not_need_its_secret(tmp_path):
    text = '[[source]]\nurl = "https://a.example/"\nenabled = false\nheaders = { Authorization = "env:ALPHA" }\n'
    assert loaded(tmp_path, text).sources[0].headers == ()


def test_a_topic_has_everything_that_its_table_says(tmp_path):
    config = loaded(
        tmp_path,
        """
[[source]]
url = "https://a.example/rss"
id = "alpha"
tags = ["war"]
[[topic]]
id = "peace"
title = "Peace talks"
collapse = "none"
update = "silent"
limit = 7
max_age = "90d"
  [topic.where]
  languages = ["EN"]
  sources = ["alpha"]
  tags = ["war"]
  max_age = "7d"
  min_words = 30
  [topic.match]
  en = ["peace", '"cease fire"']
  any = ["мир*"]
  [topic.not]
  en = ["football"]
  [[topic.example]]
  language = "en"
  yes = ["Peace at last"]
""",
    )
    assert config.topics == (
        Topic(
            id="peace",
            title="Peace talks",
            match={"en": (parse_query("peace"), parse_query('"cease fire"')), "any": (parse_query("мир*"),)},
            exclude={"en": (parse_query("football"),)},
            where=Where(languages=("en",), sources=("alpha",), tags=("war",), max_age=timedelta(days=7), min_words=30),
            collapse="none",
            update=RevisionKind.SILENT,
            limit=7,
            max_age=timedelta(days=90),
            examples=(Example(language="en", yes=("Peace at last",), no=()),),
        ),
    )
    (example,) = config.examples
    assert (example.topic, example.title, example.wanted) == ("peace", "Peace at last", True)
    assert (example.place.line, example.place.column) == (26, 10)


def test_an_outlet_has_everything_that_its_table_says(tmp_path):
    config = loaded(
        tmp_path,
        """
[[outlet]]
name = "Harbour  Post"
hosts = ["WWW.Harbour.example", "post.example"]
aliases = ["Гавань"]
[[outlet]]
name = "Quay"
""",
    )
    assert config.outlets == (
        Outlet(name="Harbour Post", hosts=("harbour.example", "post.example"), aliases=("Гавань",)),
        Outlet(name="Quay"),
    )


def test_a_plain_list_and_a_single_line_mean_any_language(tmp_path):
    as_list = loaded(tmp_path, '[[topic]]\nid = "a"\nmatch = ["peace"]\n')
    as_line = loaded(tmp_path, '[[topic]]\nid = "a"\nmatch = "peace"\n')
    as_table = loaded(tmp_path, '[[topic]]\nid = "a"\n[topic.match]\nany = ["peace"]\n')
    assert as_list.topics == as_line.topics == as_table.topics


def test_everything_is_fine_where_something_narrows(tmp_path):
    config = loaded(tmp_path, '[[topic]]\nid = "a"\nmatch = "*"\nwhere.languages = ["uk"]\n')
    assert config.topics[0].match == {"any": (parse_query("*"),)}


def test_a_topic_without_title_or_limit_uses_its_id_and_the_default(tmp_path):
    config = loaded(tmp_path, '[keep]\nfeed_entries = 9\n[[topic]]\nid = "a"\nmatch = ["peace"]\nmax_age = ""\n')
    assert (config.topics[0].title, config.topics[0].limit, config.topics[0].max_age) == ("a", 9, None)


def test_the_base_url_loses_the_slash_at_its_end(tmp_path):
    assert loaded(tmp_path, '[site]\nbase_url = "https://a.example/news/"\n').site.base_url == "https://a.example/news"


def test_a_site_may_fix_its_id(tmp_path):
    text = "8f14e45f-ceea-467f-a0e6-7d9b3c1a2b4c"
    assert loaded(tmp_path, f'[site]\nid = "{text}"\n').site.id == UUID(text)


@pytest.mark.parametrize(
    ("listen", "url"),
    [
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("[::1]:9", "http://[::1]:9"),
        ("localhost:0", "http://localhost:0"),
    ],
)
def test_an_address_to_listen_at_is_host_and_port(tmp_path, listen, url):
    assert loaded(tmp_path, f'[serve]\nlisten = "{listen}"\n').serve.url == url


def test_folders_are_relative_to_the_file_and_not_to_where_one_stands(tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    config = loaded(tmp_path, '[store]\nurl = "tinydb:../facts"\n[publish]\nfolder = "out"\n')
    assert (config.store.folder, config.publish.folder) == (tmp_path.parent / "facts", tmp_path / "out")


def test_a_file_that_is_not_there_is_the_callers_business(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "config.toml", environ={})


def test_a_config_error_names_the_file_as_it_was_given(tmp_path):
    (tmp_path / "my.toml").write_text("x = 1\n", "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "my.toml", environ={})
    assert caught.value.file == str(tmp_path / "my.toml")


def test_the_config_is_found_here_first_and_then_in_the_users_folder(tmp_path):
    here, home, xdg = tmp_path / "here", tmp_path / "home", tmp_path / "xdg"
    for folder in (here, home / ".config" / "topicwire", xdg / "topicwire"):
        folder.mkdir(parents=True)
    assert find(folder=here, home=home, environ={}) is None
    (home / ".config" / "topicwire" / "config.toml").touch()
    assert find(folder=here, home=home, environ={}) == home / ".config" / "topicwire" / "config.toml"
    assert find(folder=here, home=home, environ={"XDG_CONFIG_HOME": str(xdg)}) is None
    (xdg / "topicwire" / "config.toml").touch()
    assert find(folder=here, home=home, environ={"XDG_CONFIG_HOME": str(xdg)}) == xdg / "topicwire" / "config.toml"
    (here / "config.toml").touch()
    assert find(folder=here, home=home, environ={"XDG_CONFIG_HOME": str(xdg)}) == here / "config.toml"
