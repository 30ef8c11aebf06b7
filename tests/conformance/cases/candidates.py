"""Candidate samplers, the classes that they draw from seeds, and the losses over what they draw."""

from conformance_kit import A, case, raises, script

CLASSES = [[1, 5], [2, 3]]
SAMPLERS = {
    "uniform": (lambda tf, *a, **k: tf.random.uniform_candidate_sampler(*a, 20, **k)),
    "uniform wide": (lambda tf, *a, **k: tf.random.uniform_candidate_sampler(*a, 2**40, **k)),
    "log_uniform": (lambda tf, *a, **k: tf.random.log_uniform_candidate_sampler(*a, 20, **k)),
    "log_uniform wide": (lambda tf, *a, **k: tf.random.log_uniform_candidate_sampler(*a, 2**30, **k)),
    "learned_unigram": (lambda tf, *a, **k: tf.random.learned_unigram_candidate_sampler(*a, 20, **k)),
    "fixed_unigram": (
        lambda tf, *a, **k: tf.random.fixed_unigram_candidate_sampler(
            *a, 9, unigrams=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.5, 0.1, 7.0], **k
        )
    ),
    "fixed_unigram distorted": (
        lambda tf, *a, **k: tf.random.fixed_unigram_candidate_sampler(
            *a, 8, distortion=0.75, num_reserved_ids=2, unigrams=[6.0, 5.0, 4.0, 3.0, 2.0, 1.0], **k
        )
    ),
    "fixed_unigram in shards": (
        lambda tf, *a, **k: tf.random.fixed_unigram_candidate_sampler(
            *a, 6, num_shards=2, shard=1, unigrams=[float(n + 1) for n in range(12)], **k
        )
    ),
    "all": (lambda tf, *a, **k: tf.random.all_candidate_sampler(*a, **k)),
}
for name, sample in SAMPLERS.items():

    @script(f"{name}_candidate_sampler")
    def _(tf, sample=sample):
        classes = tf.constant(CLASSES, tf.int64)
        found = {}
        for seed in (1, 2):
            tf.random.set_seed(seed)
            for unique in (True, False):
                for count in (1, 5):
                    found[f"{seed} {unique} {count}"] = [
                        raises(lambda u=unique, n=count: list(sample(tf, classes, 2, n, u, seed=3)))
                        for _ in range(3)
                    ]
            found[f"{seed} without"] = list(sample(tf, classes, 2, 6, True))
        return found


@script("candidate samplers: raw ops")
def _(tf):
    raw = tf.raw_ops
    classes = tf.constant(CLASSES, tf.int64)
    tf.random.set_seed(1)
    place = {"true_classes": classes, "num_true": 2, "num_sampled": 40, "seed": 11, "seed2": 12}
    return {
        "uniform": raw.UniformCandidateSampler(unique=False, range_max=1000, **place)._asdict(),
        "uniform, all": raw.UniformCandidateSampler(unique=True, range_max=40, **place)._asdict(),
        "log": raw.LogUniformCandidateSampler(unique=True, range_max=60, **place)._asdict(),
        "learned": raw.LearnedUnigramCandidateSampler(unique=True, range_max=60, **place)._asdict(),
        "unsafe": raw.ThreadUnsafeUnigramCandidateSampler(unique=False, range_max=60, **place)._asdict(),
        "fixed": raw.FixedUnigramCandidateSampler(
            unique=False, range_max=6, unigrams=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], **place
        )._asdict(),
        "all": raw.AllCandidateSampler(unique=False, **place)._asdict(),
    }


@script("candidate samplers: errors")
def _(tf):
    f, fixed = tf.random.uniform_candidate_sampler, tf.random.fixed_unigram_candidate_sampler
    classes = tf.constant([[1]], tf.int64)
    three = [1.0, 2.0, 3.0]
    calls = {
        "range too small": lambda: f(classes, 1, 4, True, 3),
        "no range": lambda: f(classes, 1, 1, True, 0),
        "none sampled": lambda: f(classes, 1, 0, True, 3),
        "columns": lambda: f(classes, 2, 1, True, 3),
        "vector": lambda: f([1], 1, 1, True, 3),
        "int32": lambda: f(tf.constant([[1]]), 1, 1, True, 3),
        "no such class": lambda: f([[7]], 1, 1, True, 3),
        "negative class": lambda: f([[-1]], 1, 1, True, 3),
        "learned": lambda: tf.random.learned_unigram_candidate_sampler([[7]], 1, 1, True, 3),
        "log": lambda: tf.random.log_uniform_candidate_sampler([[7]], 1, 1, True, 3),
        "fixed": lambda: fixed([[7]], 1, 1, True, 3, unigrams=three),
        "fixed length": lambda: fixed(classes, 1, 1, True, 4, unigrams=three),
        "fixed none": lambda: fixed(classes, 1, 1, True, 3),
        "fixed both": lambda: fixed(classes, 1, 1, True, 3, vocab_file="none.csv", unigrams=three),
        "fixed no file": lambda: fixed(classes, 1, 1, True, 3, vocab_file="none.csv"),
        "fixed shard": lambda: fixed(classes, 1, 1, True, 3, unigrams=three, num_shards=2, shard=2),
        "all": lambda: tf.random.all_candidate_sampler([1], 1, 1, True),
        "all none": lambda: tf.random.all_candidate_sampler(classes, 1, 0, True),
    }
    return {label: raises(call) for label, call in calls.items()}


