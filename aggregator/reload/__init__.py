"""A running daemon follows its config: `watch` sees that the file is another one, `plan` says what that means, and
`reloader` has the parts go by it. That one is not imported here: a server watches a config, too, and has no such parts.
"""

from aggregator.reload.plan import Differences, Reload, plan
from aggregator.reload.watch import Stamp, Watch, stamp

__all__ = ["Differences", "Reload", "Stamp", "Watch", "plan", "stamp"]
