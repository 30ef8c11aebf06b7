"""What private modules of TensorFlow have that libraries take, beyond what `test_private` tries."""

from __future__ import annotations

import functools
import gc

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.porting import private
from tfcompat_tape.porting.internals import (
    absent,
    array_ops,
    composites,
    dispatch,
    object_identity,
    ragged_map_ops,
    ragged_util,
    resource_variables,
    tensor_util,
    tf_contextlib,
    tf_decorator,
    tf_export,
    tf_inspect,
)


def test_every_module_of_the_table_is_there() -> None:
    for name in (*private.INTERNALS, *private.BEYOND):
        full = name if name in private.BEYOND else f"{private.ROOT}.{name}"
        module = private.module(full)
        assert module is not None
        for symbol in private._internal(private.INTERNALS.get(name) or private.BEYOND[name]).__all__:
            assert getattr(module, symbol) is not None
        with pytest.raises(tf.NotCoveredError):
            _ = module.no_such_name


def test_absent_classes() -> None:
    cls = absent.absent("tensorflow.python.distribute.input_lib.DistributedDataset")
    assert not isinstance(tf.constant(1), cls)
    with pytest.raises(tf.NotCoveredError, match="DistributedDataset"):
        cls()
    with pytest.raises(tf.NotCoveredError, match="DistributedDataset"):
        _ = cls.from_something

    class Own(cls):  # type: ignore[misc, valid-type]
        def __init__(self) -> None:
            self.x = 3

    assert Own().x == 3


def test_export_names() -> None:
    @tf_export.tf_export("nn.mine", v1=["mine"])
    def mine() -> None: ...

    @tf_export.tf_export(v1=["Mine"])
    class Mine: ...

    assert tf_export.get_canonical_name_for_symbol(Mine) == "Mine"
    assert tf_export.get_canonical_name_for_symbol(Mine, add_prefix_to_v1_names=True) == "compat.v1.Mine"
    assert tf_export.get_v2_names(mine) == ["nn.mine"] and tf_export.get_v1_names(mine) == ["mine"]
    assert tf_export.get_canonical_name_for_symbol(mine) == "nn.mine"
    assert tf_export.get_canonical_name_for_symbol(mine, "keras") is None
    assert tf_export.get_symbol_from_name("math.log") is tf.math.log
    assert tf_export.get_symbol_from_name("math.no_such") is None
    assert tf_export.get_symbol_from_name("compat.v1.mine") is mine
    assert tf_export.get_symbol_from_name("mine") is None
    wrapped = tf_decorator.make_decorator(mine, lambda: mine())
    assert tf_export.get_canonical_name_for_symbol(wrapped) == "nn.mine"

    class Heir(Mine):
        pass

    assert tf_export.get_canonical_name_for_symbol(Heir) is None

    @tf_export.kwarg_only
    def only(x: int) -> int:
        return x

    assert only(x=3) == 3
    with pytest.raises(TypeError, match="only takes keyword args"):
        only(3)


# What TensorFlow 2.21 calls each.
CANONICAL = {
    "math.softmax": "nn.softmax",
    "nn.softmax": "nn.softmax",
    "nn.swish": "nn.silu",
    "dtypes.cast": "cast",
    "linalg.norm": "norm",
    "linalg.einsum": "einsum",
    "image.decode_png": "io.decode_png",
    "tanh": "math.tanh",
    "nn.tanh": "math.tanh",
    "nn.top_k": "math.top_k",
    "add": "math.add",
    "Tensor": "Tensor",
    "DType": "dtypes.DType",
    "SparseTensor": "sparse.SparseTensor",
    "errors.OpError": "errors.OpError",
    "raw_ops.Add": "raw_ops.Add",
    "data.Dataset": "data.Dataset",
    "__operators__.add": "__operators__.add",
    "__internal__.nest.flatten_up_to": "__internal__.nest.flatten_up_to",
    "float32": None,
    "data.AUTOTUNE": None,
    "errors.OK": None,
    "compat.v1.nn.softmax": "compat.v1.nn.softmax",
    "compat.v1.math.softmax": "compat.v1.nn.softmax",
    "compat.v1.placeholder": "compat.v1.placeholder",
    "compat.v1.add": "math.add",
}


@pytest.mark.parametrize("name", CANONICAL)
def test_symbols_have_the_canonical_names_that_tensorflow_has(name: str) -> None:
    symbol = functools.reduce(getattr, name.split("."), tf)
    wanted = CANONICAL[name]
    called = tf_export.get_canonical_name_for_symbol
    assert called(symbol, add_prefix_to_v1_names=True) == wanted
    assert called(symbol) == (wanted and wanted.removeprefix("compat.v1."))
    assert called(symbol, api_name="keras") is None
    if wanted is not None:
        assert tf_export.get_symbol_from_name(name) is symbol
        assert called(tf_export.get_symbol_from_name(wanted), add_prefix_to_v1_names=True) == wanted
    else:
        assert tf_export.get_symbol_from_name(name) is None


