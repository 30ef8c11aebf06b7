"""tf.raw_ops: complete, by keyword, and honest about what is missing."""

import inspect
import json
from pathlib import Path

import numpy as np
import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape import raw_ops
from tfcompat_tape.core.registry import OPS
from tfcompat_tape.coverage.names import NotCoveredError, is_tensorflow_name
from tfcompat_tape.coverage.op_reasons import op_reason
from tfcompat_tape.ops.raw import calls as raw_calls
from tfcompat_tape.ops.updates import UPDATES


def test_every_op_that_tensorflow_has_is_there() -> None:
    missing = [name for name in OPS if is_tensorflow_name(f"tf.raw_ops.{name}") and name not in dir(raw_ops)]
    assert not missing, "run tools/record_raw_ops.py"
    assert len(dir(raw_ops)) > 250


@pytest.mark.parametrize("name", dir(raw_ops))
def test_arguments_of_an_op_find_their_places(name: str) -> None:
    function = getattr(raw_ops, name)
    assert getattr(raw_ops, name) is function
    assert list(inspect.signature(function).parameters)[-1] == "name"
    expected = raw_calls.arguments(name)
    assert len({argument.name for argument in expected}) == len(expected)
    if name in UPDATES:
        handles = [argument.name for argument in expected if argument.is_handle]
        parameters = [*inspect.signature(UPDATES[name].function).parameters.values()][1:]
        taken = [one.name for one in parameters if one.kind is not one.VAR_KEYWORD]
        assert taken[: len(handles)] == handles or parameters[-1].kind is inspect.Parameter.VAR_KEYWORD
        return
    op = OPS[name]
    if not any(key.startswith("*") for key in op.inputs):
        own, _ = raw_calls._own_attrs(op)
        tensors = [
            a
            for a in expected
            if a.is_tensor and raw_calls._ATTR_NAMES.get((name, a.name), a.name) not in own
        ]
        assert len(tensors) == len(op.inputs), f"{name}: TensorFlow has {tensors}, here are {op.inputs}"


def test_names_that_are_not_covered_and_names_that_do_not_exist() -> None:
    with pytest.raises(NotCoveredError, match=r"tf.raw_ops.DecodeProtoV2"):
        raw_ops.DecodeProtoV2  # noqa: B018
    with pytest.raises(AttributeError, match="NoSuchOp"):
        raw_ops.NoSuchOp  # noqa: B018


def test_messages_say_what_is_wrong() -> None:
    with pytest.raises(TypeError, match=r"Sum only takes keyword args \(possible keys: \['input', 'axis'"):
        tf.raw_ops.Sum([1.0], 0)
    with pytest.raises(TypeError, match="missing a required argument: 'axis'"):
        tf.raw_ops.Sum(input=[1.0])
    with pytest.raises(TypeError, match="unexpected keyword argument 'dim'"):
        tf.raw_ops.Sum(input=[1.0], dim=0)
    with pytest.raises(tf.errors.InvalidArgumentError, match="axis must be of an integer dtype"):
        tf.raw_ops.Sum(input=[1.0], axis=0.5)


def test_gradients_flow_through_raw_ops(device: str) -> None:
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.raw_ops.Sum(input=tf.raw_ops.Square(x=x), axis=tf.constant([-1]))
    np.testing.assert_allclose(tape.gradient(y, x), 2 * x.numpy())


def test_roll_by_one_number_has_a_gradient() -> None:
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.raw_ops.Roll(input=x, shift=1, axis=0) * tf.constant([1.0, 2.0, 3.0])
    assert tape.gradient(y, x).numpy().tolist() == [2.0, 3.0, 1.0]


def test_signatures_are_tensorflows() -> None:
    assert str(inspect.signature(tf.raw_ops.Sum)) == "(input, axis, keep_dims=False, name=None)"
    assert str(inspect.signature(tf.raw_ops.Cast)) == "(x, DstT, Truncate=False, name=None)"


def test_on_raw_torch_tensors_an_op_is_its_kernel() -> None:
    x = torch.tensor([1.0, -2.0])
    for name, wanted in (("ZerosLike", [0.0, 0.0]), ("Neg", [-1.0, 2.0]), ("Relu", [1.0, 0.0])):
        argument = "features" if name == "Relu" else "x"
        result = getattr(tf.raw_ops, name)(**{argument: x})
        assert isinstance(result, torch.Tensor) and result.tolist() == wanted


def test_ops_that_are_not_there_say_why() -> None:
    with pytest.raises(NotCoveredError, match=r"It has no meaning here: tf\.TensorArray holds"):
        raw_ops.TensorArrayV3  # noqa: B018
    with pytest.raises(NotCoveredError, match="runs it neither eagerly nor on a CPU"):
        raw_ops.BatchCholesky  # noqa: B018
    ops = json.loads((Path(__file__).parent / "data" / "tf_ops.json").read_text(encoding="utf-8"))
    left = {name for name in ops if name not in OPS and name not in UPDATES and op_reason(name) is None}
    assert not left
