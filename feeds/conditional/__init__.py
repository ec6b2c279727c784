"""Conditional requests, both ways: what we ask of sources, and what readers ask of us.

Protocol only, RFC 9110 and RFC 9111: values in, values out.
"""

from feeds.conditional.answering import Answer, answer
from feeds.conditional.asking import ACCEPT, Request, Response, interpret, request_for, retry_after

__all__ = ["ACCEPT", "Answer", "Request", "Response", "answer", "interpret", "request_for", "retry_after"]
