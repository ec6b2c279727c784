"""More than one process: many ask sources, one judges what they bring, any number answers readers."""