@script("compute_accidental_hits")
def _(tf):
    f = tf.nn.compute_accidental_hits
    calls = {
        "plain": lambda: list(f(CLASSES, [2, 7, 1, 2, 5], 2)),
        "none": lambda: list(f(CLASSES, [7], 2)),
        "columns": lambda: f(CLASSES, [7], 1),
        "vector": lambda: f([1, 2], [7], 1),
        "matrix": lambda: f(CLASSES, [[7]], 2),
        "int32": lambda: f(CLASSES, tf.constant([7]), 2),
        "int32 tensors": lambda: f(tf.constant(CLASSES), tf.constant([7]), 2),
        "one int32 tensor": lambda: f(tf.constant(CLASSES, tf.int64), tf.constant([7]), 2),
    }
    return {label: raises(call) for label, call in calls.items()}


# -- losses ------------------------------------------------------------------------------------------------------------
LABELS = {1: [[1], [5], [3]], 2: [[1, 2], [5, 6], [3, 8]]}


def sampled(tf, num_true):
    expected = [[0.3, 0.2][:num_true], [0.4, 0.5][:num_true], [0.1, 0.9][:num_true]]
    return tf.constant([3, 1, 7, 9], tf.int64), tf.constant(expected), tf.constant([0.5, 0.6, 0.7, 0.8])


for name in ("nce_loss", "sampled_softmax_loss"):
    for num_true in (1, 2):
        for remove in (False, True):
            case(
                f"nn.{name} {num_true} {remove}",
                lambda tf, w, b, x, f=name, n=num_true, r=remove: getattr(tf.nn, f)(
                    w,
                    b,
                    tf.constant(LABELS[n]),
                    x,
                    4,
                    10,
                    num_true=n,
                    sampled_values=sampled(tf, n),
                    remove_accidental_hits=r,
                ),
                inputs=[A("normal", (10, 4)), A("normal", (10,)), A("normal", (3, 4))],
                dtypes=("float32",),
                rejects=("float64", "float16"),
            )

    @script(f"{name}: arguments")
    def _(tf, name=name):
        f = getattr(tf.nn, name)
        w = tf.reshape(tf.range(40.0), [10, 4]) / 40.0
        b, x = tf.range(10.0) / 7.0, tf.constant([[1.0, 2.0, 0.0, -1.0], [0.5, -1.0, 0.1, 0.2]])
        labels = tf.constant([[1], [5]])
        tf.random.set_seed(3)
        values = tf.constant([3, 1], tf.int64), tf.constant([[0.1], [0.3]]), tf.constant([0.5, 0.6])
        calls = {
            "drawn": lambda: f(w, b, labels, x, 4, 10),
            "drawn again": lambda: f(w, b, labels, x, 4, 10),
            "parts": lambda: f([w[:5], w[5:]], b, labels, x, 2, 10, sampled_values=values),
            "uneven parts": lambda: f([w[:4], w[4:7], w[7:]], b, labels, x, 2, 10, sampled_values=values),
            "vector of labels": lambda: f(w, b, tf.constant([1, 5]), x, 2, 10, sampled_values=values),
            "labels of floats": lambda: f(w, b, tf.constant([[1.0], [5.0]]), x, 2, 10, sampled_values=values),
            "list of labels": lambda: f(w, b, [[1], [5]], x, 4, 10),
            "num_true": lambda: f(w, b, tf.constant([[1, 2], [3, 4]]), x, 4, 10),
            "no such class": lambda: f(w, b, tf.constant([[1], [15]]), x, 4, 10),
            "too many": lambda: f(w, b, labels, x, 40, 10),
            "inputs": lambda: f(w, b, labels, tf.ones([2, 3]), 4, 10),
            "empty": lambda: f(w, b, tf.zeros([0, 1], tf.int64), tf.ones([0, 4]), 4, 10),
        }
        return {label: raises(call) for label, call in calls.items()}

    @script(f"{name}: gradients of Variables")
    def _(tf, name=name):
        w, b = tf.Variable(tf.reshape(tf.range(40.0), [10, 4]) / 40.0), tf.Variable(tf.range(10.0) / 7.0)
        x = tf.Variable([[1.0, 2.0, 0.0, -1.0], [0.5, -1.0, 0.1, 0.2]])
        values = tf.constant([3, 1], tf.int64), tf.constant([[0.1], [0.3]]), tf.constant([0.5, 0.6])
        with tf.GradientTape() as tape:
            y = getattr(tf.nn, name)(w, b, tf.constant([[1], [5]]), x, 2, 10, sampled_values=values)
        return tape.gradient(y, [w, b, x])
