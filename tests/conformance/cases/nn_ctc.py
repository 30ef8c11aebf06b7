"""Connectionist temporal classification: lengths, blanks, repeats, orders of axes.

Once only: TensorFlow's second derivative is NaN. Ours is compared with finite differences in tests/ops.
"""

from conformance_kit import A, V, case, error, script

LOGITS = A("normal", (6, 2, 4), "float32")
LABELS = V([[1, 2, 2], [1, 0, 0]], "int32", diff=False)
LABEL_LENGTH = V([3, 1], "int32", diff=False)
LOGIT_LENGTH = V([6, 5], "int32", diff=False)
WHY = {"tol": {"float32": 2e-5}, "why": "sums of exponentials over all alignments"}


def loss(**options):
    return lambda tf, y, z, n, t: tf.nn.ctc_loss(y, z, n, t, **options)


GIVEN = [LABELS, LOGITS, LABEL_LENGTH, LOGIT_LENGTH]
case(
    "nn.ctc_loss",
    loss(),
    GIVEN,
    dtypes=("float32",),
    also={
        "repeats": [
            V([[3, 3, 3], [2, 2, 1]], "int32", diff=False),
            LOGITS,
            V([2, 3], "int32", diff=False),
            LOGIT_LENGTH,
        ],
        "no labels": [LABELS, LOGITS, V([0, 0], "int32", diff=False), LOGIT_LENGTH],
        "int64": [
            V([[1, 2], [3, 1]], "int64", diff=False),
            LOGITS,
            V([2, 2], "int64", diff=False),
            V([4, 6], "int64", diff=False),
        ],
    },
    order=1,
    **WHY,
)
for blank in (0, 2, 3, -1):
    case(
        f"ctc_loss blank {blank}",
        loss(blank_index=blank),
        [V([[1, 0, 1], [1, 0, 0]], "int32", diff=False) if blank not in (0,) else LABELS, *GIVEN[1:]],
        dtypes=("float32",),
        order=1,
        **WHY,
    )
case(
    "ctc_loss batch major",
    loss(logits_time_major=False),
    [LABELS, A("normal", (2, 6, 4), "float32"), LABEL_LENGTH, LOGIT_LENGTH],
    dtypes=("float32",),
    order=1,
    **WHY,
)
case(
    "ctc_loss of float16",
    loss(),
    [LABELS, A("normal", (6, 2, 4), "float16"), LABEL_LENGTH, LOGIT_LENGTH],
    dtypes=("float16",),
    order=0,
)


@script("ctc_loss with unique labels")
def _(tf):
    labels = tf.constant([[1, 2, 1], [3, 3, 1]])
    unique = tf.nn.ctc_unique_labels(labels)
    return unique


error("ctc_loss without label lengths", lambda tf: tf.nn.ctc_loss([[1]], tf.zeros([2, 1, 2]), None, [2]))
error("ctc_loss without logit lengths", lambda tf: tf.nn.ctc_loss([[1]], tf.zeros([2, 1, 2]), [1], None))


def sparse(**options):
    def fn(tf, z, indices, values, steps):
        return tf.raw_ops.CTCLoss(
            inputs=z, labels_indices=indices, labels_values=values, sequence_length=steps, **options
        )[0]

    return fn


ENTRIES = V([[0, 0], [0, 1], [0, 2], [1, 0]], "int64", diff=False)
VALUES = V([1, 2, 2, 0], "int32", diff=False)
case("raw_ops.CTCLoss", sparse(), [LOGITS, ENTRIES, VALUES, LOGIT_LENGTH], dtypes=("float32",), **WHY)
case(
    "CTCLoss, longer labels",
    sparse(ignore_longer_outputs_than_inputs=True),
    [LOGITS, ENTRIES, VALUES, V([3, 5], "int32", diff=False)],
    dtypes=("float32",),
    order=1,
    **WHY,
)
error(
    "CTCLoss: not enough time",
    lambda tf: tf.raw_ops.CTCLoss(
        inputs=tf.ones([1, 1, 3]), labels_indices=[[0, 0], [0, 1]], labels_values=[1, 0], sequence_length=[1]
    ),
)
