"""No collection of garbage while the package is imported.

An import makes objects that stay. The collector looks for garbage when many have been made, at everything that the
process holds, which with torch in it takes longer than all modules of this package.
"""

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def paused() -> Iterator[None]:
    """A block in which the collector does not run by itself; then it is as it was."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
