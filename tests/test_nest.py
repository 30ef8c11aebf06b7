"""`tf.nest`. The tables hold TensorFlow 2.21's answers."""

import dataclasses
import types
from collections import (  # noqa: F401  (the tables use them)
    ChainMap,
    Counter,
    OrderedDict,
    UserDict,
    UserList,
    abc,
    defaultdict,
    deque,
    namedtuple,
)

import numpy as np
import optree
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tfcompat_tape import nest as N
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.shapes import TensorShape  # noqa: F401  (the tables use it)
from tfcompat_tape.core.variable import Variable

P = namedtuple("P", "a b")
Q = namedtuple("P", "a b")  # another class of the same name and fields
R = namedtuple("R", "a b")
P3 = namedtuple("P", "a b c")


class SubP(P):
    pass


class L(list):
    pass


class T(tuple):
    pass


class D(dict):
    pass


class Map(abc.Mapping):
    def __init__(self, items):
        self.items_ = dict(items)

    def __getitem__(self, key):
        return self.items_[key]

    def __iter__(self):
        return iter(self.items_)

    def __len__(self):
        return len(self.items_)

    def __repr__(self):
        return f"Map({self.items_})"


class Seq(abc.Sequence):
    def __init__(self, items):
        self.items = items

    def __getitem__(self, index):
        return self.items[index]

    def __len__(self):
        return len(self.items)

    def __repr__(self):
        return f"Seq({self.items})"


@dataclasses.dataclass
class Plain:
    x: int
    y: int


@dataclasses.dataclass
class Custom:
    """A dataclass that says how it is taken apart: x is a child, y is not."""

    x: int
    y: int

    def __tf_flatten__(self):
        return (self.y,), (self.x,)

    @classmethod
    def __tf_unflatten__(cls, metadata, components):
        return cls(*components, *metadata)


class Attrs:
    """As attrs makes a class: with a tuple of fields."""

    __attrs_attrs__ = (types.SimpleNamespace(name="y"), types.SimpleNamespace(name="x"))

    def __init__(self, y, x):
        self.y = y
        self.x = x

    def __repr__(self):
        return f"Attrs({self.y}, {self.x})"


class SubAttrs(Attrs):
    pass


array = np.array([1, 2])
tensor = convert(torch.tensor([1, 2]))
variable = Variable(1.0)
slices = IndexedSlices(convert(torch.tensor([[1.0]])), convert(torch.tensor([0])))
shaped = IndexedSlices(slices.values, slices.indices, convert(torch.tensor([3, 1])))
proxy = types.MappingProxyType({"b": 1, "a": 2})


def add(x, y):
    return x + y


