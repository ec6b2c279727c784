"""The values behind pages as JSON, for programs: what a page shows, and nothing else."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date

from aggregator.publishing.pages.views import View


def as_json(view: View) -> bytes:
    """Fields by name in their order, times as RFC 3339."""
    return json.dumps(_plain(view), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    return value
