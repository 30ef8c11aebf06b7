"""Functions of datasets that change the dicts which they get; what wrapped functions say of their arguments."""

import inspect

from conformance_kit import raises, script


def _dataset(tf):
    return tf.data.Dataset.from_tensor_slices({"a": [1, 2, 3], "l": ([4, 5, 6], [7, 8, 9])})


def _doubled(d):
    d["c"] = d.pop("a") * 2
    d["l"] = d["l"][0]
    return d


@script("data: functions change what they get")
def _(tf):
    def more(d):
        d["z"] = 1
        return d["a"] > 1

    def joined(number, d):
        d["x"] = number
        return d

    def summed(state, d):
        state["n"] = state["n"] + d.pop("a")
        return state

    def scanned(state, d):
        state["n"] = state["n"] + d["a"]
        d["b"] = state["n"]
        return state, d

    def kept(d):
        d.pop("l")
        return tf.data.Dataset.from_tensors(d)

    def parity(d):
        return tf.cast(d.pop("a"), tf.int64) % 2

    ds, zero = _dataset(tf), {"n": tf.constant(0)}
    numbers = tf.data.Dataset.range(3)
    return {
        "map": list(ds.map(_doubled)),
        "batch": list(ds.batch(2).map(_doubled, num_parallel_calls=2)),
        "filter": list(ds.filter(more)),
        "zip": list(tf.data.Dataset.zip((numbers, ds)).map(joined)),
        "reduce": ds.reduce(zero, summed),
        "scan": list(ds.scan(zero, scanned)),
        "flat_map": list(ds.flat_map(kept)),
        "interleave": list(ds.interleave(kept)),
        "group_by_window": list(ds.group_by_window(parity, lambda key, w: w.batch(2), 2)),
        "tf.function": raises(lambda: ds.map(tf.function(_doubled))),
    }


@script("custom gradients: arguments of the wrapped function")
def _(tf):
    def f(x, y=2, *, z=3):
        return x, lambda dy: dy

    class Layer:
        def __call__(self, x, training=None):
            return x * 2.0

        @tf.custom_gradient
        def method(self, x):
            return x, lambda dy: dy

    wrapped = [
        tf.custom_gradient(f),
        tf.recompute_grad(f),
        tf.recompute_grad(Layer()),
        tf.grad_pass_through(lambda x, k: x),
        Layer().method,
    ]
    specs = [inspect.getfullargspec(one) for one in wrapped]
    return [[list(s.args), list(s.kwonlyargs), len(s.defaults or ())] for s in specs]
