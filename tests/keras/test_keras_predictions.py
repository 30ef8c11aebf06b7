"""Every row is predicted, however the steps are put together."""

from __future__ import annotations

import numpy as np
import pytest

import tfcompat_tape as tf


@pytest.mark.parametrize(("steps", "compiled"), [(3, True), (101, True), (3, False)])
def test_all_rows(steps: int, compiled: bool) -> None:
    x = np.arange(400, dtype="float32").reshape(100, 4)
    model = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(1)])
    expected = np.asarray(model(x))
    model.compile("sgd", "mse", steps_per_execution=steps, jit_compile=compiled)
    np.testing.assert_allclose(model.predict(x, batch_size=16, verbose=0), expected, rtol=1e-5)


def test_batches_that_are_shuffled_within() -> None:
    x = np.arange(20, dtype="float32")[:, None]
    seen: list[float] = []

    class Model(tf.keras.Model):  # type: ignore[misc, name-defined]
        def train_step(self, data: object) -> dict[str, object]:
            seen.extend(np.asarray(data[0]).ravel().tolist())  # type: ignore[index]
            return {"seen": tf.constant(len(seen))}

    model = Model()
    model.compile(run_eagerly=True)
    model.fit(x, x, batch_size=8, shuffle="batch", verbose=0)
    parts = [seen[:8], seen[8:16], seen[16:]]
    assert [sorted(part) for part in parts] == [list(range(8)), list(range(8, 16)), list(range(16, 20))]
