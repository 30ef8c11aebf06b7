"""What all tests share: the `device` fixture and repeatable hypothesis runs."""

import os
from collections.abc import Iterator

import hypothesis
import pytest
import torch

import tfcompat_tape as tf

# The same examples on every run; HYPOTHESIS_PROFILE=explore looks for new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

DEVICES = {"cpu": "/CPU:0"}
if torch.cuda.is_available():
    DEVICES["cuda"] = "/GPU:0"


@pytest.fixture(params=DEVICES)
def device(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run a test once on each kind of device that there is; gives TensorFlow's name of it."""
    with tf.device(DEVICES[request.param]):
        yield DEVICES[request.param]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Ids without addresses: parallel workers must collect the same ones."""
    return f"{argname}-{type(val).__name__}" if " at 0x" in repr(val) else None
