"""Where the time of a program goes: by op and by line of the program, forward and backward, eager and traced."""

from tfcompat_tape.profiling.measuring import LineTime, OpTime, Profile, profile

__all__ = ["LineTime", "OpTime", "Profile", "profile"]
