"""From a Wengert list to a straight line: signatures, traces, replay."""
