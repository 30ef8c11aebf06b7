"""Records what TensorFlow answers for the lines of convert_lines.py: ``python record_convert.py``, with TensorFlow."""

import json
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

sys.path.insert(0, str(Path(__file__).parent))
import convert_lines as lines


def answer(line: str) -> object:
    """The values of a line, with dtypes, and the gradients of their weighted sum."""
    names = {name: tf.constant(value) for name, value in lines.INPUTS.items()}
    sources = [names[name] for name in lines.sources(line)]
    with tf.GradientTape() as tape:
        for source in sources:
            tape.watch(source)
        result = eval(line, {"tf": tf, "np": np, **names})
        results = list(result) if isinstance(result, (list, tuple)) else [result]
        total = sum(
            tf.reduce_sum(y * tf.constant(lines.weights(y.shape), y.dtype))
            for y in results
            if y.dtype.is_floating
        )
    grads = tape.gradient(total, sources) if sources and tf.is_tensor(total) else []
    return [
        [[y.dtype.name, list(y.shape), rounded(y.numpy())] for y in results],
        [None if g is None else rounded(tf.convert_to_tensor(g).numpy()) for g in grads],
    ]


def rounded(value: np.ndarray) -> list[object]:
    """The numbers, with seven digits."""
    return [
        x if isinstance(x, (bool, int)) else float(f"{x:.7g}") for x in np.asarray(value).reshape(-1).tolist()
    ]


if __name__ == "__main__":
    recorded = {}
    for line in lines.LINES:
        try:
            recorded[line] = answer(line)
        except Exception as error:
            print(line, type(error).__name__, str(error)[:100])
    text = ",\n".join(f"{json.dumps(line)}: {json.dumps(value)}" for line, value in recorded.items())
    Path(__file__).with_name("convert_lines.json").write_text("{\n" + text + "\n}\n", encoding="utf-8")
