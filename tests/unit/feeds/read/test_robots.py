"""robots.txt: RFC 9309, by its own examples and by what the web makes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.read.robots import of_concern, rules

SITE = "https://news.example"


def lets_in(robots: str, path: str) -> bool:
    return rules(robots.encode())(SITE + path)


@pytest.mark.parametrize(
    "robots", ["", "not a robots.txt at all", "<html>404</html>", "User-agent: *\nDisallow:\n", "Disallow: /\n"]
)
def test_what_forbids_nothing_allows_everything(robots):
    assert lets_in(robots, "/any/page")


def test_a_rule_for_everybody_is_one_for_us():
    assert not lets_in("User-agent: *\nDisallow: /private/\n", "/private/page")
    assert lets_in("User-agent: *\nDisallow: /private/\n", "/news/page")


def test_a_group_of_our_own_replaces_the_one_for_everybody():
    robots = "User-agent: *\nDisallow: /\n\nUser-agent: TopicWire\nDisallow: /paid/\n"
    assert lets_in(robots, "/news/page")
    assert not lets_in(robots, "/paid/page")


def test_groups_of_one_agent_count_together():
    """RFC 9309 §2.2.1."""
    robots = (
        "User-agent: topicwire\nDisallow: /a\n\nUser-agent: other\nDisallow: /\n\nUser-agent: topicwire\nDisallow: /b\n"
    )
    assert (lets_in(robots, "/a"), lets_in(robots, "/b"), lets_in(robots, "/c")) == (False, False, True)


def test_rules_for_others_are_not_ours():
    assert lets_in("User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n", "/news/page")


def test_the_longest_match_wins_and_allow_wins_a_draw():
    """RFC 9309 §2.2.2."""
    robots = "User-agent: *\nDisallow: /news\nAllow: /news/open\nDisallow: /same\nAllow: /same\n"
    assert lets_in(robots, "/news/open/1")
    assert not lets_in(robots, "/news/closed")
    assert lets_in(robots, "/same")


def test_asterisk_and_dollar_mean_what_they_mean():
    """RFC 9309 §2.2.3."""
    robots = "User-agent: *\nDisallow: /*/print/\nDisallow: /*.pdf$\n"
    assert not lets_in(robots, "/news/print/1")
    assert not lets_in(robots, "/files/1.pdf")
    assert lets_in(robots, "/files/1.pdf.html")


def test_an_empty_line_does_not_end_a_group():
    assert not lets_in("User-agent: *\n\nDisallow: /news\n", "/news/1")


def test_octets_are_compared_as_they_are_escaped():
    assert not lets_in("User-agent: *\nDisallow: /новини/\n", "/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8/1")


@pytest.mark.parametrize("pattern", ["bot{}", "a*{}", "*{}", "topicwire{}x*", "topicwire-{}"])
def test_any_number_of_other_agents_is_one_to_the_parser(pattern):
    """Each would cost a copy of the rules, and a comparison with each of the others."""
    names = [pattern.format("b" * number) for number in range(1, 40)]
    robots = "".join(f"User-agent: {name}\n" for name in names) + "Disallow: /a\nUser-agent: *\nDisallow: /b\n"
    assert of_concern(robots, agent="topicwire").split("\n") == [
        "User-agent: somebody-else",
        "Disallow: /a",
        "User-agent: *",
        "Disallow: /b",
    ]
    assert (lets_in(robots, "/a"), lets_in(robots, "/b")) == (True, False)


@pytest.mark.parametrize(
    "line", ["User-agent a*", "useragent:a*", "user  agent a*", " USER AGENT : a*", "User-agent:", "user-agent"]
)
@pytest.mark.parametrize("end", ["\n", "\r", "\x0b", "\x85", "\u2028"])
def test_other_agents_are_found_however_they_are_written(line, end):
    assert of_concern(f"{line} # who{end}" * 3 + "Disallow: /", agent="topicwire").split("\n") == [
        "User-agent: somebody-else",
        "Disallow: /",
    ]


@pytest.mark.parametrize("name", ["TopicWire/1.0", "topicwire*", "TOPICWIRE (news)", "topicwire # us"])
def test_our_name_ends_where_a_product_token_does(name):
    """RFC 9309 §2.2.1."""
    assert not lets_in(f"User-agent: {name}\nDisallow: /\n", "/news/page")


@pytest.mark.parametrize("name", ["topicwires", "topicwire-images", "x/topicwire", "**", "*/1.0", "topic"])
def test_a_name_like_ours_is_not_ours(name):
    assert lets_in(f"User-agent: {name}\nDisallow: /\n", "/news/page")


@given(robots=st.binary(max_size=300), path=st.text(max_size=40))
def test_arbitrary_bytes_are_answered(robots, path):
    assert rules(robots)(f"{SITE}/{path}") in {True, False}
