"""Rules of the config that hold for any text."""

from __future__ import annotations

import json
import tomllib
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from aggregator.codes import Code
from aggregator.config import load
from aggregator.config.discreet import excerpt
from aggregator.config.document import read
from aggregator.config.flaws import Flaw
from aggregator.config.ids import check_id, id_from_url
from aggregator.config.quantities import read_duration, read_size, write_duration
from aggregator.config.schema import LISTS, SECTIONS, keys_of
from aggregator.config.strings import index_in_raw
from aggregator.config.syntax import SyntaxFlaw
from feeds.errors import ConfigError

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8)
tables = st.dictionaries(
    words,
    st.recursive(st.integers(-9, 9) | st.booleans() | words, lambda inner: st.lists(inner, max_size=3), max_leaves=6),
    max_size=4,
)


def quoted(text: str) -> str:
    """A basic string; JSON's escapes are TOML's, surrogate pairs apart."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def written(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return quoted(value)
        case list():
            return "[ " + ", ".join(map(written, value)) + " ]"
        case dict():
            return "{ " + ", ".join(f"{quoted(k)} = {written(v)}" for k, v in value.items()) + " }"
    raise AssertionError(value)


def leaves(value: object, path: tuple = ()):
    yield path, value
    match value:
        case dict():
            for key, inner in value.items():
                yield from leaves(inner, (*path, key))
        case list():
            for position, inner in enumerate(value):
                yield from leaves(inner, (*path, position))


@given(st.lists(tables, min_size=1, max_size=3), tables)
def test_every_value_is_found_where_it_was_written(elements, inline):
    lines = [f"inline = {written(inline)}"]
    for element in elements:
        lines += ["[[list]]", *(f"{quoted(key)} = {written(value)}" for key, value in element.items())]
    document = read("\n".join(lines).encode())
    for path, value in leaves(document.values):
        if path in document.literals:
            start, end = document.literals[path]
            assert tomllib.loads(f"x = {document.text[start:end]}") == {"x": value}
        else:
            assert path == () or path in document.keys


@given(st.text())
@example("[a")
@example("a = [1,\n\n")
@example("\ufeff")
def test_any_text_is_a_document_or_a_problem_inside_it(text):
    body = text.encode("utf-8", "surrogatepass")
    try:
        document = read(body)
    except SyntaxFlaw as flaw:
        problems = flaw.problems
    else:
        problems = (document.place(Flaw(code=Code.TYPE, path=("no", "such", 3), message="m")),)
        assert [(one.line, one.column, one.message) for one in problems] == [(1, 1, "m")]
    lines = [one.line for one in problems]
    assert (lines, lines[0] >= 1) == (sorted(set(lines)), True)
    assert all(1 <= one.column <= len(one.excerpt) + 1 for one in problems)


@given(words, st.integers(0, 7))
def test_a_character_of_a_string_is_found_behind_its_escapes(text, offset):
    raw = (
        '"'
        + "".join(f"\\u{ord(c):04X}" if i % 2 and ord(c) < 0xFFFF else quoted(c)[1:-1] for i, c in enumerate(text))
        + '"'
    )
    index = index_in_raw(raw, offset)
    if offset >= len(text):
        assert raw[index:] == '"'
    else:
        assert tomllib.loads(f'x = {raw[:index]}"') == {"x": text[:offset]}


@pytest.mark.parametrize(
    ("raw", "offset", "rest"),
    [
        ("'a b'", 2, "b'"),
        ("'''\na b'''", 2, "b'''"),
        ('"""\na \\\n   \n  b"""', 2, 'b"""'),
        ('"""a\n\\tb"""', 3, 'b"""'),
        ('"a\\"b"', 1, '\\"b"'),
        ('"a"', 9, '"'),
        ("12", 1, "12"),
    ],
)
def test_a_character_of_a_string_is_found_in_every_kind_of_string(raw, offset, rest):
    assert raw[index_in_raw(raw, offset) :] == rest


