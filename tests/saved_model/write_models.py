"""Write the models of written_programs.py into a directory, for TensorFlow to load: see record_written.py."""

from __future__ import annotations

import sys
from pathlib import Path

import written_programs as programs

import tfcompat_tape as tf

if __name__ == "__main__":
    for name, made in (("flow", programs.flow(tf)), ("single", programs.of_single(tf))):
        tf.saved_model.save(made, Path(sys.argv[1]) / name)
