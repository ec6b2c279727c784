"""A client that answers from a script, for tests of everything behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from feeds.conditional import Request, Response

Answer = Response | Exception | asyncio.Event
"""What one fetch brings; an event is waited for before the next answer is taken."""


@dataclass
class ScriptedClient:
    """Answers each URL with its answers, one after another, the last one for ever; remembers what it was asked."""

    answers: Mapping[str, list[Answer]]
    user_agent: str = "topicwire/test"
    asked: list[Request] = field(default_factory=list)
    private: list[bool] = field(default_factory=list)
    held: list[tuple[str, timedelta]] = field(default_factory=list)

    async def fetch(self, request: Request, *, allow_private: bool = False) -> Response:
        self.asked.append(request)
        self.private.append(allow_private)
        await asyncio.sleep(0)
        script = self.answers[request.url]
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, asyncio.Event):
            await answer.wait()
            answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def hold(self, host: str, span: timedelta) -> None:
        self.held.append((host, span))
