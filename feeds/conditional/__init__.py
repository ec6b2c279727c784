"""Conditional requests, both ways: what we ask of sources, and what readers ask of us.

Protocol only, RFC 9110 and RFC 9111: values in, values out.
"""

from feeds.conditional.answering import Answer, answer
from feeds.conditional.asking import ACCEPT, Request, Response, interpret, request_for, retry_after
from feeds.conditional.freshness import Pace, fresh_for

__all__ = [
    "ACCEPT",
    "Answer",
    "Pace",
    "Request",
    "Response",
    "answer",
    "fresh_for",
    "interpret",
    "request_for",
    "retry_after",
]
