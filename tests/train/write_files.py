"""Write the checkpoints that TensorFlow is to read: ``python tests/train/write_files.py DIRECTORY``."""

from __future__ import annotations

import sys
from pathlib import Path

from objects import ALL

import tfcompat_tape as tf

for name, make in ALL.items():
    tf.train.Checkpoint(**make(tf)).write(Path(sys.argv[1]) / name)
