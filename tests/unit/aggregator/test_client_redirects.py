"""Where an exchange may be led, and what is told on the way."""

from __future__ import annotations

import ssl
from datetime import timedelta

import httpx
import pytest

from aggregator.fetching.client import Client
from aggregator.fetching.client.redirects import first_hop
from aggregator.fetching.turns import Turns
from feeds.conditional import Request, Response
from feeds.errors import TransportError
from feeds.model import FailureKind
from tests.fakes.web import Web, raw, redirect, reply

pytestmark = pytest.mark.anyio
TLS = ssl.create_default_context()
BODY = b"<rss/>"
SECRET = ("X-Api-Key", "tide-table")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def fetch(url: str, *headers: tuple[str, str], allow_private: bool = True) -> Response:
    one = Client(user_agent="", timeout=timedelta(seconds=20), max_size=1000, turns=Turns(gap=timedelta()), tls=TLS)
    return await one.fetch(Request(url=url, headers=headers), allow_private=allow_private)


async def refusal(url: str) -> str:
    with pytest.raises(TransportError) as caught:
        await fetch(url)
    assert caught.value.kind is FailureKind.REDIRECT
    return str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location", ["/b/feed?x=1", "../b/feed?x=1", "//{host}/b/feed?x=1", "http://{host}/b/feed?x=1#top"]
)
async def test_a_redirect_is_followed_however_it_is_written(status, location):
    async with Web({"/b/feed": reply(BODY)}) as web:
        web.paths["/a/feed"] = redirect(location.format(host=f"127.0.0.1:{web.port}"), status=status)
        response = await fetch(web.url("/a/feed"))

    assert (response.url, response.body) == (web.url("/b/feed?x=1"), BODY)
    assert [asked.target for asked in web.asked] == ["/a/feed", "/b/feed?x=1"]


@pytest.mark.parametrize("written", ["/новини", "/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8"])
async def test_a_redirect_in_utf_8_is_read(written):
    location = written.encode("utf-8").decode("latin-1")
    async with Web({"/a": redirect(location), "/%D0%BD%D0%BE%D0%B2%D0%B8%D0%BD%D0%B8": reply(BODY)}) as web:
        assert (await fetch(web.url("/a"))).body == BODY


async def test_five_redirects_are_followed_and_a_sixth_is_not():
    paths = {f"/{n}": redirect(f"/{n + 1}") for n in range(6)}
    async with Web({**paths, "/6": reply(BODY)}) as web:
        assert (await fetch(web.url("/1"))).body == BODY
        assert await refusal(web.url("/0")) == f"more than 5 redirects, the last one to {web.url('/6')}"


async def test_a_circle_is_named():
    async with Web({"/a": redirect("/b"), "/b": redirect("/c?token=1"), "/c": redirect("/b")}) as web:
        a, b, c = (web.url(path) for path in ("/a", "/b", "/c?…"))
        assert await refusal(a) == f"redirects go in a circle: {b} → {c} → {b}"


@pytest.mark.parametrize("to", ["ftp://127.0.0.1/a", "file:///etc/passwd", "javascript:alert(1)", "data:,x"])
async def test_a_redirect_leads_to_http_and_https_only(to):
    async with Web({"/a": redirect(to)}) as web:
        assert "which is no http or https address" in await refusal(web.url("/a"))


async def test_a_redirect_must_say_where_to():
    async with Web({"/a": raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")}) as web:
        assert await refusal(web.url("/a")) == f"{web.url('/a')} redirects without saying where to"


@pytest.mark.parametrize(
    "to", ["http://[::1/", "http://127.0.0.1:99999/", "http://a\x01b/", f"http://{'a' * 300}\xff/"]
)
async def test_a_redirect_that_is_no_address_is_a_transport_error(to):
    async with Web({"/a": redirect(to)}) as web:
        with pytest.raises(TransportError):
            await fetch(web.url("/a"))


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ((), ""),
        ((301,), "/1"),
        ((308,), "/1"),
        ((302,), ""),
        ((303,), ""),
        ((307,), ""),
        ((301, 308), "/2"),
        ((301, 302), "/1"),
        ((302, 301), ""),
        ((301, 302, 301), "/1"),
    ],
)
async def test_how_far_permanent_redirects_alone_have_led_is_told(statuses, moved_to):
    hops = {f"/{n}": redirect(f"/{n + 1}", status=status) for n, status in enumerate(statuses)}
    async with Web({**hops, f"/{len(statuses)}": reply(BODY)}) as web:
        response = await fetch(web.url("/0"))
        assert response.moved_to == (web.url(moved_to) if moved_to else "")
        assert response.url == web.url(f"/{len(statuses)}")


async def test_a_fragment_and_a_password_are_no_part_of_where_it_moved():
    async with Web({"/feed": reply(BODY)}) as web:
        web.paths["/"] = redirect(f"http://tide:pass@127.0.0.1:{web.port}/feed#top", status=301)
        assert (await fetch(web.url("/"))).moved_to == web.url("/feed")


def test_nothing_is_followed_from_https_to_http():
    hop = first_hop(Request(url="https://tides.example/a", headers=()), allow_private=False)

    with pytest.raises(TransportError, match="redirects from https to http") as caught:
        hop.onward(httpx.Headers({"location": "http://tides.example/a"}), status=301)

    assert caught.value.kind is FailureKind.REDIRECT


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("https://tides.example/b", True),
        ("https://TIDES.example:443/b", True),
        ("https://tides.example:8443/b", False),
        ("https://other.example/b", False),
        ("https://tides.example.other.example/b", False),
        ("https://tide:pass@other.example/b", False),
    ],
)
def test_what_the_owner_adds_goes_to_the_same_scheme_host_and_port_only(to, told):
    plain = [("User-Agent", "topicwire"), ("If-None-Match", '"a"'), ("Accept", "text/xml")]
    request = Request(url="https://tide:pass@tides.example/a", headers=(*plain, SECRET))
    hop = first_hop(request, allow_private=False).onward(httpx.Headers({"location": to}), status=301)

    own = [SECRET, ("Authorization", "Basic dGlkZTpwYXNz")] if told else []
    ours = [("Accept-Encoding", "gzip, deflate"), ("Connection", "close")]
    assert hop.headers() == [(name.encode(), value.encode()) for name, value in [*plain, *own, *ours]]
    assert "pass" not in str(hop.url)


async def test_a_secret_stays_at_home_on_the_wire():
    async with Web({}) as home, Web({"/feed": reply(BODY)}, host="127.0.0.2", port=home.port) as other:
        home.paths["/feed"] = redirect(other.url("/feed"))
        await fetch(home.url("/feed"), SECRET, ("User-Agent", "topicwire"))

    assert home.asked[0].header("x-api-key") == "tide-table"
    assert (other.asked[0].header("x-api-key"), other.asked[0].header("user-agent")) == (None, "topicwire")


@pytest.mark.parametrize(
    "to",
    ["http://10.0.0.1/", "http://169.254.169.254/latest/", "http://[fe80::1]/", "http://[::ffff:10.0.0.1]/"],
)
async def test_every_hop_meets_the_guard(to):
    """The source itself may live on loopback; link-local and what `allow_private` leaves shut stays shut."""
    async with Web({"/a": redirect(to.replace("10.0.0.1", "224.0.0.1"))}) as web:
        with pytest.raises(TransportError, match="leads to a forbidden address") as caught:
            await fetch(web.url("/a"))

    assert caught.value.kind is FailureKind.FORBIDDEN
