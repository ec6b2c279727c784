"""Whatever a config has been turned into, what is said of it is right: places, codes, one line each, no secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.codes import Code
from aggregator.config.load import parse
from aggregator.observing.printable import escaped
from feeds.errors import ConfigError
from tests.budget import examples

ROOT = Path(__file__).parents[2]
WHOLE = (ROOT / "aggregator" / "demo" / "config.toml").read_bytes()
PIECES = (
    *(
        b'"',
        b"'",
        b'"""',
        b"'''",
        b"[",
        b"]",
        b"[[",
        b"{",
        b"}",
        b"=",
        b",",
        b"#",
        b"\n",
        b"\r",
        b"\x00",
        b"\xff",
        b"\\",
    ),
    *(
        b"nan",
        b"-inf",
        b"1e999",
        b"0x10",
        b"07:32:00",
        b"true",
        b"-1",
        b'""',
        b"9" * 5_000,
        b"[" * 5_000,
        b"a." * 3_000,
    ),
    *(b'"\\u2028"', b'"\\u001b[31m"', b'"a\\nb"', b'"\\u0000"', b'"\\u061c"', b'"env:"', b'"env:NOPE"', b"(", b"^9"),
    *(b"[topic]\n", b"[[topic]]\n", b"[[source]]\n", b"[topic.match]\n", b'"\\n" = 1\n', b"site = 3\n", b"a.b = 1\n"),
    *(b'"http://[::1"', b'"../etc/passwd"', b'"99999999999d"', b"@nobody", b"NEAR/0", b"NOT ", b"lang:", b"source:"),
)


@st.composite
def mutated(draw) -> bytes:
    body = bytearray(WHOLE)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(body)))
        body[place : place + draw(st.sampled_from((0, 0, 1, 5, 60)))] = draw(st.sampled_from((b"", *PIECES)))
    return bytes(body)


@examples(150)
@given(mutated())
def test_a_config_is_right_or_told_what_is_wrong_with_it_and_where(body):
    lines = body.decode("utf-8-sig", "replace").replace("\r\n", "\n").split("\n")
    try:
        problems = parse(body, file=Path("config.toml"), environ={}).sources and ()
    except ConfigError as error:
        problems = error.problems
    assert [one for one in problems if one.code not in set(Code)] == []
    assert [one for one in problems if not 1 <= one.line <= len(lines)] == []
    assert [one for one in problems if not 1 <= one.column <= len(lines[one.line - 1]) + 1] == []
    assert [one.message for one in problems if escaped(one.message) != one.message or not one.message.strip()] == []


def problem(text: str):
    with pytest.raises(ConfigError) as caught:
        parse(text.encode(), file=Path("config.toml"), environ={})
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("\nlimit = " + "9" * 5_000, (2, 9), "this number has too many digits"),
        ("\ntags = " + "[" * 5_000, (2, 8), "this nests too deeply to be read"),
        ("\ntags = " + "[" * 5_000 + "]" * 5_000, (2, 8), "this nests too deeply to be read"),
        ("\nsite = " + "{a = " * 5_000, (2, 8), "this nests too deeply to be read"),
        ("\n" + "a." * 3_000 + "a = 1", (2, 1), "this nests too deeply to be read"),
    ],
    ids=["digits", "open lists", "lists", "tables", "dots"],
)
def test_what_the_parser_breaks_off_at_is_a_mistake_with_a_place(text, place, told):
    found = problem(text)
    assert ((found.line, found.column), found.code) == (place, Code.NO_TOML)
    assert found.message.startswith(f"not valid TOML: {told}")


@pytest.mark.parametrize(
    "text",
    [
        '[fetch]\nproxy = "http://ann:Harbour42@proxy.example:99999"',
        '[fetch]\nproxy = "http://ann:Harb/Harbour42@proxy.example"',
        '[fetch]\nproxy = "ann:Harbour42@proxy.example:80"',
        '[fetch]\nproxy = "http://ann:Harbour42@proxy.example',
        '[publish]\nhub = "https://Harbour42@hub.example/#a"',
        '[store]\nurl = "mysql://ann:Harbour42@host/news"',
        '[[source]]\nurl = "ftp://ann:Harbour42@news.example/rss"',
        '[[source]]\nurl = "https://news.example/rss"\nheaders = { Authorization = "Bearer Harbour42", "a b" = "c" }',
        '[[source]]\nurl = "https://news.example/rss"\nheaders.Authorization = ["Bearer Harbour42"]',
        '[[topic]]\nid = "ferries"\nmatch = ["ferry"]\ntoken = "Harbour42"',
    ],
)
def test_a_password_in_a_config_is_not_repeated_when_it_is_refused(text):
    found = problem(text)
    assert "Harbour42" not in found.message
    assert "Harbour42" not in found.excerpt
    assert len(found.excerpt) == len(text.split("\n")[found.line - 1])


def test_a_message_shows_no_more_of_a_long_value_than_its_ends():
    assert len(problem(f'[serve]\nlisten = "{"a" * 5_000}"').message) < 700