# An expression, and the repr of what it gives in TensorFlow.
ANSWERS = """
N.flatten(1)                                       => [1]
N.flatten(None)                                    => [None]
N.flatten('abc')                                   => ['abc']
N.flatten(b'abc')                                  => [b'abc']
N.flatten([[], {}, ()])                            => []
N.flatten([1, [2, (3, None)]])                     => [1, 2, 3, None]
N.flatten({'b': 1, 'a': 2})                        => [2, 1]
N.flatten(OrderedDict([('b', 1), ('a', 2)]))       => [2, 1]
N.flatten({(1, 2): 1, (0, 1): 2})                  => [2, 1]
N.flatten({None: 1})                               => [1]
N.flatten(P(1, [2, 3]))                            => [1, 2, 3]
N.flatten(SubP(1, 2))                              => [1, 2]
N.flatten(array) == [array]                        => True
N.flatten(range(3))                                => [0, 1, 2]
N.flatten({1, 2})                                  => [{1, 2}]
N.flatten(deque([1, 2]))                           => [1, 2]
N.flatten({'b': 1, 'a': 2}.keys())                 => ['b', 'a']
N.flatten({'b': 1, 'a': 2}.values())               => [1, 2]
N.flatten({'b': 1, 'a': 2}.items())                => ['b', 1, 'a', 2]
N.flatten(UserDict(b=1, a=2))                      => [2, 1]
N.flatten(UserList([1, 2]))                        => [1, 2]
N.flatten(D(b=1, a=2))                             => [2, 1]
N.flatten(Map({'b': 1, 'a': 2}))                   => [2, 1]
N.flatten(Seq([1, 2]))                             => [1, 2]
N.flatten(proxy)                                   => [2, 1]
N.flatten(defaultdict(int, {'b': 1, 'a': 2}))      => [2, 1]
N.flatten(ChainMap({'b': 1}, {'a': 2}))            => [2, 1]
N.flatten(L([1, 2]))                               => [1, 2]
N.flatten(T([1, 2]))                               => [1, 2]
N.flatten(Plain(1, 2))                             => [Plain(x=1, y=2)]
N.flatten([Custom(1, [2, 3])])                     => [1]
N.flatten(Attrs(1, [2]))                           => [1, 2]
N.flatten(bytearray(b'ab'))                        => [97, 98]
N.flatten(TensorShape([1, 2]))                     => [TensorShape([1, 2])]
N.flatten(slice(1, 2))                             => [slice(1, 2, None)]
N.flatten(list)                                    => [<class 'list'>]
N.flatten([tensor, variable]) == [tensor, variable]          => True
N.flatten(variable, expand_composites=True)[0] is variable   => True
N.flatten(slices)[0] is slices                     => True
len(N.flatten([slices, 1], True))                  => 3
len(N.flatten([shaped, 1], expand_composites=True)) => 4
N.is_nested(1)                                     => False
N.is_nested('a')                                   => False
N.is_nested(None)                                  => False
N.is_nested({1})                                   => False
N.is_nested(dict)                                  => False
N.is_nested(iter([1]))                             => False
N.is_nested(array)                                 => False
N.is_nested(tensor)                                => False
N.is_nested(variable)                              => False
N.is_nested(slices)                                => False
N.is_nested(TensorShape([1]))                      => False
N.is_nested(Plain(1, 2))                           => False
N.is_nested([])                                    => True
N.is_nested(())                                    => True
N.is_nested({})                                    => True
N.is_nested(P(1, 2))                               => True
N.is_nested(range(2))                              => True
N.is_nested(deque([1]))                            => True
N.is_nested({}.items())                            => True
N.is_nested(Map({}))                               => True
N.is_nested(Seq([]))                               => True
N.is_nested(Custom(1, 2))                          => True
N.is_nested(Attrs(1, 2))                           => True
N.is_nested(memoryview(b'a'))                      => True
N.pack_sequence_as(1, [2])                         => 2
N.pack_sequence_as(1, (9,))                        => 9
N.pack_sequence_as(1, {0: 9})                      => 9
N.pack_sequence_as(1, [[2, 3]])                    => [2, 3]
N.pack_sequence_as('abc', ['x'])                   => 'x'
N.pack_sequence_as([1, 2], (3, 4))                 => [3, 4]
N.pack_sequence_as([1, 2], P(3, 4))                => [3, 4]
N.pack_sequence_as([1, 2], range(2))               => [0, 1]
N.pack_sequence_as([1, 2], deque([3, 4]))          => [3, 4]
N.pack_sequence_as([], {})                         => []
N.pack_sequence_as([[], 1], [3])                   => [[], 3]
N.pack_sequence_as([[1], [[2]]], [1, 2])           => [[1], [[2]]]
N.pack_sequence_as({'b': 1, 'a': [2, 3]}, [10, 20, 30])      => {'b': 30, 'a': [10, 20]}
N.pack_sequence_as(OrderedDict([('b', 1), ('a', 2)]), [1, 2]) == OrderedDict([('b', 2), ('a', 1)]) => True
N.pack_sequence_as(P(1, (2, 3)), [1, 2, 3])        => P(a=1, b=(2, 3))
N.pack_sequence_as(SubP(1, 2), [3, 4])             => SubP(a=3, b=4)
type(N.pack_sequence_as(L([1, 2]), [3, 4])).__name__         => 'L'
type(N.pack_sequence_as(T([1, 2]), [3, 4])).__name__         => 'T'
type(N.pack_sequence_as(D(a=1), [3])).__name__     => 'D'
N.pack_sequence_as(defaultdict(int, {'b': 1, 'a': 2}), [3, 4]) => defaultdict(<class 'int'>, {'b': 4, 'a': 3})
N.pack_sequence_as(Counter('aab'), [3, 4])         => Counter({'b': 4, 'a': 3})
N.pack_sequence_as(UserDict(b=1, a=2), [3, 4])     => {'b': 4, 'a': 3}
N.pack_sequence_as(UserList([1, 2]), [3, 4])       => [3, 4]
N.pack_sequence_as(Seq([1, 2]), [3, 4])            => Seq([3, 4])
N.pack_sequence_as(Map({'b': 1, 'a': 2}), [3, 4])  => Map({'b': 4, 'a': 3})
N.pack_sequence_as(ChainMap({'b': 1}, {'a': 2}), [3, 4]).maps  => [{'a': 3, 'b': 4}]
N.pack_sequence_as(deque([1, 2]), [3, 4])          => deque([3, 4])
N.pack_sequence_as(range(2), [3, 4])               => [3, 4]
N.pack_sequence_as({'b': 1}.values(), [3])         => [3]
N.pack_sequence_as({'b': 1, 'a': 2}.items(), [3, 4, 5, 6])   => [(3, 4), (5, 6)]
N.pack_sequence_as(bytearray(b'ab'), [1, 2])       => bytearray(b'\\x01\\x02')
N.pack_sequence_as(Custom(1, 2), [9])              => Custom(x=9, y=2)
N.pack_sequence_as(Attrs(1, [2]), [5, 6])          => Attrs(5, [6])
N.pack_sequence_as(slices, [1])                    => 1
N.map_structure(lambda x: x + 1, 1)                => 2
N.map_structure(lambda x: x + 1, {'b': 1, 'a': (2,)})        => {'b': 2, 'a': (3,)}
N.map_structure(lambda x: x + 1, range(3))         => [1, 2, 3]
N.map_structure(lambda x: None, [1, None])         => [None, None]
N.map_structure(lambda x: [x, x], [1, 2])          => [[1, 1], [2, 2]]
N.map_structure(add, [1, 2], [3, 4])               => [4, 6]
N.map_structure(add, [1, 2], (3, 4), check_types=False)      => [4, 6]
N.map_structure(add, {'a': 1, 'b': 2}, {'b': 1, 'a': 5})     => {'a': 6, 'b': 3}
N.map_structure(add, {'a': 1, 'b': 2}, OrderedDict(b=1, a=5))  => {'a': 6, 'b': 3}
N.map_structure(add, {'b': 1, 'a': 2}, {'c': 5, 'd': 7}, check_types=False) => {'b': 8, 'a': 7}
N.map_structure(add, P(1, 2), Q(3, 4))             => P(a=4, b=6)
N.map_structure(add, P(1, 2), R(3, 4), check_types=False)    => P(a=4, b=6)
N.map_structure(add, L([1]), [2])                  => [3]
N.map_structure(add, D(a=1), {'a': 2})             => {'a': 3}
N.map_structure(add, Custom(1, 2), Custom(3, 4))   => Custom(x=4, y=2)
N.map_structure(lambda x: type(x).__name__, [slices])        => ['IndexedSlices']
N.assert_same_structure([1], [2])                  => None
N.assert_same_structure(1, 'a')                    => None
N.assert_same_structure([1], (2,), check_types=False)        => None
N.assert_same_structure([1, (2,)], [1, [2]], check_types=False) => None
N.assert_same_structure({'a': 1}, {'b': 1}, check_types=False) => None
N.assert_same_structure({'a': 1, 'b': 2}, [1, 2], check_types=False) => None
N.assert_same_structure({'b': [1], 'a': 2}, {'a': 2, 'b': [1]})  => None
N.assert_same_structure({'a': 1}, OrderedDict(a=1))          => None
N.assert_same_structure({1: 2}, {1.0: 2})          => None
N.assert_same_structure(Map({'a': 1}), {'a': 1})   => None
N.assert_same_structure(P(1, 2), Q(1, 2))          => None
N.assert_same_structure(P(1, 2), (1, 2), check_types=False)  => None
N.assert_same_structure([L([1])], [[1]])           => None
N.assert_same_structure([tensor], [1])             => None
N.assert_same_structure({1: 2}.keys(), {2: 3}.keys())        => None
N.assert_same_structure(Custom(1, 2), Custom(2, 3))          => None
N.assert_same_structure(slices, 1)                 => None
N.assert_same_structure(slices, shaped)            => None
N.assert_same_structure(slices, slices, expand_composites=True) => None
"""

