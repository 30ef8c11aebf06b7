"""The ways in which a function with branches can run: as it is, with its branches staged, and by guards."""

import contextlib

import numpy as np
import pytest

from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.tracing.recorder import Recorder


@contextlib.contextmanager
def by_guards():
    """Within this context no branch is staged: values decide."""

    def refuse(*args):
        raise UntraceableError("not in this test")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Recorder, "choose", refuse)
        yield


def alike(first, others, source, **tolerance):
    """The answers of each of `others` must be those of `first`; `source` is shown where they are not."""
    for one in others:
        for a, b in zip(first, one, strict=True):
            for p, q in zip(a, b, strict=True):
                np.testing.assert_allclose(q, p, err_msg=source, **tolerance)
