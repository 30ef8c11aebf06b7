"""`TensorShape` and `Dimension`. The tables hold TensorFlow 2.21's answers."""

import copy
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tfcompat_tape.core.shapes import Dimension
from tfcompat_tape.core.shapes import TensorShape as S

# An expression of S, and the repr of what it gives in TensorFlow.
ANSWERS = """
S(None)                                      => TensorShape(None)
S([])                                        => TensorShape([])
S(3)                                         => TensorShape([3])
S((2, None))                                 => TensorShape([2, None])
S(dims=[2])                                  => TensorShape([2])
S([np.int64(3)])                             => TensorShape([3])
S(np.array([2, 3]))                          => TensorShape([2, 3])
S(np.array(3))                               => TensorShape([3])
S(S([2]))                                    => TensorShape([2])
S([Dimension(3)])                            => TensorShape([3])
S('')                                        => TensorShape([])
S(b'ab')                                     => TensorShape([97, 98])
S({2: 1})                                    => TensorShape([2])
S(range(3))                                  => TensorShape([0, 1, 2])
S(iter([1, 2]))                              => TensorShape([1, 2])
str(S(None))                                 => '<unknown>'
str(S([]))                                   => '()'
str(S([2]))                                  => '(2,)'
str(S([2, None]))                            => '(2, None)'
f"{S([2, 3])}"                               => '(2, 3)'
len(S([2, 3]))                               => 2
bool(S(None))                                => False
bool(S([]))                                  => True
list(S([2, None]))                           => [2, None]
list(reversed(S([2, 3])))                    => [3, 2]
2 in S([2, 3])                               => True
np.zeros(S([2, 3])).shape                    => (2, 3)
S([2, 3])[-1]                                => 3
S([2, 3])[np.int64(1)]                       => 3
S([2, 3])[1:]                                => TensorShape([3])
S([2, 3])[::-1]                              => TensorShape([3, 2])
S([2, 3])[-5:]                               => TensorShape([2, 3])
S(None)[0]                                   => None
S(None)[1:]                                  => TensorShape(None)
S(None)[1:3]                                 => TensorShape([None, None])
S(None)[:3]                                  => TensorShape([None, None, None])
S(None)[:-1]                                 => TensorShape(None)
S(None)[-1:2]                                => TensorShape(None)
S(None)[3:1]                                 => TensorShape([])
S([2, 3]) == [2, 3]                          => True
S([2, 3]) == (2, 3)                          => True
S([2, None]) == [2, None]                    => True
S([2]) == 2                                  => True
S([2]) == np.array([2])                      => True
S(None) == None                              => True
S(None) == S(None)                           => True
S([]) == None                                => False
S([2]) == 'a'                                => False
S([2]) == [2.0]                              => False
S([2]) != object()                           => True
S([2]) != [2]                                => False
hash(S([2, 3])) == hash((2, 3))              => True
hash(S(None)) == hash(None)                  => True
S([2]) + [3]                                 => TensorShape([2, 3])
[2] + S([3])                                 => TensorShape([2, 3])
(2,) + S([3])                                => TensorShape([2, 3])
S([2]) + 3                                   => TensorShape([2, 3])
S([2]) + None                                => TensorShape(None)
S(None) + [2]                                => TensorShape(None)
S([2, 3]).rank                               => 2
S(None).ndims                                => None
S([2, None]).dims                            => [Dimension(2), Dimension(None)]
S(None).dims                                 => None
S([2, 3]).as_list()                          => [2, 3]
S([2, 3]).num_elements()                     => 6
S([]).num_elements()                         => 1
S([0, 3]).num_elements()                     => 0
S([2, None]).num_elements()                  => None
S(None).num_elements()                       => None
S([2, 3]).is_compatible_with([2, None])      => True
S([2, 3]).is_compatible_with([2, 4])         => False
S([2, 3]).is_compatible_with([2])            => False
S([2, 3]).is_compatible_with(None)           => True
S([None, 3]).merge_with([2, None])           => TensorShape([2, 3])
S([2, 3]).merge_with(None)                   => TensorShape([2, 3])
S(None).merge_with([2])                      => TensorShape([2])
S([3]).concatenate(4)                        => TensorShape([3, 4])
S([3]).concatenate(None)                     => TensorShape(None)
S(None).with_rank(2)                         => TensorShape([None, None])
S([2, 3]).with_rank(2)                       => TensorShape([2, 3])
S([2]).with_rank(None)                       => TensorShape([2])
S(None).with_rank_at_least(3)                => TensorShape(None)
S([2, 3]).with_rank_at_least(1)              => TensorShape([2, 3])
S([2, 3]).with_rank_at_most(3)               => TensorShape([2, 3])
S(None).assert_has_rank(2)                   => None
S([2, 3]).assert_has_rank(2)                 => None
S([2, 3]).assert_same_rank([2, None])        => None
S(None).assert_same_rank([2])                => None
S([2, 3]).assert_is_compatible_with([2, None]) => None
S([2, 3]).assert_is_fully_defined()          => None
S([2, 3]).is_fully_defined()                 => True
S([2, None]).is_fully_defined()              => False
S(None).is_fully_defined()                   => False
S([2, 3]).most_specific_compatible_shape([2, 4])      => TensorShape([2, None])
S([2, 3]).most_specific_compatible_shape([2, 3, 4])   => TensorShape(None)
S([2, 3]).most_specific_common_supertype([S([2, 4]), S([3, 4])]) => TensorShape([None, None])
S([2, 3]).most_specific_common_supertype([])          => TensorShape([2, 3])
S([2, None]).is_subtype_of(S([None, None]))  => True
S([2, None]).is_subtype_of(S([2, 3]))        => False
S([2, None]).is_subtype_of(S(None))          => True
S(None).is_subtype_of(S([2]))                => False
S([2, 3]).is_subtype_of([2, 3])              => False
"""

