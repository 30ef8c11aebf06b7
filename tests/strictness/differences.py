"""Answers that are not TensorFlow's, each with the reason."""

import re

STATEFUL = "the numbers of an op with a state depend on the calls before it"
MEMORY = "TensorFlow reads uninitialized memory, or beyond the end of it"
LAX = "TensorFlow does not look at all of it"
ELSEWHERE = "TensorFlow has no kernel, or none for these sizes, and here is one"

# (topic, subjects, keys, TensorFlow's answer, the answer here, reason): regular expressions, matched in full.
DIFFERENCES = [
    (
        ".*",
        "Multinomial|RandomUniform|RandomUniformInt|RandomShuffle|TruncatedNormal",
        ".*",
        r".*\[.*",
        r".*\[.*",
        STATEFUL,
    ),
    (".*", "RandomGamma|RandomPoissonV2|RandomStandardNormal", ".*", r".*\[.*", r".*\[.*", STATEFUL),
    (".*", ".*", ".*=tensor", "MemoryError", "TypeError", "TensorFlow takes a scalar for an endless list"),
    ("shapes", "I?RFFT.*", "input.empty", ".*", ".*", MEMORY),
    ("shapes", "Stateless.*V[23]", "counter.one", ".*", "InvalidArgumentError", MEMORY),
    ("shapes", "AvgPoolGrad", "grad.(column|empty)", ".*", "InvalidArgumentError", MEMORY),
    ("shapes", "BandedTriangularSolve", "matrix.one", ".*", ".*", MEMORY),
    (".*", "MatrixExponential", ".*", "UnimplementedError", ".*", ELSEWHERE),
    (
        "shapes",
        "(Reciprocal|Rsqrt|Sigmoid|Sqrt|Tanh)Grad",
        ".*more",
        ".*",
        "InvalidArgumentError",
        "TensorFlow only compares how many elements there are, and takes the shape of the first",
    ),
    (
        "shapes",
        "(Conv[23]DB|D).*",
        "filter.empty",
        "float32.*",
        ".*Error",
        "no channels, or no filter, is no convolution",
    ),
    ("shapes", "FusedBatchNormV3", "x.empty", ".*", ".*", MEMORY),
    (
        "shapes",
        "Fill|CTCLoss|ScatterNdNonAliasingAdd",
        "(value|inputs|indices).(more|column|row)",
        ".*",
        "Inv.*",
        LAX,
    ),
    ("attributes", "AvgPool(3D)?Grad", "(ksize|strides)=.*", "float32.*", "InvalidArgumentError", MEMORY),
    ("attributes", "Depthwise.*|Extract.*", ".*=.*", "float32.*", "(Inv|Unimpl).*", LAX),
    ("attributes", "MaxPoolGradGrad", "ksize=.*", "float32.*", "float32.*", "the pooled values are not read"),
    ("attributes", "EnsureShape", "shape=tensor", "float32.*", "InvalidArgumentError", LAX),
    ("attributes", "CTCLoss", "preprocess.*=True", ".*", "UnimplementedError", "not covered"),
    (".*", "Svd", ".*", r".*\[.*", r".*\[.*", "singular vectors are determined up to their sign"),
    (
        ".*",
        "StatelessRandomBinomial",
        ".*",
        r".*\[.*",
        r".*\[.*",
        "samples of another algorithm where there are few",
    ),
    (
        "attributes",
        "LRNGrad",
        ".*",
        "float32.*",
        "float32.*",
        "the image's normalization is computed, not read",
    ),
]
_COMPILED = [[*map(re.compile, row[:5]), row[5]] for row in DIFFERENCES]


def reason(*answer: str) -> str | None:
    """Why an answer differs, or `None`: its topic, subject, key, what TensorFlow answers and what comes here."""
    for *patterns, why in _COMPILED:
        if all(pattern.fullmatch(text) for pattern, text in zip(patterns, answer, strict=True)):
            return str(why)
    return None
