from __future__ import annotations

import pytest

from feeds.sanitize import clean_html, escape_text, head_links, plain_text, without_controls

BASE = "https://news.example/sea/1"


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("<p>Fine <b>as it is</b></p>", "<p>Fine <b>as it is</b></p>"),
        ("<script>alert(1)</script>after", "after"),
        ("<style>p {}</style><iframe src='//evil.example'>inside</iframe>x", "x"),
        ("<svg><script>x()</script></svg><math><mi>y</mi></math>", ""),
        ("<noscript><img src='pixel.gif'></noscript>x", "x"),
        ("<p onclick='x()' style='color:red' class='c' id='i'>p</p>", "<p>p</p>"),
        ("<form action='/'><input name='q'>ask</form>me", "me"),
        ("<!-- note -->x", "x"),
        ("<unknown>kept</unknown>", "kept"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("bell\x07 and &#1;reference", "bell and reference"),
    ],
)
def test_only_listed_mark_up_survives(dirty: str, clean: str):
    assert clean_html(dirty, base=BASE) == clean


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("two", "https://news.example/sea/two"),
        ("/two", "https://news.example/two"),
        ("//other.example/two", "https://other.example/two"),
        ("#note", "https://news.example/sea/1#note"),
        ("http://other.example/?a=1&amp;b=2", "http://other.example/?a=1&amp;b=2"),
    ],
)
def test_links_become_absolute(written: str, kept: str):
    assert clean_html(f'<a href="{written}">x</a>', base=BASE) == f'<a href="{kept}" rel="noopener noreferrer">x</a>'
    assert clean_html(f'<img src="{written}" alt="x">', base=BASE) == f'<img src="{kept}" alt="x">'


@pytest.mark.parametrize(
    "target",
    [
        "javascript:x()",
        "JaVaScRiPt:x()",
        "java&#9;script:x()",
        "java&#1;script:x()",
        "data:text/html,x",
        "file:///etc/passwd",
    ],
)
def test_links_to_anything_but_the_web_lose_their_target(target: str):
    cleaned = clean_html(f'<a href="{target}">x</a>', base="")
    assert cleaned == '<a rel="noopener noreferrer">x</a>'


@pytest.mark.parametrize("base", ["", "ftp://news.example/", "https://", "https://[", "https://a b/", "nonsense"])
def test_without_a_base_on_the_web_relative_links_lose_their_target(base: str):
    assert clean_html('<a href="two">x</a>', base=base) == '<a rel="noopener noreferrer">x</a>'


def test_mark_up_built_to_exhaust_a_parser_is_kept_as_text():
    nested = "<div>" * 50_000 + "deep"

    assert clean_html(nested, base=BASE) == "deep"
    assert plain_text(nested) == "deep"


def test_mark_up_that_never_settles_is_kept_as_text():
    assert clean_html("<pre>" + "\n" * 40 + "x</pre>", base=BASE) == "x"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One&nbsp;&amp; two</p><p>three</p>", "One & two\nthree"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("x<br/>y", "x\ny"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
        ("in<b>line</b> mark-up", "inline mark-up"),
        ("<script>x()</script>text<!-- note -->", "text"),
        ("AT&amp;T, a < b, &amp;lt;", "AT&T, a < b, &lt;"),
        ("  much \n\n white\tspace  ", "much\nwhite space"),
        ('<p title="a>b">quoted</p>', "quoted"),
        ("", ""),
    ],
)
def test_plain_text_is_what_a_reader_sees(markup: str, text: str):
    assert plain_text(markup) == text


def test_plain_text_that_was_escaped_comes_back():
    assert plain_text(escape_text("5 < 6 & <b> stays")) == "5 < 6 & <b> stays"


def test_control_characters_go_and_line_ends_become_one_kind():
    assert without_controls("a\x00b\x85c\r\nd\u2028e\tf\ud800\ufeff\u202eg\uffff") == "ab\nc\nd\ne\tfg"


def test_the_links_of_a_page_are_found_in_their_order():
    page = (
        "<title>x <link rel='fake'></title><base href=/root/>"
        "<link rel=alternate href='/f?a=1&amp;b=2' type=x title='a>b'>"
        "<script>'<link rel=fake>'</script><!-- <link rel=fake> --><link href='javascript:x()' rel=y>"
    )
    assert [(name, dict(attributes)) for name, attributes in head_links(page)] == [
        ("base", {"href": "/root/"}),
        ("link", {"rel": "alternate", "href": "/f?a=1&b=2", "type": "x"}),
        ("link", {"rel": "y"}),
    ]


@pytest.mark.parametrize("name", ["iframe", "script", "object", "video", "SVG", "textarea"])
def test_an_element_closed_in_itself_does_not_swallow_the_rest(name: str):
    html = f"<p>before</p><{name} src='https://film.example/' /><p>behind</p>"
    assert clean_html(html, base="https://news.example/") == "<p>before</p><p>behind</p>"
    assert plain_text(html) == "before\nbehind"


@pytest.mark.parametrize(
    "written",
    [
        "https://user:pw@site.example/u?a=b@c",
        "https://user@site.example/u?a=b@c",
        "https://us@er:p@w@site.example/u?a=b@c",
        "//user:pw&#64;site.example/u?a=b@c",
    ],
)
def test_names_and_passwords_in_addresses_are_not_published(written: str):
    cleaned = clean_html(f'<a href="{written}">me@here.example</a><img src="{written}">', base="https://a:b@c.example/")

    link = "https://site.example/u?a=b@c"
    assert cleaned == f'<a href="{link}" rel="noopener noreferrer">me@here.example</a><img src="{link}">'


def test_the_name_and_password_of_the_base_are_not_published():
    assert '"https://c.example/x"' in clean_html('<a href="x">x</a>', base="https://user:pw@c.example/feed")
