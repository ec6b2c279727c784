"""Whom an entry credits: outlets that it names as having reported first, or as having passed the report on.

Only what the registry lists is an outlet: a name in capitals beside a word that credits is as often a ministry.
`outlets` has the shipped list, `registry` finds its names in a text, `cues` judges what stands beside a name by the
patterns of `phrases`, `chain` makes the credits of an entry, `own` knows whose it is itself.
"""

from feeds.read.attribution.chain import credits_of
from feeds.read.attribution.outlets import shipped, with_added
from feeds.read.attribution.own import outlet_of, own_outlets
from feeds.read.attribution.registry import Registry

__all__ = ["Registry", "credits_of", "outlet_of", "own_outlets", "shipped", "with_added"]