ERRORS = [
    ("S()", TypeError, "missing 1 required"),
    (
        "S('abc')",
        TypeError,
        "Failed to convert ''abc'' to a shape: ''a''could not be converted to a dimension.",
    ),
    (
        "S(['a'])",
        TypeError,
        "Dimension value must be integer or None or have an __index__ method, got value ''a''",
    ),
    ("S([2.0])", TypeError, "got value '2.0' with type '<class 'float'>'"),
    ("S(3.0)", TypeError, "Dimension value must be integer or None"),
    ("S([[2]])", TypeError, "got value '[2]'"),
    ("S(object())", TypeError, "Dimension value must be integer or None"),
    ("S(np.array([2.0]))", TypeError, "Failed to convert"),
    ("S([-1])", ValueError, "Dimension -1 must be >= 0"),
    ("S(-1)", ValueError, "Dimension -1 must be >= 0"),
    ("S([2]) == [-1]", ValueError, "Dimension -1 must be >= 0"),
    ("S([2]) + 'a'", TypeError, "Failed to convert"),
    ("S([2]) * 2", TypeError, "unsupported operand"),
    ("S([2]) > S([1])", TypeError, "'>' not supported"),
    ("len(S(None))", ValueError, "Cannot take the length of shape with unknown rank."),
    ("iter(S(None))", ValueError, "Cannot iterate over a shape with unknown rank."),
    ("S(None).as_list()", ValueError, "as_list() is not defined on an unknown TensorShape."),
    ("S([2, 3])[5]", IndexError, "tuple index out of range"),
    ("S([2, 3])['a']", TypeError, "tuple indices must be integers or slices, not str"),
    ("S([2, 3])[1.0]", TypeError, "tuple indices must be integers or slices, not float"),
    ("S([2, 3])[None]", TypeError, "tuple indices must be integers or slices, not NoneType"),
    ("S(None)[::2]", ValueError, "Steps are not yet handled"),
    ("S([2, 3]).is_compatible_with('a')", TypeError, "Failed to convert"),
    ("S([2, 3]).merge_with([2, 4])", ValueError, "Shapes (2, 3) and (2, 4) are not compatible"),
    ("S([2, 3]).merge_with([2])", ValueError, "Shapes (2, 3) and (2,) are not compatible"),
    ("S([2, 3]).with_rank(3)", ValueError, "Shape (2, 3) must have rank 3"),
    ("S([2, 3]).with_rank_at_least(3)", ValueError, "Shape (2, 3) must have rank at least 3"),
    ("S([2, 3]).with_rank_at_most(1)", ValueError, "Shape (2, 3) must have rank at most 1"),
    ("S([2, 3]).assert_has_rank(3)", ValueError, "Shape (2, 3) must have rank 3"),
    ("S([2, 3]).assert_same_rank([2])", ValueError, "Shapes (2, 3) and (2,) must have the same rank"),
    (
        "S([2, 3]).assert_is_compatible_with([2, 4])",
        ValueError,
        "Shapes (2, 3) and [2, 4] are incompatible",
    ),
    ("S([2, None]).assert_is_fully_defined()", ValueError, "Shape (2, None) is not fully defined"),
    ("S(None).assert_is_fully_defined()", ValueError, "Shape <unknown> is not fully defined"),
]


