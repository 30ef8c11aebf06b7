"""Datasets in random order: with seeds, the order is TensorFlow's."""

from conformance_kit import script


def numbers(dataset):
    """The elements as integers."""
    return [int(x) for x in dataset.as_numpy_iterator()]


@script("data: shuffle with the global seed, its own, both")
def _(tf):
    D = tf.data.Dataset
    found = []
    for make in [
        lambda: D.range(10).shuffle(4, seed=3),
        lambda: D.range(10).shuffle(4),
        lambda: D.range(10).shuffle(4, seed=3, reshuffle_each_iteration=False),
        lambda: D.range(10).shuffle(4, reshuffle_each_iteration=False),
        lambda: D.range(10).shuffle(20, seed=3).repeat(2),
        lambda: D.range(10).repeat(2).shuffle(20, seed=3),
        lambda: D.range(10).shuffle(20, seed=3).shuffle(5, seed=3),
        lambda: D.range(3).shuffle(1, seed=0),
        lambda: D.range(0).shuffle(5, seed=0),
        lambda: D.range(9).batch(2).shuffle(3, seed=0).unbatch(),
        lambda: D.range(9).shuffle(3, seed=0).batch(2).unbatch().prefetch(2),
        lambda: D.range(9).shuffle(3, seed=0).map(lambda x: x + 1, num_parallel_calls=3),
    ]:
        tf.random.set_seed(5)
        first, second = make(), make()
        found.append([numbers(first), numbers(first), numbers(second), numbers(first)])
    return found


@script("data: shuffle of a thousand, with a seed of its own alone")
def _(tf):
    d = tf.data.Dataset.range(1000).shuffle(100, seed=42)
    return numbers(d), numbers(d)


@script("data: random numbers")
def _(tf):
    D = tf.data.Dataset
    tf.random.set_seed(5)
    d = D.random(seed=4).take(9)
    other = D.random(seed=4, rerandomize_each_iteration=True).take(5)
    return [numbers(x) for x in [d, d, other, other, D.random().take(3), D.random().take(3)]]


@script("data: samples from datasets")
def _(tf):
    D = tf.data.Dataset
    found = []
    several = [D.range(10), D.range(100, 110), D.range(200, 210)]
    for options in [
        {"weights": [0.2, 0.3, 0.5], "seed": 7},
        {"weights": [0.2, 0.0, 0.8], "seed": 7},
        {"weights": tf.constant([0.5, 0.25, 0.25], tf.float64), "seed": 7},
        {"seed": 7},
        {},
        {"seed": 7, "stop_on_empty_dataset": True},
        {"seed": 7, "rerandomize_each_iteration": True},
        {"weights": D.from_tensors([0.0, 1.0, 0.0]).repeat(5), "seed": 7},
    ]:
        tf.random.set_seed(5)
        d = D.sample_from_datasets(several, **options)
        found.append([numbers(d), numbers(d)])
    return found


@script("data: choices from datasets")
def _(tf):
    D = tf.data.Dataset
    several = [D.range(3), D.range(100, 103)]
    choice = D.from_tensor_slices(tf.constant([1, 0, 1, 1, 1, 1, 0], tf.int64))
    return [
        numbers(D.choose_from_datasets(several, choice)),
        numbers(D.choose_from_datasets(several, choice, stop_on_empty_dataset=False)),
        numbers(tf.data.experimental.choose_from_datasets(several, choice)),
        numbers(D.choose_from_datasets(several, D.range(2).repeat())),
    ]