ERRORS = """
N.flatten({1: 1, 'a': 2})                          => TypeError: nest only supports dicts with sortable keys.
N.pack_sequence_as({1: 2, 'a': 3}, [1, 2])         => TypeError: nest only supports dicts with sortable keys.
N.pack_sequence_as(proxy, [3, 4])                  => TypeError: Error creating an object of type <class 'mappingproxy'>
N.pack_sequence_as(1, 2)                           => TypeError: Attempted to pack value:
N.pack_sequence_as(1, 'a')                         => TypeError: Attempted to pack value:
N.pack_sequence_as([1, 2], 'ab')                   => TypeError: found incompatible type `<class 'str'>` instead.
N.pack_sequence_as([1, 2], array)                  => TypeError: found incompatible type `<class 'numpy.ndarray'>`
N.pack_sequence_as([1, 2], tensor)                 => TypeError: Attempted to pack value:
N.pack_sequence_as([1, 2], {3, 4})                 => TypeError: found incompatible type `<class 'set'>` instead.
N.pack_sequence_as([1, 2], {'a': 1, 'b': 2})       => KeyError: 0
N.pack_sequence_as(1, [])                          => ValueError: The target structure is of type `<class 'int'>`
N.pack_sequence_as(1, [2, 3])                      => ValueError: However the input is a sequence (<class 'list'>) of length 2.
N.pack_sequence_as([1, 2], [3])                    => ValueError: Could not pack sequence. Structure had 2 atoms, but flat_sequence had 1 items.  Structure: [1, 2], flat_sequence: [3].
N.pack_sequence_as([[1, 2], 3], [3, 4, 5, 6])      => ValueError: Structure had 3 atoms, but flat_sequence had 4 items.
N.pack_sequence_as([], [1])                        => ValueError: Structure had 0 atoms, but flat_sequence had 1 items.
N.map_structure(add)                               => ValueError: Must provide at least one structure
N.map_structure(5)                                 => TypeError: func must be callable, got: 5
N.map_structure(add, 1, foo=2)                     => ValueError: Only valid keyword arguments are `check_types` and `expand_composites`, not: `foo`
N.map_structure(add, [1])                          => TypeError: add() missing 1 required positional argument: 'y'
N.map_structure(lambda x: 1 / x, [0])              => ZeroDivisionError: division by zero
N.map_structure(add, [1, 2], (3, 4))               => TypeError: The two namedtuples don't have the same sequence type. First structure type=list str=[1, 2] has type list, while second structure type=tuple str=(3, 4) has type tuple
N.map_structure(add, [1, 2], [3])                  => ValueError: The two structures don't have the same number of elements. First structure: type=list str=[1, 2]. Second structure: type=list str=[3]
N.map_structure(add, {'a': 1}, {'a': 1, 'b': 2})   => ValueError: First structure has keys type=list str=['a'], while second structure has keys type=list str=['a', 'b']
N.map_structure(add, P(1, 2), R(3, 4))             => TypeError: First structure type=P str=P(a=1, b=2) has type P, while second structure type=R str=R(a=3, b=4) has type R
N.map_structure(add, P(1, 2), SubP(3, 4))          => TypeError: don't have the same sequence type
N.map_structure(add, T([1]), (2,))                 => TypeError: don't have the same sequence type
N.assert_same_structure(1, [2])                    => ValueError: Substructure "type=list str=[2]" is a sequence, while substructure "type=int str=1" is not
N.assert_same_structure([1], 2)                    => ValueError: Substructure "type=list str=[1]" is a sequence, while substructure "type=int str=2" is not
N.assert_same_structure([[]], [1])                 => ValueError: Substructure "type=list str=[]" is a sequence, while substructure "type=int str=1" is not
N.assert_same_structure([1, [2, 3]], [[1, 2], 3])  => ValueError: Substructure "type=list str=[1, 2]" is a sequence, while substructure "type=int str=1" is not
N.assert_same_structure([1, (2,)], [1, 2], check_types=False) => ValueError: Substructure "type=tuple str=(2,)" is a sequence
N.assert_same_structure(None, [1])                 => ValueError: Substructure "type=list str=[1]" is a sequence, while substructure "type=NoneType str=None" is not
N.assert_same_structure('ab', ['a', 'b'])          => ValueError: while substructure "type=str str=ab" is not
N.assert_same_structure([], ())                    => TypeError: has type list, while second structure type=tuple str=() has type tuple
N.assert_same_structure([], {})                    => TypeError: don't have the same sequence type
N.assert_same_structure({'a': 1, 'b': 2}, [1, 2])  => TypeError: don't have the same sequence type
N.assert_same_structure({'a': 1}, {'b': 1})        => ValueError: The two dictionaries don't have the same set of keys.
N.assert_same_structure({'a': 1, 'b': 2}, {'c': 1}, check_types=False) => ValueError: don't have the same number of elements
N.assert_same_structure(P(1, 2), P3(1, 2, 3))      => TypeError: don't have the same sequence type
N.assert_same_structure(P(1, [2]), P(1, 2))        => ValueError: Substructure "type=list str=[2]" is a sequence
N.assert_same_structure((1, 2), P(1, 2))           => TypeError: don't have the same sequence type
N.assert_same_structure((1,), T([1]))              => TypeError: don't have the same sequence type
N.assert_same_structure(Seq([1]), [1])             => TypeError: don't have the same sequence type
N.assert_same_structure(range(2), [0, 1])          => TypeError: don't have the same sequence type
N.assert_same_structure({1: 2}.keys(), {2: 3}.values()) => TypeError: has type dict_keys, while second structure
N.assert_same_structure(deque([1]), [1])           => TypeError: don't have the same sequence type
N.assert_same_structure(Attrs(1, 2), SubAttrs(1, 2)) => TypeError: don't have the same sequence type
N.assert_same_structure(Custom(1, 2), Plain(1, 2)) => ValueError: Substructure "type=Custom str=Custom(x=1, y=2)" is a sequence
N.assert_same_structure([1], [1], foo=1)           => TypeError: unexpected keyword argument 'foo'
N.assert_same_structure(slices, 1, expand_composites=True)       => ValueError: while substructure "type=int str=1" is not
N.assert_same_structure([slices], [tensor], expand_composites=True) => ValueError: Substructure "type=IndexedSlices
N.assert_same_structure(slices, shaped, expand_composites=True)  => ValueError: Incompatible CompositeTensor TypeSpecs
N.map_structure(add, slices, shaped, expand_composites=True, check_types=False) => ValueError: Incompatible CompositeTensor TypeSpecs
"""  # noqa: E501  (a table)


