"""What browsers may do with what they get from us: the headers of feeds and of pages. Imports next to nothing."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import Final

STYLE: Final = files("aggregator.publishing").joinpath("pages/style.css").read_text("utf-8").strip()
"""Every page carries it."""

CSP: Final = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""The Content-Security-Policy of every page: one known style, no script, no frame, nothing loaded."""

FEED_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
"""Feeds need no policy in readers; where a browser shows one as a page of its own, nothing in it may run or load."""
PAGE_HEADERS: Final = {**FEED_HEADERS, "Content-Security-Policy": CSP}
