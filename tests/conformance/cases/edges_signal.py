"""Signals at the edges: windows that end in zero, frames and steps of any sizes."""

from conformance_kit import case

for length, step in ((64, 64), (8, 4), (8, 8), (8, 3), (7, 2), (8, 16), (1, 1)):
    case(
        f"inverse_stft_window_fn {length} {step}",
        lambda tf, n=length, s=step: tf.signal.inverse_stft_window_fn(s)(n, dtype=tf.float32),
        dtypes=("float32",),
        tol={"float32": 1e-4},
        why="a value close to 0, rounded in cos, is divided by its square",
    )
