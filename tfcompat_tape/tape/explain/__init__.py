"""`tape.explain`: why a gradient is `None`, and where in the user's code.

One idea: the shortest way from the source to the target, where the length of a step is the number of its breaks. What
is seen (`notes`) and what is read (`code`) say which steps there are; `verdict` finds the way; `report` says it.
"""

from tfcompat_tape.tape.explain.report import Break, Connection, Reason, Report, Step, Zero
from tfcompat_tape.tape.places import Place

__all__ = ["Break", "Connection", "Place", "Reason", "Report", "Step", "Zero"]
