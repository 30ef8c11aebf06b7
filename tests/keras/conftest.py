"""Keras runs on this package as `tensorflow`; what other tests import is theirs again afterwards."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

import tfcompat_tape as tf

collect_ignore_glob = [] if find_spec("keras") else ["test_*.py"]


@pytest.fixture(autouse=True)
def answering():
    """Answer to `import tensorflow`, with Keras's global state as it is at first."""
    tf.install()
    tf.keras.utils.clear_session()
    tf.keras.config.set_floatx("float32")
    yield
    tf.uninstall()
