"""How often jobs are looked for, and how long anybody is waited for: chosen by tests, else as it is here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """In seconds."""

    poll: float = 2.0
    """Between two looks for jobs, where nobody tells of them."""
    look: float = 2.0
    """Between two looks whether the database answers."""
    answer: float = 10.0
    """In which it has to."""
    connection: float = 3.0
    """Likewise for a connection to be had: one that is there takes milliseconds, another one a tenth of a second."""
    beat: float = 5.0
    """Between two signs of life of a worker."""
    silent: float = 20.0
    """Without one, after which it counts as dead, and its jobs are done again."""
    rescue: int = 10
    """Between two looks for such workers; 60 can be divided by it."""
    patience: float = 3.0
    """For jobs that run when the work is to end; then they are cancelled."""