@pytest.mark.parametrize(
    ("question", "answer"),
    [[part.strip() for part in line.split("=>")] for line in ANSWERS.strip().split("\n")],
)
def test_answers(question, answer):
    assert repr(eval(question)) == answer


@pytest.mark.parametrize(("question", "error", "message"), ERRORS)
def test_errors(question, error, message):
    with pytest.raises(error) as caught:
        eval(question)
    assert message in str(caught.value)


def test_dimension():
    assert [type(size) for size in S([2, 3])] == [int, int]
    assert [type(size) for size in S(np.array([2, 3]))] == [int, int]
    two, unknown = S([2, None]).dims
    assert (two.value, int(two), two == 2, two == Dimension(2), two != 3) == (2, 2, True, True, True)
    assert (two < 3, two <= 2, two > 2, two >= 3) == (True, True, False, False)
    assert [repr(found) for found in (two + 1, 1 + two, two * 2, two - 1, two // 2)] == [
        "Dimension(3)", "Dimension(3)", "Dimension(4)", "Dimension(1)", "Dimension(1)",
    ]  # fmt: skip
    assert (unknown == 3, unknown < 3, (unknown + 1).value) == (None, None, None)
    assert (str(two), str(unknown), [10, 20, 30][two]) == ("2", "?", 30)
    assert two != "two"
    with pytest.raises(TypeError):
        int(unknown)


def test_of_torch():
    shape = S(torch.zeros(2, 0, 3).shape)
    assert shape == [2, 0, 3]
    assert (repr(shape), str(shape), hash(shape)) == ("TensorShape([2, 0, 3])", "(2, 0, 3)", hash((2, 0, 3)))
    assert (repr(shape[1:]), shape[1]) == ("TensorShape([0, 3])", 0)
    assert torch.zeros(tuple(S([2, 3]))).shape == S([2, 3])
    assert S(torch.tensor([2, 3])) == [2, 3]
    assert repr(pickle.loads(pickle.dumps(shape))) == repr(shape)


# -- the algebra of shapes ------------------------------------------------------------------------

sizes = st.none() | st.integers(0, 4)
shapes = st.none() | st.lists(sizes, max_size=3)
fully_known = st.lists(st.integers(0, 4), max_size=3)


def allows(shape, known):
    """Whether a shape allows a fully known one, from the definition."""
    return shape is None or (
        len(shape) == len(known) and all(a in (None, b) for a, b in zip(shape, known, strict=True))
    )


@given(shapes)
def test_round_trips(dims):
    shape = S(dims)
    for again in (
        S(shape),
        copy.deepcopy(shape),
        pickle.loads(pickle.dumps(shape)),
        eval(repr(shape), {"TensorShape": S}),
    ):
        assert again == shape
        assert hash(again) == hash(shape)
    assert shape == dims
    if dims is not None:
        assert shape.as_list() == list(shape) == dims


@given(shapes, shapes)
def test_compatible_iff_it_merges(a, b):
    compatible = S(a).is_compatible_with(b)
    assert compatible == S(b).is_compatible_with(a)
    if compatible:
        merged = S(a).merge_with(b)
        assert merged == S(b).merge_with(a)
        assert merged.is_subtype_of(S(a))
        assert merged.is_subtype_of(S(b))
    else:
        with pytest.raises(ValueError, match="are not compatible"):
            S(a).merge_with(b)


@given(shapes, shapes, fully_known)
def test_merging_keeps_what_both_allow(a, b, known):
    both = allows(a, known) and allows(b, known)
    assert S(a).is_compatible_with(known) == allows(a, known)
    if S(a).is_compatible_with(b):
        assert S(a).merge_with(b).is_compatible_with(known) == both
    else:
        assert not both


@given(shapes, shapes, fully_known)
def test_widening_keeps_what_either_allows(a, b, known):
    wide = S(a).most_specific_compatible_shape(b)
    assert S(a).is_subtype_of(wide)
    assert S(b).is_subtype_of(wide)
    if allows(a, known) or allows(b, known):
        assert wide.is_compatible_with(known)


@given(shapes, shapes, shapes)
def test_concatenation_is_associative(a, b, c):
    assert (S(a) + b) + c == S(a) + (S(b) + c)
    if a is not None and b is not None:
        assert (S(a) + b).as_list() == a + b
        assert (S(a) + b)[len(a) :] == b


@given(st.lists(sizes, max_size=4), st.integers(-5, 5), st.integers(-5, 5))
def test_slices_are_those_of_lists(dims, start, stop):
    assert S(dims)[start:stop] == dims[start:stop]


@given(fully_known)
def test_number_of_elements(dims):
    assert S(dims).num_elements() == np.zeros(dims).size
