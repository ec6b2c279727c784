"""HTTP for feed readers and people: answers from the shelf, and from nothing else.

No request starts any work, and nothing that a request says (Host, X-Forwarded-*, query) gets into a document: it
only chooses among documents that are there. Redirects are relative, so that they hold behind any proxy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from aggregator.negotiate import preferred
from aggregator.pages import CSP
from aggregator.shelf import NOT_FOUND, Shelf
from feeds.conditional import answer
from feeds.model import Document
from feeds.render import HTML

_HEADERS = {"X-Content-Type-Options": "nosniff"}
_PAGE_HEADERS = {**_HEADERS, "Content-Security-Policy": CSP, "Referrer-Policy": "no-referrer"}

_SUFFIXES = {
    "application/rss+xml": ".rss",
    "application/atom+xml": ".atom",
    "application/feed+json": ".json",
    "application/json": ".json",
    "text/html": "",
}
"""What `/feeds/{id}` may turn into, by media type, the answer to `*/*` first; empty: the topic's page."""


def application(shelf: Shelf, *, max_age: Callable[[], timedelta]) -> ASGIApp:
    """The ASGI app; `max_age` tells how long readers may keep a document before they look again."""
    return Starlette(
        routes=[
            Route("/healthz", _health),
            Route("/{path:path}", _FromShelf(shelf, max_age)),
        ]
    )


async def _health(_: Request) -> Response:
    """`/healthz`: the process answers."""
    return Response("ok\n", media_type="text/plain", headers={"Cache-Control": "no-store", **_HEADERS})


class _FromShelf:
    """Every other path: a document, a redirect to one, or the page that says no."""

    def __init__(self, shelf: Shelf, max_age: Callable[[], timedelta]) -> None:
        self._shelf = shelf
        self._max_age = max_age

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._response(Request(scope))(scope, receive, send)

    def _response(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return _refusal()
        path = request.scope["path"]
        documents = self._shelf.documents
        if path in documents and path != NOT_FOUND:
            return self._answer(documents[path], request)
        if f"{path}.rss" in documents:
            return self._negotiated(path, documents, request)
        tidy = path.rstrip("/").lower() or "/"
        if tidy != path and (tidy in documents or f"{tidy}.rss" in documents):
            return _redirect(request, tidy, status=308, query=True)
        return self._not_found(documents.get(NOT_FOUND), request)

    def _negotiated(self, path: str, documents: Mapping[str, Document], request: Request) -> Response:
        """`/feeds/{id}` without suffix: a browser is sent to the page, a reader gets the format that it likes best."""
        suffix = _SUFFIXES[preferred(request.headers.get("accept", ""), tuple(_SUFFIXES))]
        if suffix:
            response = self._answer(documents[path + suffix], request)
        else:
            response = _redirect(request, path.replace("/feeds/", "/topics/", 1), status=302, query=False)
        response.headers.add_vary_header("Accept")
        return response

    def _answer(self, document: Document, request: Request) -> Response:
        told = answer(document, method=request.method, headers=_joined(request), max_age=self._max_age())
        extra = _PAGE_HEADERS if document.media_type == HTML else _HEADERS
        return _response(told.status, {**dict(told.headers), **extra}, told.body)

    def _not_found(self, page: Document | None, request: Request) -> Response:
        body = page.body if page else b"Not found\n"
        headers = {
            "Content-Type": page.media_type if page else "text/plain; charset=utf-8",
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            **_PAGE_HEADERS,
        }
        return _response(404, headers, b"" if request.method == "HEAD" else body)


def _response(status: int, headers: Mapping[str, str], body: bytes) -> Response:
    """A response with exactly these headers: a 304 or an answer to HEAD must not get a length of its own."""
    response = Response(status_code=status)
    response.body = body
    response.raw_headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
    ]
    return response


def _joined(request: Request) -> Mapping[str, str]:
    """Request headers by lower-case name; a field that came in several lines is one list (RFC 9110 §5.3)."""
    joined: dict[str, str] = {}
    for name, value in request.headers.items():
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _redirect(request: Request, path: str, *, status: int, query: bool) -> Response:
    """A redirect relative to the address that was asked for, which only the client knows for certain."""
    up = "../" * (request.scope["raw_path"].count(b"/") - 1) or "./"
    asked = request.scope["query_string"].decode("latin-1")
    location = up + quote(path.lstrip("/")) + (f"?{asked}" if query and asked else "")
    return Response(status_code=status, headers={"Location": location, **_HEADERS})


def _refusal() -> Response:
    return Response("Only GET and HEAD\n", status_code=405, headers={"Allow": "GET, HEAD", **_HEADERS})
