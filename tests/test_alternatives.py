"""What error messages say to use in place of names that are not covered: each works, as TensorFlow would."""

from __future__ import annotations

import os
import pickle

import numpy as np
import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape._alternatives import EACH, IN_NAMESPACE, alternative

STEPPED = {  # [1, -2] after three steps of Keras's optimizers down the slope of sum(v * v * [1, 3])
    "Adam": [0.9970000982284546, -1.9970000982284546],
    "AdamW": [0.9969881176948547, -1.9969761371612549],
    "Adamax": [0.9969986081123352, -1.9969991445541382],
    "Adagrad": [0.9977354407310486, -1.9977164268493652],
    "Adadelta": [0.9999957084655762, -1.9999957084655762],
    "RMSprop": [0.992630660533905, -1.992626667022705],
    "SGD": [0.9411920309066772, -1.6611679792404175],
}
ACTIVATED = {  # Keras's activations of [-1.5, .5, 7]
    "elu": [-0.7768698334693909, 0.5, 7.0],
    "gelu": [-0.10021083056926727, 0.3457312285900116, 7.0],
    "leaky_relu": [-0.30000001192092896, 0.5, 7.0],
    "relu": [0.0, 0.5, 7.0],
    "relu6": [0.0, 0.5, 6.0],
    "selu": [-1.3658143281936646, 0.5253505110740662, 7.354907035827637],
    "sigmoid": [0.18242551386356354, 0.622459352016449, 0.9990889430046082],
    "softmax": [0.00020312165725044906, 0.001500877202488482, 0.9982959628105164],
    "softplus": [0.20141328871250153, 0.9740769863128662, 7.000911712646484],
    "softsign": [-0.6000000238418579, 0.3333333432674408, 0.875],
    "tanh": [-0.9051483273506165, 0.46211713552474976, 0.9999983310699463],
}
Y, Z = [[0.0, 1.0], [1.0, 1.0]], [[0.3, -0.2], [1.5, 0.7]]
MATRIX, X = [[2.0, 0.0], [1.0, 4.0]], [1.0, 2.0]
VALUES = {  # of Keras and TensorFlow, for the arguments in `surroundings`
    "tf.keras.losses.MeanSquaredError": 0.4675000309944153,
    "tf.keras.losses.MeanAbsoluteError": 0.574999988079071,
    "tf.keras.losses.BinaryCrossentropy": 0.5642733573913574,
    "tf.keras.losses.CategoricalCrossentropy": 0.6725888252258301,
    "tf.keras.losses.SparseCategoricalCrossentropy": 0.6725888252258301,
    "tf.keras.regularizers.L2": 0.5,
    "tf.keras.backend.epsilon": 1e-7,
    "tf.keras.backend.mean": 1.5,
    "tf.keras.backend.sum": 3.0,
    "tf.keras.utils.to_categorical": [[0.0, 1.0], [1.0, 0.0]],
}


def surroundings(tmp_path):
    (tmp_path / "file").write_bytes(b"written")
    v = tf.Variable([1.0, -2.0])
    return {
        "tf": tf, "torch": torch, "np": np, "os": os,
        "variables": [v], "variable": v, "rate": 0.01, "value": [3.0, 4.0],
        "modules": [torch.nn.Linear(4, 2), torch.nn.Tanh()], "module": torch.nn.Linear(4, 2), "kind": torch.optim.SGD,
        "inputs": 4, "units": 2,
        "images": tf.ones([1, 5, 5, 1]), "kernel": tf.ones([2, 2, 1, 3]), "bias": tf.zeros([3]),
        "y_true": tf.constant(Y), "y_pred": tf.constant(Z), "logits": tf.constant(Z), "classes": tf.constant([1, 0]),
        "one_hot": tf.constant([[0.0, 1.0], [1.0, 0.0]]), "x": tf.constant(X), "factor": 0.1, "seed": 3, "count": 2,
        "matrix": tf.constant(MATRIX), "columns": tf.constant([[1.0], [2.0]]), "indices": [[0, 1], [1, 0]],
        "values": [5.0, 6.0], "shape": [2, 2], "path": str(tmp_path / "file"), "folder": str(tmp_path / "folder"),
        "name": "file", "file": str(tmp_path / "saved"),
    }  # fmt: skip


