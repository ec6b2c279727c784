from __future__ import annotations

from feeds.read.discovery import feeds_in

URL = "https://port.example/news/"


def link(href: str, media_type: str = "application/rss+xml", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{media_type}" href="{href}">'


def test_the_feeds_of_a_page_are_absolute_and_each_once():
    page = (
        link("rss")
        + link("/atom", "Application/Atom+XML; charset=utf-8", "ALTERNATE home")
        + link("rss")
        + link("feed.json", "application/feed+json")
    )
    assert feeds_in(page, url=URL) == (
        "https://port.example/news/rss",
        "https://port.example/atom",
        "https://port.example/news/feed.json",
    )


def test_links_that_are_no_feeds_of_the_web_are_left_out():
    page = (
        link("style.css", "text/css", "stylesheet")
        + link("/en/", "text/html")
        + link("javascript:x()")
        + link("", "application/rss+xml")
        + link(URL)
        + f"<!-- {link('hidden')} --><script>'{link('quoted')}'</script>"
    )
    assert feeds_in(page, url=URL) == ()


def test_a_page_may_name_another_base():
    assert feeds_in('<base href="https://other.example/x/">' + link("rss"), url=URL) == ("https://other.example/x/rss",)


def test_no_more_are_offered_than_a_person_would_try():
    assert len(feeds_in("".join(link(f"rss{n}") for n in range(50)), url=URL)) == 10
