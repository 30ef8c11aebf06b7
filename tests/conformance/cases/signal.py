"""Fourier and cosine transforms, frames, windows."""

from conformance_kit import COMPLEX, DOUBLE, HALVES, A, V, case, error, script

# -- complex transforms
for rank, suffix in ((1, ""), (2, "2d"), (3, "3d")):
    for name in (f"signal.fft{suffix}", f"signal.ifft{suffix}"):
        shape = (2, 3, 2)[-rank:]
        case(
            name,
            inputs=[A("normal", shape)],
            dtypes=COMPLEX,
            rejects=("float32", "int32"),
            also={
                "batch": [A("normal", (2, *shape))],
                "no batch": [A("zeros", (0, *shape))],
                "of 1": [A("normal", (1,) * rank)],
            },
        )
        error(
            f"{name}: too few axes",
            lambda tf, name=name, rank=rank: getattr(tf.signal, name[7:])(
                tf.ones([2] * (rank - 1), tf.complex64)
            ),
        )
case("signal.fft of 5", lambda tf, x: tf.signal.fft(x), [A("normal", (5,))], dtypes=COMPLEX)
case("signal.fft of nothing", lambda tf, x: tf.signal.fft(x), [A("zeros", (0,))], dtypes=COMPLEX, order=0)

# -- real transforms
for n in (4, 5):
    case(
        f"signal.rfft of {n}",
        lambda tf, x: tf.signal.rfft(x),
        [A("normal", (2, n))],
        dtypes=DOUBLE,
        rejects=(*HALVES, "complex64", "int32"),
    )
    case(f"signal.rfft2d of {n}", lambda tf, x: tf.signal.rfft2d(x), [A("normal", (3, n))], dtypes=DOUBLE)
    case(
        f"signal.irfft to {n}",
        lambda tf, x, n=n: tf.signal.irfft(x, [n]),
        [A("normal", (2, 3))],
        dtypes=COMPLEX,
    )
    case(
        f"signal.irfft2d to {n}",
        lambda tf, x, n=n: tf.signal.irfft2d(x, [3, n]),
        [A("normal", (3, 3))],
        dtypes=COMPLEX,
    )
for n in (3, 4, 5, 8):
    order = 2 if n >= 5 else 0  # TensorFlow has no gradient where the input is cut off
    case(
        f"signal.rfft of 5, fft_length {n}",
        lambda tf, x, n=n: tf.signal.rfft(x, [n]),
        [A("normal", (5,))],
        dtypes=("float32",),
        order=order,
    )
    order = 2 if n >= 4 else 0
    case(
        f"signal.irfft of 3, fft_length {n}",
        lambda tf, x, n=n: tf.signal.irfft(x, [n]),
        [A("normal", (3,))],
        dtypes=("complex64",),
        order=order,
    )
case("signal.irfft", inputs=[A("normal", (2, 3))], dtypes=COMPLEX, rejects=("float32",))
case("signal.irfft2d", inputs=[A("normal", (2, 2, 3))], dtypes=COMPLEX, rejects=("float32",))
case("signal.rfft2d padded", lambda tf, x: tf.signal.rfft2d(x, [3, 4]), [A("normal", (2, 3))], dtypes=DOUBLE)
case(
    "signal.rfft2d cut off",
    lambda tf, x: tf.signal.rfft2d(x, [2, 6]),
    [A("normal", (3, 4))],
    dtypes=DOUBLE,
    order=0,
)
case("signal.rfft3d", inputs=[A("normal", (2, 2, 3))], dtypes=DOUBLE, rejects=("complex64",), order=1)
case("signal.irfft3d", inputs=[A("normal", (2, 2, 3))], dtypes=COMPLEX, rejects=("float32",), order=1)
case("signal.rfft of a list of ints", lambda tf: tf.signal.rfft([1, 2, 3]), dtypes=("float32",))
case(
    "signal.rfft, fft_length a tensor",
    lambda tf, x: tf.signal.rfft(x, tf.constant([4])),
    [A("normal", (3,))],
    dtypes=DOUBLE,
)
error("signal.rfft: fft_length a number", lambda tf: tf.signal.rfft(tf.ones([4]), 4))
error("signal.rfft: two lengths", lambda tf: tf.signal.rfft(tf.ones([4]), [4, 4]))
error("signal.rfft: scalar", lambda tf: tf.signal.rfft(tf.constant(1.0)))
error("signal.rfft2d: vector", lambda tf: tf.signal.rfft2d(tf.ones([4])))
for name in ("fftshift", "ifftshift"):
    case(f"signal.{name}", inputs=[A("normal", (3, 4))], dtypes=(*DOUBLE, "complex64", "int32"))
    for axes in (1, [0, -1]):
        case(
            f"signal.{name} {axes}",
            lambda tf, x, name=name, axes=axes: getattr(tf.signal, name)(x, axes=axes),
            [A("normal", (3, 5))],
            dtypes=("float32",),
        )
    error(f"signal.{name}: axis", lambda tf, name=name: getattr(tf.signal, name)(tf.ones([3]), axes=3))

