"""`TensorSpec` and its base `TypeSpec`. The tables hold TensorFlow 2.21's answers."""

import copy
import pickle

import numpy as np
import pytest
import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import float32, int32
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TensorSpec as T
from tfcompat_tape.core.specs import TypeSpec
from tfcompat_tape.core.variable import Variable

ANSWERS = """
T([2, 3])                                   => TensorSpec(shape=(2, 3), dtype=tf.float32, name=None)
T(None)                                     => TensorSpec(shape=<unknown>, dtype=tf.float32, name=None)
T(3)                                        => TensorSpec(shape=(3,), dtype=tf.float32, name=None)
T([2, None], 'int32')                       => TensorSpec(shape=(2, None), dtype=tf.int32, name=None)
T([2, None], np.int32, name='x')            => TensorSpec(shape=(2, None), dtype=tf.int32, name='x')
str(T([2], name='a'))                       => "TensorSpec(shape=(2,), dtype=tf.float32, name='a')"
T([2]).shape                                => TensorShape([2])
T([2]).dtype                                => tf.float32
T([2]).name                                 => None
T.from_tensor(vector)                       => TensorSpec(shape=(2,), dtype=tf.float32, name=None)
T.from_tensor(vector, name='z')             => TensorSpec(shape=(2,), dtype=tf.float32, name='z')
T.from_spec(T([2], name='q'))               => TensorSpec(shape=(2,), dtype=tf.float32, name='q')
T.from_spec(T([2], name='q'), name='r')     => TensorSpec(shape=(2,), dtype=tf.float32, name='r')
T([2]) == T([2])                            => True
T([2]) == T([2], name='a')                  => False
T([2]) != T([3])                            => True
T([2]) == [2]                               => False
hash(T([2])) == hash(T([2]))                => True
T([2]).is_compatible_with(vector)           => True
T([2], int32).is_compatible_with(vector)    => False
T([3]).is_compatible_with(vector)           => False
T([2]).is_compatible_with([1.0, 2.0])       => False
T([2]).is_compatible_with(np.zeros(2, np.float32)) => False
T([2]).is_compatible_with(variable)         => False
T([2]).is_compatible_with(None)             => False
T([]).is_compatible_with(3.0)               => False
T([None]).is_compatible_with(T([2]))        => True
T([2]).is_compatible_with(T([None]))        => True
T([2]).is_compatible_with(T([3]))           => False
T([None]).is_subtype_of(T([2]))             => False
T([2]).is_subtype_of(T([None]))             => True
T([2]).is_subtype_of(T(None))               => True
T([2]).is_subtype_of(T([2], name='a'))      => True
T([2], name='a').is_subtype_of(T([2]))      => False
T([2]).is_subtype_of(T([2], int32))         => False
T([2]).is_subtype_of(3)                     => False
T([2]).most_specific_compatible_type(T([3]))                     => TensorSpec(shape=(None,), dtype=tf.float32, name=None)
T([2]).most_specific_compatible_type(T([2, 3]))                  => TensorSpec(shape=<unknown>, dtype=tf.float32, name=None)
T([2]).most_specific_common_supertype([])                        => TensorSpec(shape=(2,), dtype=tf.float32, name=None)
T([2]).most_specific_common_supertype([3])                       => None
T([2]).most_specific_common_supertype([T([3], int32)])           => None
T([2], name='a').most_specific_common_supertype([T([2])])        => None
T([2], name='a').most_specific_common_supertype([T([2], name='b')]) => None
T([2], name='a').most_specific_common_supertype([T([2], name='a')]) => TensorSpec(shape=(2,), dtype=tf.float32, name='a')
"""  # noqa: E501  (a table)


@pytest.mark.parametrize(
    ("question", "answer"),
    [[part.strip() for part in line.split("=>")] for line in ANSWERS.strip().split("\n")],
)
def test_answers(question, answer):
    names = {"vector": convert(torch.ones(2)), "variable": Variable([1.0, 2.0])}
    assert repr(eval(question, globals(), names)) == answer


def test_errors():
    for dtype in (None, "foo"):
        with pytest.raises(TypeError, match="to a TensorFlow DType"):
            T([2], dtype=dtype)
    for value in (Variable([1.0]), [1.0], np.array([1.0])):
        with pytest.raises(ValueError, match=r"`tensor` should be a tf\.Tensor, but got type"):
            T.from_tensor(value)
    for other in (T([2], int32), T([2], name="b"), 3):
        with pytest.raises(ValueError, match=r"^No TypeSpec is compatible with both TensorSpec"):
            T([2], name="a").most_specific_compatible_type(other)
    with pytest.raises(TypeError, match="abstract class"):
        TypeSpec()


def test_copies_are_equal():
    spec = T([2, None], int32, name="a")
    for again in (copy.deepcopy(spec), pickle.loads(pickle.dumps(spec))):
        assert again == spec
        assert hash(again) == hash(spec)


class PairSpec(TypeSpec):
    """A spec of two Tensors, as a user writes one; a pair is a Python tuple."""

    def __init__(self, first, second):
        self._parts = first, second

    value_type = tuple

    def _serialize(self):
        return self._parts

    _component_specs = property(_serialize)

    def _to_components(self, value):
        return value

    def _from_components(self, components):
        return tuple(components)


def test_a_composite_spec_goes_by_its_parts():
    spec = PairSpec(T([2]), T([None], int32))
    assert spec == PairSpec(T([2]), T([None], int32))
    assert repr(spec) == f"PairSpec({T([2])!r}, {T([None], int32)!r})"
    assert spec.is_compatible_with(PairSpec(T([None]), T([3], int32)))
    assert not spec.is_compatible_with(PairSpec(T([3]), T([3], int32)))
    assert not spec.is_compatible_with(T([2]))
    assert not spec.is_compatible_with(3)
    assert PairSpec(T([2]), T([5], int32)).is_subtype_of(spec)
    assert not spec.is_subtype_of(PairSpec(T([2]), T([5], int32)))
    wide = spec.most_specific_compatible_type(PairSpec(T([4]), T([7], int32)))
    assert wide == PairSpec(T([None]), T([None], int32))
    assert spec.most_specific_common_supertype([PairSpec(T([2], int32), T([1], int32))]) is None


def test_fields():
    spec = T(TensorShape([2]), float32)
    assert spec._serialize() == (TensorShape([2]), float32, None)
    assert spec._component_specs is spec


def test_what_subclasses_compare_beside_their_fields():
    """TensorFlow Probability's specs call two private methods of TypeSpec, by the names that Python makes of them."""
    spec = T([None, 2])
    key = spec._TypeSpec__make_cmp_key((1, {"a": [spec, "b"]}))
    assert hash(key) == hash(spec._TypeSpec__make_cmp_key((1, {"a": [T([None, 2]), "b"]})))
    assert key != spec._TypeSpec__make_cmp_key((1, {"a": [T([3, 2]), "b"]}))
    compatible = spec._TypeSpec__is_compatible
    assert compatible({"a": spec}, {"a": T([3, 2])})
    assert not compatible({"a": spec}, {"a": T([3, 3])})
