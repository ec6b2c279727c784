"""The processes that stay: ticks, rounds, signals, a clean stop."""