# -- cosine transforms
TOL = {"float32": 1e-4, "float64": 1e-9}
WHY = "the transform of n numbers is computed by way of others, which round differently"
LOOSE = {"tol": TOL, "why": WHY}
for name in ("dct", "idct"):
    for kind in (1, 2, 3, 4):
        for norm in (None, "ortho"):
            if kind == 1 and norm:
                error(
                    f"signal.{name} 1: ortho",
                    lambda tf, name=name: getattr(tf.signal, name)(tf.ones([4]), type=1, norm="ortho"),
                )
            else:
                case(
                    f"signal.{name} {kind} {norm}",
                    lambda tf, x, name=name, kind=kind, norm=norm: getattr(tf.signal, name)(
                        x, type=kind, norm=norm
                    ),
                    [A("normal", (2, 5))],
                    dtypes=DOUBLE,
                    rejects=("float16", "int32"),
                    **LOOSE,
                )
    for n in (3, 8):
        case(
            f"signal.{name} n={n}",
            lambda tf, x, name=name, n=n: getattr(tf.signal, name)(x, n=n),
            [A("normal", (5,))],
            dtypes=DOUBLE,
            **LOOSE,
        )
for what, options in {
    "type": {"type": 5},
    "norm": {"norm": "x"},
    "axis": {"axis": 0},
    "n": {"n": 0},
}.items():
    error(f"signal.dct: {what}", lambda tf, options=options: tf.signal.dct(tf.ones([2, 3]), **options))

error("signal.dct: one sample", lambda tf: tf.signal.dct(tf.ones([2, 1]), type=1))

# -- frames
case(
    "signal.frame",
    lambda tf, x: tf.signal.frame(x, 4, 3),
    [A("normal", (2, 10))],
    dtypes=(*DOUBLE, "complex64", "int32", "bool"),
)
for options in (
    {"pad_end": True},
    {"pad_end": True, "pad_value": 9},
    {"axis": 0},
    {"axis": -2, "pad_end": True},
):
    case(
        f"signal.frame {options}",
        lambda tf, x, options=options: tf.signal.frame(x, 3, 2, **options),
        [A("normal", (6, 4))],
        dtypes=("float32", "int32"),
    )
case(
    "signal.frame longer than the signal",
    lambda tf, x: tf.signal.frame(x, 12, 3),
    [A("normal", (10,))],
    dtypes=DOUBLE,
)
case(
    "signal.frame, a gap between frames",
    lambda tf, x: tf.signal.frame(x, 2, 3),
    [A("normal", (10,))],
    dtypes=DOUBLE,
)
case(
    "signal.frame of length 0",
    lambda tf, x: tf.signal.frame(x, 0, 3),
    [A("normal", (10,))],
    dtypes=DOUBLE,
    order=0,
)
error("signal.frame: step 0", lambda tf: tf.signal.frame(tf.ones([5]), 2, 0))
error("signal.frame: negative length", lambda tf: tf.signal.frame(tf.ones([5]), -2, 1))
error("signal.frame: scalar", lambda tf: tf.signal.frame(tf.constant(1.0), 1, 1))
error("signal.frame: length a vector", lambda tf: tf.signal.frame(tf.ones([5]), [2], 1))
error("signal.frame: axis", lambda tf: tf.signal.frame(tf.ones([5]), 2, 1, axis=2))
error(
    "signal.frame: padding of integers",
    lambda tf: tf.signal.frame([1, 2, 3], 2, 2, pad_end=True, pad_value=7.5),
)
for step in (1, 3, 7, 9):
    case(
        f"signal.overlap_and_add {step}",
        lambda tf, x, step=step: tf.signal.overlap_and_add(x, step),
        [A("normal", (2, 3, 7))],
        dtypes=(*DOUBLE, "complex64", "int32"),
    )
