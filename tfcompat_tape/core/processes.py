"""Whether other processes run the same program, and write the files that this one writes. `distribute` says so."""

from __future__ import annotations

# There are others: a file that this process writes is put in its place as a whole.
several = False

# The first process logs for all of them: what this one logs goes nowhere.
silent = False
