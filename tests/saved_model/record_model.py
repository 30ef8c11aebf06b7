"""Let the real TensorFlow write the model in data/: ``python tests/saved_model/record_model.py``.

Run it with a Python that has tensorflow 2.21. With a directory as argument it loads instead what this package has
written there, and prints the Variables.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", TF_ENABLE_ONEDNN_OPTS="0")

import tensorflow as tf


class Model(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="w")
        self.n = tf.Variable(3, trainable=False, name="n")
        self.parts = [tf.Variable(5.0), {"a": tf.Variable("text")}]
        self.inner = tf.Module()
        self.inner.v = tf.Variable(7.0)

    @tf.function(input_signature=[tf.TensorSpec([None, 2])])
    def apply(self, x):
        return tf.matmul(x, self.w)


if __name__ == "__main__":
    if sys.argv[1:]:
        loaded = tf.saved_model.load(sys.argv[1])
        print({name: value for name, value in vars(loaded).items() if not name.startswith("_")})
    else:
        place = Path(__file__).parent / "data" / "model"
        shutil.rmtree(place, ignore_errors=True)
        model = Model()
        tf.saved_model.save(model, str(place), signatures=model.apply)
        (place / "fingerprint.pb").unlink()
