"""A config that follows a replay."""

from __future__ import annotations

import json
from collections.abc import Sequence

from benchmarks.replay.server import ServedSource

TOPIC = """
[[topic]]
id = "security-guarantees"
title = "Security guarantees"
  [topic.match]
  en = ['"security guarantee"', 'security NEAR/3 assurance']
  pl = ['"gwarancje bezpieczeństwa"', '"gwarancji bezpieczeństwa"']
"""


def config_text(sources: Sequence[ServedSource]) -> str:
    """A config.toml that follows `sources`, as its text."""
    blocks = ["[fetch]\nallow_private = true  # a replay lives on loopback addresses\n", TOPIC]
    for source in sources:
        lines = [f"url = {json.dumps(source.url)}", f"id = {json.dumps(source.id)}", f"name = {json.dumps(source.id)}"]
        blocks.append("\n[[source]]\n" + "\n".join(lines) + "\n")
    return "".join(blocks)
