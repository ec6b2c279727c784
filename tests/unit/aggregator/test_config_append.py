"""Adding sources to a config file: nothing else in it moves, and it is never left broken."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import load
from aggregator.config.append import NewSource, append_sources, free_id, with_sources
from feeds.errors import ConfigError

ROOT = Path(__file__).parents[3]
NEW = NewSource(url="https://new.example/rss")
TABLE = '\n[[source]]\nurl = "https://new.example/rss"\n'


def appended(text: str, *sources: NewSource) -> str:
    return with_sources(text.encode(), sources or (NEW,), file=Path("config.toml")).decode()


def test_a_new_source_stands_behind_the_last_one_before_comments_of_what_follows():
    before = '[[source]]\nurl = "https://a.example/"  # mine\ntags = [\n  "a",\n]\n'
    after = "\n# --- topics ---\n[[topic]]\nid = 'x'\nmatch = 'x'\n"
    assert appended(before + after) == before + TABLE + after


def test_tables_inside_a_source_belong_to_it():
    text = '[[source]]\nurl = "https://a.example/"\n  [source.headers]\n  X-Key = "1"\n[keep]\n'
    assert appended(text) == text.replace("[keep]", TABLE + "[keep]")


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[[topic]]\nid = 'x'\nmatch = 'x'\n"])
def test_the_first_source_stands_at_the_end(text):
    assert appended(text) == text + TABLE


def test_a_last_line_without_an_end_gets_one():
    text = '[[source]]\nurl = "https://a.example/"'
    assert appended(text) == text + "\n" + TABLE


def test_windows_line_ends_and_byte_order_marks_stay():
    text = '\ufeff[[source]]\r\nurl = "https://a.example/"\r\n\r\n[keep]\r\n'
    source, rest = text[: -len("\r\n[keep]\r\n")], "\r\n[keep]\r\n"
    assert appended(text) == source + TABLE.replace("\n", "\r\n") + rest


def test_all_that_is_known_of_a_source_is_written_and_nothing_else():
    new = NewSource(
        url='https://new.example/?q="a"', id="new", name="Ім'я \\ x", language="uk", tags=("a", "b"), full_text=True
    )
    assert tomllib.loads(appended("", new, NEW))["source"] == [
        {
            "url": 'https://new.example/?q="a"',
            "id": "new",
            "name": "Ім'я \\ x",
            "language": "uk",
            "tags": ["a", "b"],
            "full_text": True,
        },
        {"url": "https://new.example/rss"},
    ]


def test_sources_in_one_value_take_no_more_and_the_error_says_so():
    with pytest.raises(ConfigError, match=r"config.toml:2:1: the sources are one value here"):
        appended("# mine\nsource = [{ url = 'https://a.example/' }]\n")


def test_the_shipped_config_takes_a_source_and_changes_in_nothing_else(tmp_path):
    file = tmp_path / "config.toml"
    text = (ROOT / "config.toml").read_text("utf-8")
    file.write_text(text, "utf-8")
    known = load(file, environ={})

    config = append_sources(file, [NEW], environ={})

    assert [source.url for source in config.sources] == [*(one.url for one in known.sources), NEW.url]
    assert config.topics == known.topics
    assert file.read_text("utf-8").replace(TABLE, "", 1) == text
    assert load(file, environ={}) == config
    assert [one.name for one in tmp_path.iterdir()] == ["config.toml"]


def test_what_would_break_the_config_is_refused_and_the_file_stays(tmp_path):
    file = tmp_path / "config.toml"
    text = '[[source]]\nurl = "https://new.example/rss"\n'
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match="a source is listed once") as refused:
        append_sources(file, [NEW], environ={})
    assert refused.value.file == str(file)
    assert file.read_text("utf-8") == text


def test_permissions_stay_and_a_link_stays_a_link(tmp_path):
    real, link = tmp_path / "real.toml", tmp_path / "config.toml"
    real.write_text("", "utf-8")
    real.chmod(0o640)
    link.symlink_to(real)
    append_sources(link, [NEW], environ={})
    assert link.is_symlink()
    assert real.read_text("utf-8") == TABLE
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_disk_that_refuses_leaves_the_file_as_it_was(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("# mine\n", "utf-8")
    (tmp_path / ".config.toml.new").mkdir()
    with pytest.raises(OSError, match="directory"):
        append_sources(file, [NEW], environ={})
    assert file.read_text("utf-8") == "# mine\n"


def test_an_id_is_written_only_where_the_one_of_the_url_is_taken():
    assert free_id(NEW.url, {"other"}) == ""
    assert free_id(NEW.url, {"new-example"}) == "new-example-2"
    assert free_id(NEW.url, {"new-example", "new-example-2"}) == "new-example-3"


lines = st.sampled_from(
    [
        "",
        "# a comment",
        "[[source]]\nurl = 'https://a.example/'",
        "[[source]]\nurl = 'x' # [[source]]\n[source.headers]",
        "[[topic]]\nid = 'x'",
        "[topic.match]\nen = ['a',\n# in\n'b']",
        'name = """\n[[source]]\n"""',
    ]
)


@given(st.lists(lines, max_size=6).map("\n".join), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_is_there_stays_byte_for_byte_and_is_followed_by_the_new(text, line_end, ended):
    body = (text + "\n" * ended).replace("\n", line_end)
    try:
        known = tomllib.loads(body)
    except tomllib.TOMLDecodeError:
        return
    after = appended(body)
    table = TABLE.replace("\n", "\r\n" if "\r\n" in body else "\n")
    start = after.index(table)
    assert after[:start] + after[start + len(table) :] in {body, body + "\n", body + "\r\n"}
    assert tomllib.loads(after) == {**known, "source": [*known.get("source", []), {"url": NEW.url}]}
