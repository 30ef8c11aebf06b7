"""What `tensorflow.python.eager` tells: whether a tape would record, and which device was chosen."""

from __future__ import annotations

import subprocess
import sys

import pytest

import tfcompat_tape as tf
from tfcompat_tape.porting.internals import context, eager_record


def test_whether_a_tape_would_record() -> None:
    x, v = tf.constant(1.0), tf.Variable(1.0)
    assert not eager_record.should_record_backprop([x]) and not eager_record.could_possibly_record()
    with tf.GradientTape() as tape:
        assert not eager_record.should_record_backprop([x])
        assert not eager_record.should_record_backprop([])
        tape.watch(x)
        assert eager_record.should_record_backprop([tf.constant(2.0), x])
        assert eager_record.should_record_backprop((x * 2.0,))
        assert not eager_record.should_record_backprop([tf.argmax([x])])
        y = v * 2.0
        assert eager_record.should_record_backprop([y]) and eager_record.should_record_backprop([v.handle])
        for bad in (v, 1.0):
            with pytest.raises(AttributeError, match="dtype"):
                eager_record.should_record_backprop([bad])
        with pytest.raises(TypeError, match="sequence"):
            eager_record.should_record_backprop(x)  # type: ignore[arg-type]
        with tape.stop_recording():
            assert not eager_record.should_record_backprop([x])
        with eager_record.stop_recording():
            assert not eager_record.should_record_backprop([x])
            z = x * 3.0
        assert eager_record.could_possibly_record()
    assert tape.gradient(z, x) is None
    with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)):
        assert not eager_record.should_record_backprop([x]) and eager_record.could_possibly_record()


def test_the_device_that_was_chosen() -> None:
    here = context.context()
    assert here.device_spec.device_type is None and here.device_name == ""
    with tf.device("/cpu:0"):
        assert here.device_spec.device_type == "CPU"
        assert here.device_name == "/job:localhost/replica:0/task:0/device:CPU:0"


def test_private_packages_under_another_name() -> None:
    code = """
import tfcompat_tape, sys
tfcompat_tape.install()
import tensorflow as tf
tf.summary, tf.xla
import tensorflow.python.eager.record
tf.queue  # what is loaded later leaves nothing of its own in the namespace
import tensorflow.python as private
assert not hasattr(private.eager.tape, "should_record_backprop")
assert private.eager.record.could_possibly_record() is False
tfcompat_tape.uninstall()
assert "tfcompat_tape.python" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
