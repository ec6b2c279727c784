"""The shell: fetches, schedules, ingests, publishes, serves."""

__version__ = "0.1.0"
