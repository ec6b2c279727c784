"""Is this machine fit for topicwire, and is all there that a config asks for? Findings, each with what to do about it.

Nothing is written, and nobody is asked but the hosts that the config itself names.
"""

from aggregator.doctor.examination import examine
from aggregator.doctor.findings import Finding, Grade

__all__ = ["Finding", "Grade", "examine"]
