"""Telling entries apart, and together: what is new, what is an edit, what repeats another source."""