@given(st.integers(1, 36_500 * 24 * 3600))
def test_a_duration_reads_back_as_it_was_written(seconds):
    assert read_duration(write_duration(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@given(st.text(max_size=12))
@example("1s\n")
@example("٣s")
def test_a_text_is_a_duration_and_a_size_or_a_sentence(text):
    for read_quantity in (read_duration, read_size):
        try:
            quantity = read_quantity(text)
        except ValueError as error:
            sentence = str(error)
        else:
            assert quantity > type(quantity)(0)
            continue
        assert sentence.startswith(f'"{text}" ')


@given(st.text(st.characters(exclude_characters="[]\\/?#@:", exclude_categories=("Cs", "Cc")), max_size=40), words)
def test_an_id_made_from_a_url_is_an_id(path, query):
    url = f"https://www.a.example/{path}?{query}"
    assert check_id(id_from_url(url)) == id_from_url(url)


@pytest.mark.parametrize(
    ("url", "made"),
    [
        ("https://www.pravda.com.ua/eng/rss/", "pravda-com-ua-eng"),
        ("https://www.pravda.com.ua/rss/", "pravda-com-ua"),
        ("https://a.example/feed.xml", "a-example"),
        ("https://a.example/news/index.rss", "a-example-news"),
        ("http://127.0.0.1:8001/feeds/alpha.atom", "127-0-0-1-8001-feeds-alpha-atom"),
        ("https://a.example/?tag=war", "a-example-tag-war"),
        ("https://A.Example/War/", "a-example-war"),
    ],
)
def test_an_id_is_made_from_host_and_path(url, made):
    assert id_from_url(url) == made


TRICKY = [
    "*",
    "a",
    "en",
    "any",
    "5m",
    "999999999d",
    "10MB",
    "http://a.example/",
    "http://[",
    "127.0.0.1:0",
    "env:X",
    "tinydb:~nobody-at-all/x",
    "../..",
    "copies",
    "(",
    "UTC",
    "..",
    "/etc/passwd",
    "mailto:a@b",
    "tinydb:",
    "Europe",
    "http://a.example:0/",
    "uk",
    "source-",
    "-1",
    "title:x",
    "a*",
    "NEAR/3",
]
plain = (
    st.sampled_from([*TRICKY, "", "tinydb:a\0b", "\0", "a NEAR/3 b"])
    | words
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
)
simple = plain | st.lists(plain, max_size=3)


def table(*path: str):
    """A table of the config with keys that it may have, and any values."""
    values = simple | st.dictionaries(st.sampled_from(["en", "any", "X-Key", "yes", "sources"]), simple, max_size=2)
    return st.dictionaries(st.sampled_from(sorted(keys_of(path))), values, max_size=6)


configs = st.fixed_dictionaries(
    {},
    optional={
        **{name: simple | table(name) for name in SECTIONS},
        **{name: simple | st.lists(table(name) | plain, max_size=3) for name in LISTS},
    },
)


def toml(value: object) -> str:
    match value:
        case float():
            return repr(value)
        case list():
            return "[ " + ", ".join(map(toml, value)) + " ]"
        case dict():
            return "{ " + ", ".join(f"{quoted(key)} = {toml(inner)}" for key, inner in value.items()) + " }"
        case _:
            return written(value)


@given(configs)
@example({"topic": [{"token": "a"}]})
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_a_config_says_it_is_a_config_or_problems_with_places(tmp_path, values):
    file = tmp_path / "config.toml"
    lines = [f"{name} = {toml(value)}" for name, value in values.items()]
    file.write_text("\n".join(lines), "utf-8")
    try:
        load(file, environ={})
    except ConfigError as error:
        problems = error.problems
    else:
        return
    assert problems
    assert all(problem.message for problem in problems)
    assert [problem.excerpt for problem in problems] == [excerpt(lines[problem.line - 1]) for problem in problems]
    assert {problem.code for problem in problems} <= set(Code)
