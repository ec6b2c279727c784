"""Where a topic does not decide as its own examples say."""

from __future__ import annotations

from dataclasses import replace

from aggregator.config.model import Config
from feeds.errors import Problem
from feeds.text.forms import Analyser
from feeds.topics import misjudged


def broken(config: Config, analyser: Analyser) -> tuple[Problem, ...]:
    """The examples that are decided otherwise than they say, each with its reason, in the order of the file."""
    topics = {topic.id: topic for topic in config.topics}
    problems = []
    for example in config.examples:
        topic = topics[example.topic]
        reason = misjudged(topic, example.title, language=example.language, wanted=example.wanted, analyser=analyser)
        if reason:
            problems.append(replace(example.place, message=reason))
    return tuple(problems)
