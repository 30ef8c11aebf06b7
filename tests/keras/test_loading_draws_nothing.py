"""Keras draws seeds as it is loaded, which it is late here: the program's own random numbers stay as they are."""

from __future__ import annotations

import subprocess
import sys


def test_random_numbers_of_python_stay() -> None:
    program = (
        "import random, tfcompat_tape as tf\n"
        "random.seed(1); before = random.getstate(); tf.keras.layers.Dense\n"
        "print(random.getstate() == before)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout == "True\n", done.stderr