def rows(table):
    return [[part.strip() for part in line.split("=>", 1)] for line in table.strip().split("\n")]


@pytest.mark.parametrize(("question", "answer"), rows(ANSWERS))
def test_answers(question, answer):
    assert repr(eval(question)) == answer


@pytest.mark.parametrize(("question", "answer"), rows(ERRORS))
def test_errors(question, answer):
    name, _, message = answer.partition(": ")
    with pytest.raises(Exception) as caught:
        eval(question)
    assert type(caught.value).__name__ == name
    assert message in str(caught.value)


def test_a_whole_message():
    with pytest.raises(ValueError) as caught:
        N.assert_same_structure([{"a": [1, 2]}, P(1, 2)], [{"a": [1, [2]]}, P(1, 2)])
    assert str(caught.value) == (
        "The two structures don't have the same nested structure.\n"
        "\n"
        "First structure: type=list str=[{'a': [1, 2]}, P(a=1, b=2)]\n"
        "\n"
        "Second structure: type=list str=[{'a': [1, [2]]}, P(a=1, b=2)]\n"
        "\n"
        'More specifically: Substructure "type=list str=[2]" is a sequence, '
        'while substructure "type=int str=2" is not\n'
        "Entire first structure:\n"
        "[{'a': [., .]}, P(a=., b=.)]\n"
        "Entire second structure:\n"
        "[{'a': [., [.]]}, P(a=., b=.)]"
    )


