"""``tf.__internal__.tf2``."""

from tfcompat_tape._coverage import namespace


def enabled() -> bool:
    """True: everything is as in version 2."""
    return True


__getattr__ = namespace(globals(), "tf.__internal__.tf2")
