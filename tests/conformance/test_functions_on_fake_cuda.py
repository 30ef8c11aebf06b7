"""Functions of the conformance cases on a GPU that does not exist: none mixes devices, whatever constants it makes."""

from __future__ import annotations

import contextlib

import pytest
from conformance_kit.run import answer
from conformance_kit.spec import families, load
from fake_cuda_kit import NO_DRIVER, fake_gpu, needs_cuda_build

import tfcompat_tape as tf

DTYPES = ("float32", "complex64", "int32")


@needs_cuda_build
@pytest.mark.parametrize("family", families())
def test_no_function_mixes_devices(family: str) -> None:
    """Values are not there to be compared; errors that come of that are none of this test's."""
    mixed = {}
    with fake_gpu():
        for spec in load(family).values():
            if spec.kind != "case" or spec.dtype not in DTYPES:
                continue
            caught: list[Exception] = []
            with contextlib.suppress(Exception):
                answer(tf, spec, caught)
            for error in caught:
                if "device" in str(error) and NO_DRIVER not in str(error):
                    mixed[spec.id] = str(error)[:300]
    assert not mixed