error("signal.overlap_and_add: vector", lambda tf: tf.signal.overlap_and_add(tf.ones([3]), 1))
error("signal.overlap_and_add: step a float", lambda tf: tf.signal.overlap_and_add(tf.ones([3, 3]), 1.0))
error("signal.overlap_and_add: step a vector", lambda tf: tf.signal.overlap_and_add(tf.ones([3, 3]), [1]))
error("signal.overlap_and_add: step 0", lambda tf: tf.signal.overlap_and_add(tf.ones([3, 3]), 0))

# -- short-time transforms
case(
    "signal.stft",
    lambda tf, x: tf.signal.stft(x, 4, 2),
    [A("normal", (2, 10))],
    dtypes=DOUBLE,
    rejects=("int32",),
    **LOOSE,
)
for options in ({"fft_length": 8}, {"pad_end": True}, {"window_fn": None}):
    case(
        f"signal.stft {options}",
        lambda tf, x, options=options: tf.signal.stft(x, 3, 2, **options),
        [A("normal", (8,))],
        dtypes=DOUBLE,
        **LOOSE,
    )
case(
    "signal.stft hamming",
    lambda tf, x: tf.signal.stft(x, 4, 2, window_fn=tf.signal.hamming_window),
    [A("normal", (8,))],
    dtypes=DOUBLE,
    **LOOSE,
)
case(
    "signal.inverse_stft",
    lambda tf, x: tf.signal.inverse_stft(x, 4, 2),
    [A("normal", (4, 3))],
    dtypes=COMPLEX,
    tol={"complex64": 1e-4},
    why=WHY,
)
for options in ({"fft_length": 8}, {"window_fn": None}):
    case(
        f"signal.inverse_stft {options}",
        lambda tf, x, options=options: tf.signal.inverse_stft(x, 4, 2, **options),
        [A("normal", (3, 5 if "fft_length" in options else 3))],
        dtypes=("complex128",),
    )
case(
    "signal.inverse_stft, long frames",
    lambda tf, x: tf.signal.inverse_stft(x, 6, 2, fft_length=4),
    [A("normal", (3, 3))],
    dtypes=("complex128",),
)
case(
    "signal.inverse_stft with its window",
    lambda tf, x: tf.signal.inverse_stft(
        tf.signal.stft(x, 4, 2), 4, 2, window_fn=tf.signal.inverse_stft_window_fn(2)
    ),
    [A("normal", (10,))],
    dtypes=DOUBLE,
    **LOOSE,
)
case(
    "signal.inverse_stft_window_fn",
    lambda tf: tf.signal.inverse_stft_window_fn(3)(8, tf.float32),
    dtypes=("float32",),
)
for options in ({}, {"norm": "ortho"}, {"window_fn": None}, {"pad_end": True}):
    case(
        f"signal.mdct {options}",
        lambda tf, x, options=options: tf.signal.mdct(x, 8, **options),
        [A("normal", (2, 18))],
        dtypes=DOUBLE,
        **LOOSE,
    )
for options in ({}, {"norm": "ortho"}, {"window_fn": None}):
    case(
        f"signal.inverse_mdct {options}",
        lambda tf, x, options=options: tf.signal.inverse_mdct(x, **options),
        [A("normal", (3, 4))],
        dtypes=DOUBLE,
        **LOOSE,
    )
error("signal.mdct: frame length", lambda tf: tf.signal.mdct(tf.ones([12]), 6))

# -- windows
WINDOWS = ("hann_window", "hamming_window", "vorbis_window", "kaiser_window", "kaiser_bessel_derived_window")
HALF_STEPS = {"tol": {"float32": 1e-5}, "why": "computed in float64 here and in float32 there"}
for name in WINDOWS:
    for length in (1, 4, 5, 12):
        case(
            f"signal.{name} {length}",
            lambda tf, name=name, length=length: getattr(tf.signal, name)(length),
            dtypes=("float32",),
            **HALF_STEPS,
        )
    case(
        f"signal.{name} of float64",
        lambda tf, name=name: getattr(tf.signal, name)(6, dtype=tf.float64),
        dtypes=("float64",),
    )
    case(
        f"signal.{name} of float16",
        lambda tf, name=name: getattr(tf.signal, name)(4, dtype=tf.float16),
        dtypes=("float16",),
        tol={"float16": 4e-3},
        why="computed in float64 here and in float16 there",
    )
    error(f"signal.{name}: int32", lambda tf, name=name: getattr(tf.signal, name)(4, dtype=tf.int32))
    error(f"signal.{name}: vector", lambda tf, name=name: getattr(tf.signal, name)([4]))
    error(f"signal.{name}: float", lambda tf, name=name: getattr(tf.signal, name)(4.0))
    error(f"signal.{name}: negative", lambda tf, name=name: getattr(tf.signal, name)(-1))
