"""A running daemon follows its config: `watch` sees that the file is another one, `plan` says what that means, and
`reloader` has the parts go by it.
"""

from aggregator.reload.plan import Differences, Reload, plan
from aggregator.reload.reloader import Live, Reloader, Running
from aggregator.reload.watch import Stamp, Watch, stamp

__all__ = ["Differences", "Live", "Reload", "Reloader", "Running", "Stamp", "Watch", "plan", "stamp"]
