"""Hostile bytes become entries in a process that can be killed.

Parsing, normalising and fingerprinting are CPU work on what strangers wrote, by libraries that strangers' bytes can
keep busy for minutes. So they run in child processes with limits on CPU time, memory, time and the size of the answer;
a child that exceeds one costs its source one error, and the next document is read by its replacement.

`pool` is the parent's side for everybody, `process` that of one child, `child` the other side; `wire` and `strict` are
what passes between them, `limits` what a document may cost.
"""

from aggregator.fetching.sandbox.limits import Limits
from aggregator.fetching.sandbox.pool import Sandbox, SandboxError

__all__ = ["Limits", "Sandbox", "SandboxError"]
