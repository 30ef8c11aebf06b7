"""Write models into a directory, for TensorFlow to load: see the files that record."""

from __future__ import annotations

import sys
from pathlib import Path

import open_programs
import random_programs
import rows_programs
import served_programs
import written_programs as programs

import tfcompat_tape as tf

if __name__ == "__main__":
    for name, make in (
        ("flow", programs.flow),
        ("single", programs.of_single),
        ("orders", programs.of_orders),
        ("draws", programs.draws),
        ("parts", programs.parts),
        ("open", open_programs.of_open),
        ("rows", rows_programs.of_rows),
        ("random", random_programs.of_random),
    ):
        tf.saved_model.save(make(tf), Path(sys.argv[1]) / name)
    words = Path(sys.argv[1]) / "words.txt"
    words.write_text(served_programs.WORDS)
    served = served_programs.served(tf, str(words))
    signatures = served_programs.signatures(served)
    tf.saved_model.save(served, Path(sys.argv[1]) / "served", signatures=signatures)