@pytest.mark.parametrize("value", [[1], {}, 5, None, len, lambda: 1, tf.constant(1.0), np.zeros(2)])
def test_what_is_no_symbol_has_no_canonical_name(value: object) -> None:
    assert tf_export.get_canonical_name_for_symbol(value) is None


def test_names_of_no_symbol() -> None:
    for name in ("placeholder", "tf.nn.softmax", "math", "newaxis", "errors.OK", "lite.Interpreter"):
        assert tf_export.get_symbol_from_name(name) is None
    with pytest.raises(KeyError):
        tf_export.get_canonical_name_for_symbol(tf.tanh, "other")


def test_argument_specs_are_as_those_of_tensorflow() -> None:
    assert tf_inspect.getfullargspec(tf.sets.difference).annotations == {}

    def own(x: int) -> int:
        return x

    assert tf_inspect.getfullargspec(own).annotations == {"x": "int", "return": "int"}

    @tf_contextlib.contextmanager
    def context(a: int, b: int = 2):  # type: ignore[no-untyped-def]
        yield a + b

    assert tf_inspect.getfullargspec(context).args == ["a", "b"]
    with context(1) as value:
        assert value == 3


def test_functions_that_others_take_over() -> None:
    @dispatch.add_dispatch_support
    def loss(x: object, y: object) -> str:
        return "plain"

    @dispatch.dispatch_for_types(loss, tf.RaggedTensor)
    def ragged_loss(x: object, y: object) -> str:
        return "ragged"

    ragged = tf.ragged.constant([[1], [2, 3]])
    assert loss(1, 2) == "plain"
    assert loss(ragged, 2) == loss(1, y=ragged) == loss([ragged], 1) == "ragged"

    class Box:
        pass

    class OfBoxes(dispatch.OpDispatcher):
        def handle(self, args, kwargs):  # type: ignore[no-untyped-def]
            return "box" if any(isinstance(x, Box) for x in args) else self.NOT_SUPPORTED

    def length(x: object) -> int:
        return len(x)  # type: ignore[arg-type]

    OfBoxes().register(length)
    assert length([1, 2]) == 2 and length(Box()) == "box"
    with pytest.raises(TypeError):
        length(object())


def test_ragged_helpers() -> None:
    ragged = tf.ragged.constant([[1.0], [2.0, 3.0]])
    result = ragged_map_ops.map_fn(tf.reduce_sum, ragged, dtype=tf.float32)
    assert result.numpy().tolist() == [1.0, 5.0]
    assert ragged_util.assert_splits_match([ragged.nested_row_splits]) == []
    other = tf.ragged.constant([[1.0, 1.0], [2.0]])
    with pytest.raises(tf.errors.InvalidArgumentError, match="identical ragged splits"):
        ragged_util.assert_splits_match([ragged.nested_row_splits, other.nested_row_splits])
    with pytest.raises(ValueError, match="ragged_rank"):
        ragged_util.assert_splits_match([ragged.nested_row_splits, ()])


def test_gradients_that_are_prevented() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = array_ops.prevent_gradient(x * x, message="of no use")
    assert y.numpy() == 4.0
    with pytest.raises(LookupError, match="of no use"):
        tape.gradient(y, x)


def test_variables_in_composite_values() -> None:
    variable = tf.Variable([1.0, 2.0])
    slices = tf.IndexedSlices(tf.constant([1.0]), tf.constant([0]))
    found = composites.convert_variables_to_tensors([variable, {"a": 3}, slices])
    assert type(found[0]) is tf.Tensor and found[1] == {"a": 3} and found[2].values.numpy() == [1.0]
    operator = tf.linalg.LinearOperatorDiag(variable)
    diagonal = composites.convert_variables_to_tensors(operator)
    assert type(diagonal.diag) is tf.Tensor
    np.testing.assert_array_equal(diagonal.to_dense(), [[1.0, 0.0], [0.0, 2.0]])
    assert isinstance(tf.TensorSpec([2]), composites.BatchableTypeSpec)
    assert isinstance(tf.TensorSpec([2]), composites.DenseSpec)


def test_objects_as_keys() -> None:
    a, b = [1], [1]
    found = object_identity.ObjectIdentitySet([a, b, a])
    assert len(found) == 2 and a in found and [1] not in found
    found.discard(a)
    assert list(found) == [b] and found.difference([b]) == object_identity.ObjectIdentitySet()
    table = object_identity.ObjectIdentityDictionary()
    table[a], table[b] = 1, 2
    assert (table[a], table[b], len(table)) == (1, 2, 2)
    with pytest.raises(KeyError):
        table[[1]]

    class Thing:
        pass

    thing = Thing()
    weak = object_identity.ObjectIdentityWeakKeyDictionary()
    weak[thing] = 1
    kept = object_identity.ObjectIdentityWeakSet([thing])
    assert weak[thing] == 1 and thing in kept
    del thing
    gc.collect()
    assert len(weak) == len(kept) == 0
    one = object_identity.Reference(a)
    assert one == object_identity.Reference(a) and one != object_identity.Reference(b) and one.deref() is a