for name in ("hann_window", "hamming_window"):
    case(
        f"signal.{name} symmetric",
        lambda tf, name=name: getattr(tf.signal, name)(6, periodic=False),
        dtypes=("float32",),
        **HALF_STEPS,
    )
for name in ("kaiser_window", "kaiser_bessel_derived_window"):
    case(
        f"signal.{name} beta",
        lambda tf, beta, name=name: getattr(tf.signal, name)(6, beta),
        [V(3.0)],
        dtypes=("float32",),
        order=1,
        tol={"float32": 1e-4},
        why="computed in float64 here and in float32 there",
    )
case("signal.hann_window of nothing", lambda tf: tf.signal.hann_window(0), dtypes=("float32",))
error("signal.kaiser_window: of nothing", lambda tf: tf.signal.kaiser_window(0))

# -- mel
case(
    "signal.linear_to_mel_weight_matrix",
    lambda tf: tf.signal.linear_to_mel_weight_matrix(3, 5, 100, 10.0, 45.0),
    dtypes=("float32",),
    **HALF_STEPS,
)
case(
    "signal.linear_to_mel_weight_matrix float64",
    lambda tf: tf.signal.linear_to_mel_weight_matrix(4, 9, tf.constant(100.0), 10.0, 45.0, tf.float64),
    dtypes=("float64",),
)
for what, options in {
    "no bins": {"num_mel_bins": 0},
    "negative edge": {"lower_edge_hertz": -1.0},
    "edges": {"lower_edge_hertz": 5000.0},
    "Nyquist": {"upper_edge_hertz": 5000.0},
    "sample rate": {"sample_rate": 0},
}.items():
    error(
        f"signal.linear_to_mel_weight_matrix: {what}",
        lambda tf, options=options: tf.signal.linear_to_mel_weight_matrix(**options),
    )
error(
    "signal.linear_to_mel_weight_matrix: int32",
    lambda tf: tf.signal.linear_to_mel_weight_matrix(dtype=tf.int32),
)
case("signal.mfccs_from_log_mel_spectrograms", inputs=[A("normal", (2, 5))], dtypes=DOUBLE, **LOOSE)
error(
    "signal.mfccs_from_log_mel_spectrograms: no bins",
    lambda tf: tf.signal.mfccs_from_log_mel_spectrograms(tf.ones([2, 0])),
)


@script("signal: Jacobians of transforms")
def _(tf):
    x = tf.constant([1.0, 2.0, 3.0, 4.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        power = tf.abs(tf.signal.rfft(x)[1:]) ** 2
        cosine = tf.signal.dct(x)
    return [tape.jacobian(power, x), tape.jacobian(cosine, x)]


@script("signal: dtypes of what is no tensor")
def _(tf):
    import numpy as np

    x = np.arange(4.0)
    return [
        tf.signal.fft(x).dtype,
        tf.signal.fft([1.0, 2.0]).dtype,
        tf.signal.fft([1.0 + 1j, 2j]).dtype,
        tf.signal.fft([1, 2]).dtype,
        tf.signal.fft(x + 1j).dtype,
        tf.signal.rfft(x).dtype,
        tf.signal.irfft(x + 1j).dtype,
        tf.signal.irfft([1.0, 2.0]).dtype,
        tf.signal.dct(x).dtype,
        tf.signal.mdct(x, 4).dtype,
        tf.signal.inverse_mdct(x[None]).dtype,
        tf.signal.stft(x, 4, 2).dtype,
        tf.signal.inverse_stft((x + 1j)[None, :3], 4, 2).dtype,
        tf.signal.mfccs_from_log_mel_spectrograms(x).dtype,
    ]