def test_a_structure_within_itself():
    endless = [1]
    endless.append(endless)
    with pytest.raises(RecursionError):
        N.flatten(endless)


def test_the_argument_is_left_as_it_was():
    structure = [1, [2, {"a": 3}]]
    flat = N.flatten(structure)
    flat.append(4)
    N.map_structure(lambda x: -x, structure)
    assert structure == [1, [2, {"a": 3}]]
    assert N.pack_sequence_as(structure, [1, 2, 3]) is not structure


def test_composites_are_taken_apart_and_put_together():
    values, indices, dense_shape, one = N.flatten([shaped, 1], expand_composites=True)
    assert (values, indices, dense_shape, one) == (shaped.values, shaped.indices, shaped.dense_shape, 1)
    again, two = N.pack_sequence_as([shaped, 1], ["v", "i", "s", 2], expand_composites=True)
    assert type(again) is IndexedSlices
    assert (again.values, again.indices, again.dense_shape, two) == ("v", "i", "s", 2)
    with pytest.raises(ValueError, match="Structure had 2 atoms, but flat_sequence had 3 items"):
        N.pack_sequence_as(slices, [1, 2, 3], expand_composites=True)
    named = N.map_structure(lambda x: type(x).__name__, [slices], expand_composites=True)[0]
    assert (named.values, named.indices, named.dense_shape) == ("Tensor", "Tensor", None)


