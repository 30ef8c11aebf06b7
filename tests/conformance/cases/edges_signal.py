"""Signals at the edges: windows that end in zero, frames and steps of any sizes."""

from conformance_kit import A, case

for length, step in ((64, 64), (8, 4), (8, 8), (8, 3), (7, 2), (8, 16), (1, 1)):
    case(
        f"inverse_stft_window_fn {length} {step}",
        lambda tf, n=length, s=step: tf.signal.inverse_stft_window_fn(s)(n, dtype=tf.float32),
        dtypes=("float32",),
        tol={"float32": 1e-4},
        why="a value close to 0, rounded in cos, is divided by its square",
    )

for name, sizes in (
    ("hann_window", (0, 1, 2, 3, 8)),
    ("hamming_window", (0, 1, 2, 3, 8)),
    ("kaiser_window", (1, 2, 5)),
    ("kaiser_bessel_derived_window", (2, 4, 8)),
    ("vorbis_window", (0, 1, 2, 8)),
):
    for size in sizes:
        case(
            f"signal.{name} {size}",
            lambda tf, n=name, s=size: getattr(tf.signal, n)(s, dtype=tf.float64),
            dtypes=("float64",),
        )
for size in (0, 1, 2):
    case(
        f"hann_window {size} symmetric",
        lambda tf, s=size: tf.signal.hann_window(s, periodic=False),
        dtypes=("float32",),
    )
for length, step in ((1, 1), (3, 5), (9, 9), (10, 1), (2, 3)):
    for pad_end in (False, True):
        case(
            f"frame {length} {step} {pad_end}",
            lambda tf, x, n=length, s=step, p=pad_end: tf.signal.frame(x, n, s, p, pad_value=-1.0),
            [A("normal", (2, 9))],
            dtypes=("float32",),
        )
for shape, step in (((2, 3, 4), 5), ((1, 4), 4), ((3, 1), 1), ((0, 4), 2)):
    case(
        f"overlap_and_add {shape} {step}",
        lambda tf, x, s=step: tf.signal.overlap_and_add(x, s),
        [A("normal", shape)],
        dtypes=("float32",),
    )