def test_division_of_python_2() -> None:
    assert tf.constant(7).__div__(2).numpy() == 3 and tf.constant(7.0).__rdiv__(14.0).numpy() == 2.0
    assert tf.Variable(7.0).__div__(2.0).numpy() == 3.5
    assert tf.constant(True).__nonzero__() is True
    assert "__div__" in tf.Tensor.OVERLOADABLE_OPERATORS


def test_names_in_a_graph() -> None:
    graph = tf.Graph()
    given = [graph.unique_name(name) for name in ("a", "a", "A")]
    assert given == ["a", "a_1", "A_2"]
    assert graph.unique_name("a", mark_as_used=False) == graph.unique_name("a") == "a_3"
    assert [graph.unique_name("a_1"), graph.unique_name("a_1")] == ["a_1_1", "a_1_2"]


def test_functions_are_decorated_before_they_are_traced() -> None:
    f = tf.function(lambda x: x)
    f._decorate(lambda g: lambda x: g(x) + 1)
    assert f(tf.constant(3)).numpy() == 4
    with pytest.raises(ValueError, match="cannot be decorated after"):
        f._decorate(lambda g: g)


def test_case_takes_predicates_of_python() -> None:
    from tfcompat_tape.porting.internals import control_flow_case

    case = control_flow_case._case_helper
    pairs = [
        (False, lambda: "a"),
        (tf.constant(False), lambda: tf.constant(1)),
        (True, lambda: tf.constant(2)),
    ]
    found = case(tf.cond, pairs, None, False, "case", allow_python_preds=True)
    assert found.numpy() == 2
    with pytest.raises(TypeError):
        case(tf.cond, pairs, None, False, "case")
    with pytest.raises(tf.errors.InvalidArgumentError):
        case(tf.cond, [(False, lambda: 1)], None, False, "case", allow_python_preds=True)


def test_composite_results_of_concrete_functions() -> None:
    class Pair(tf.experimental.ExtensionType):
        x: tf.Tensor

    concrete = tf.function(lambda: [Pair(tf.constant(1)), tf.constant(2.0)]).get_concrete_function()
    pair, number = concrete.structured_outputs
    assert isinstance(pair, Pair) and pair.x.dtype == tf.int32 and number.dtype == tf.float32
    assert concrete.add_to_graph() is None


def test_gradients_in_a_function_of_what_is_made_inside() -> None:
    def ask(f, x):  # type: ignore[no-untyped-def]
        return getattr(tf, "gra" + "dients")(f(x), x)[0]  # not to be seen in the code of the function

    @tf.function
    def slope() -> tf.Tensor:
        x = tf.constant([1.0, 2.0])
        return ask(lambda v: v * v, x) + ask(tf.sin, tf.zeros([2]))

    assert slope().numpy().tolist() == [3.0, 5.0]


def test_kinds_of_tensors_that_say_so_themselves() -> None:
    class Like:
        is_tensor_like = True

    assert tf.is_tensor(Like()) and not tf.is_tensor(Like)


def test_children_of_structures_in_the_order_in_which_they_are_flattened():
    from tfcompat_tape.porting.internals import nest

    assert list(nest._yield_sorted_items({"b": 1, "a": [2]})) == [("a", [2]), ("b", 1)]
    assert list(nest._yield_value({"b": 1, "a": [2]})) == [[2], 1]
    assert list(nest._yield_value((3, 4))) == [3, 4]


def test_constants_within_functions_are_evaluated() -> None:
    variable = tf.Variable(1.0)
    seen = []

    @tf.function
    def f(x: tf.Tensor) -> tf.Tensor:
        for y in (tf.constant(2.0), tf.constant(2.0) + 1.0, tf.constant([1, 2]), x, x + variable):
            value = tensor_util.try_evaluate_constant(y)
            seen.append((type(value).__name__, None if value is None else value.tolist()))
        for y in (True, x.shape, variable):
            with pytest.raises(AttributeError, match="graph"):
                tensor_util.try_evaluate_constant(y)
        return x

    f(tf.constant(1.0))
    nothing = ("NoneType", None)  # as TensorFlow 2.21 answers
    assert seen == [("float32", 2.0), ("float32", 3.0), ("ndarray", [1, 2]), nothing, nothing]
    with pytest.raises(AttributeError, match="graph"):
        tensor_util.try_evaluate_constant(tf.constant(2.0))


def test_specs_of_variables_are_made_and_asked() -> None:
    spec = resource_variables.VariableSpec
    variable = tf.Variable([1.0, 2.0])
    made = spec([2], tf.float32, trainable=True)
    assert repr(made) == "VariableSpec(shape=(2,), dtype=tf.float32, trainable=True, alias_id=None)"
    assert made == spec.from_value(variable) == tf.type_spec_from_value(variable)
    # as TensorFlow 2.21 answers
    asked = (variable, spec([None]), tf.constant([1.0, 2.0]))
    assert [made.is_compatible_with(one) for one in asked] == [True, True, False]
    others = (spec([3]), spec([2], trainable=False))
    assert not any(one.is_compatible_with(variable) for one in others)
    assert tf.nest.flatten([made], expand_composites=True) == [made]
