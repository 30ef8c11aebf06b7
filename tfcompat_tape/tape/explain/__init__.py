"""`tape.explain`: why a gradient is `None`, and where in the user's code."""

from tfcompat_tape.tape.explain.places import Place
from tfcompat_tape.tape.explain.report import Break, Connection, Reason, Report, Step, Zero

__all__ = ["Break", "Connection", "Place", "Reason", "Report", "Step", "Zero"]
