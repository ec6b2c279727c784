"""When to ask a source again, and how it is: the politeness owed to publishers, as arithmetic.

One formula. After a fetch that ended well the next one comes after

    interval = √(every × gap)                     gap: the usual time between two new entries (`rhythm`), or the
                                                  silence since the last one if that is longer; `every` while unknown
    wait     = max(interval, the publisher's hint)            hint: max-age, Expires, ttl, sy:updatePeriod
    next     = now + wait ± 10 %, moved out of skipHours and skipDays

where the interval is at most half of what the document's window holds (so that nothing falls out of it unseen) and
always between `fastest` and `slowest`, and hints count up to `slowest`. The root is no taste: for a given number of
requests, entries wait the least in all when intervals are in proportion to the root of the gaps, so `every` is how
much waiting a request is worth, and a source that brings an entry `every` so often is asked exactly then.

After one that failed: `backoff`. Which permanent redirects are followed for good: `moves`. Whom a 429 means: `hosts`.
How a source is and what has changed about it: `health`; what of that subscribers are told, `notices`; what asking it
came to, `days`. Every time is aware and UTC; chance comes in as an argument.
"""

from feeds.polling.advance import SPREAD, advance
from feeds.polling.days import Pulse, pulse
from feeds.polling.due import AT_ONCE, CLOCK_SLACK, due, due_by_state, due_since
from feeds.polling.health import REMARKS, Condition, Health, HealthChange, changes, health
from feeds.polling.hosts import REPEATED, held_hosts, host_of, throttling_host
from feeds.polling.notices import beyond, noted
from feeds.polling.rhythm import Bounds, interval

__all__ = [
    "AT_ONCE",
    "CLOCK_SLACK",
    "REMARKS",
    "REPEATED",
    "SPREAD",
    "Bounds",
    "Condition",
    "Health",
    "HealthChange",
    "Pulse",
    "advance",
    "beyond",
    "changes",
    "due",
    "due_by_state",
    "due_since",
    "health",
    "held_hosts",
    "host_of",
    "interval",
    "noted",
    "pulse",
    "throttling_host",
]