# -- for any structure ----------------------------------------------------------------------------

leaves = st.none() | st.integers() | st.text(max_size=3) | st.booleans()
keys = st.text("abc", max_size=3)


def containers(children):
    few = st.lists(children, max_size=3)
    return st.one_of(
        few,
        few.map(tuple),
        few.map(deque),
        few.map(L),
        few.map(Seq),
        st.dictionaries(keys, children, max_size=3),
        st.dictionaries(keys, children, max_size=3).map(OrderedDict),
        st.dictionaries(keys, children, max_size=3).map(Map),
        st.builds(P, children, children),
        st.builds(Attrs, children, children),
    )


structures = st.recursive(leaves, containers, max_leaves=12)


@given(structures)
def test_packing_undoes_flattening(structure):
    again = N.pack_sequence_as(structure, N.flatten(structure))
    assert repr(again) == repr(structure)
    assert type(again) is type(structure)
    N.assert_same_structure(structure, again)


@given(structures)
def test_mapping_keeps_order_and_form(structure):
    flat = N.flatten(structure)
    assert not any(map(N.is_nested, flat))
    counter = iter(range(len(flat)))
    numbered = N.map_structure(lambda _: next(counter), structure)
    assert N.flatten(numbered) == list(range(len(flat)))
    assert N.flatten(N.map_structure(lambda n, leaf: (n, leaf), numbered, structure)) == [
        part for pair in enumerate(flat) for part in pair
    ]


@given(structures, structures)
def test_same_structure_is_symmetric(a, b):
    for check_types in (True, False):
        outcomes = []
        for first, second in ((a, b), (b, a)):
            try:
                outcomes.append(N.assert_same_structure(first, second, check_types))
            except (ValueError, TypeError) as error:
                outcomes.append(type(error))
        assert outcomes[0] == outcomes[1]
        if outcomes[0] is None:
            assert len(N.flatten(a)) == len(N.flatten(b))


@given(structures, st.integers(-2, 2).filter(bool))
def test_the_wrong_number_of_leaves(structure, surplus):
    flat = N.flatten(structure)
    wrong = flat[:surplus] if surplus < 0 else flat + [0] * surplus
    if len(wrong) != len(flat):
        with pytest.raises(ValueError):
            N.pack_sequence_as(structure, wrong)


@given(
    st.recursive(
        leaves,
        lambda children: (
            st.lists(children, max_size=3)
            | st.tuples(children, children)
            | st.dictionaries(keys, children, max_size=3)
            | st.builds(P, children, children)
        ),
        max_leaves=12,
    )
)
def test_lists_tuples_and_dicts_go_as_in_optree(structure):
    assert N.flatten(structure) == optree.tree_leaves(structure, none_is_leaf=True)
    assert N.map_structure(str, structure) == optree.tree_map(str, structure, none_is_leaf=True)
