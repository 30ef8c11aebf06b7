"""The ways in which a function with branches and loops can run: as it is, with these staged, and by guards."""

import contextlib

import numpy as np
import pytest

from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.tracing import functional_loops, loop_statements
from tfcompat_tape.tracing.recorder import Recorder


@contextlib.contextmanager
def by_guards():
    """Within this context no branch and no loop is staged: values decide."""

    def refuse(*args, **kwargs):
        raise UntraceableError("not in this test")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Recorder, "choose", refuse)
        patch.setattr(loop_statements, "repeat", refuse)
        patch.setattr(functional_loops, "repeat", refuse)
        yield


def alike(first, others, source, **tolerance):
    """The answers of each of `others` must be those of `first`; `source` is shown where they are not."""
    for one in others:
        for a, b in zip(first, one, strict=True):
            for p, q in zip(a, b, strict=True):
                np.testing.assert_allclose(q, p, err_msg=source, **tolerance)