def steps(optimizer, v):
    for _ in range(3):
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(v * v * [1.0, 3.0])
        optimizer.apply_gradients([(tape.gradient(y, v), v)])
    return v.numpy()


@pytest.mark.parametrize("name", [*EACH, *IN_NAMESPACE])
def test_an_alternative_works(tmp_path, name):
    around = surroundings(tmp_path)
    expression = {**EACH, **IN_NAMESPACE}[name]
    found = eval(expression, around)
    last = name.rpartition(".")[2]
    if name in VALUES:
        np.testing.assert_allclose(np.asarray(found), VALUES[name], rtol=1e-5)
    elif name.startswith("tf.keras.optimizers."):
        np.testing.assert_allclose(steps(found, around["variable"]), STEPPED[last], rtol=1e-5)
    elif "activations" in name:
        np.testing.assert_allclose(found(tf.constant([-1.5, 0.5, 7.0])).numpy(), ACTIVATED[last], rtol=1e-5)
    elif "initializers" in name:
        assert found([3, 2]).shape == (3, 2)
    elif isinstance(found, tf.interop.TorchOptimizer):
        assert np.abs(steps(found, around["variable"])).max() < 2.0
    elif isinstance(found, tf.interop.TorchModule):
        with tf.GradientTape() as tape:
            y = found(tf.ones([3, 4]))
        assert y.shape == (3, 2) and None not in tape.gradient(y, found.trainable_variables)
    else:
        others(name, found, tmp_path)


def others(name, found, tmp_path):
    if found is tf.Module:
        module = type("Layer", (tf.Module,), {})()
        module.w = tf.Variable(1.0)
        assert module.trainable_variables == (module.w,)
    elif name == "tf.keras.layers.Conv2D":
        assert found.shape == (1, 4, 4, 3)
    elif name == "tf.keras.utils.set_random_seed":
        first = tf.random.normal([2]).numpy()
        tf.random.set_seed(3)
        assert np.array_equal(first, tf.random.normal([2]).numpy())
    else:
        assert name == "tf.train.Checkpoint", f"{name} needs a test here"
        assert np.load(tmp_path / "saved.npz")["arr_0"].tolist() == [1.0, -2.0]


@pytest.mark.parametrize("name", [*EACH, *IN_NAMESPACE])
def test_what_has_an_alternative_is_not_covered(name):
    with pytest.raises(tf.NotCoveredError) as caught:
        eval(name, {"tf": tf})
    assert f"In place of {name} use {caught.value.alternative}\n" in str(caught.value)


def test_the_whole_name_is_told_where_only_a_namespace_is_missing():
    with pytest.raises(tf.NotCoveredError) as caught:
        tf.keras.optimizers.Adam(learning_rate=0.1)
    assert caught.value.symbol == "tf.keras"
    assert "In place of tf.keras.optimizers.Adam use tf.interop.TorchOptimizer(torch.optim.Adam" in str(
        caught.value
    )
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.alternative) == (str(caught.value), caught.value.alternative)


def test_in_an_import():
    tf.install()
    try:
        with pytest.raises(ImportError, match=r"In place of tf.keras.optimizers.Adam use tf.interop"):
            from tensorflow.keras.optimizers import Adam  # noqa: F401
        with pytest.raises(ImportError, match=r"In place of tf.keras.layers.LSTM use tf.interop.from_module"):
            from tensorflow.keras.layers import LSTM  # noqa: F401
    finally:
        tf.uninstall()


@pytest.mark.parametrize(
    ("name", "usual"),
    [
        ("tf.optimizers.Adam", "tf.keras.optimizers.Adam"),
        ("tf.keras.optimizers.legacy.SGD", "tf.keras.optimizers.SGD"),
        ("tf.losses.MeanSquaredError", "tf.keras.losses.MeanSquaredError"),
        ("tf.keras.models.Sequential", "tf.keras.Sequential"),
    ],
)
def test_names_that_mean_the_same(name, usual):
    assert alternative(name) == EACH[usual]


def test_names_without_an_alternative():
    assert alternative("tf.keras.datasets.mnist") is None
    with pytest.raises(tf.NotCoveredError) as caught:
        _ = tf.lite
    assert caught.value.alternative is None and "In place of" not in str(caught.value)
