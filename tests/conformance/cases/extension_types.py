"""`tf.experimental.ExtensionType`: annotations, values, classes, specs, control flow."""

import copy
import itertools
import typing

import numpy as np
from cases._extension_types import _pair, _tree
from conformance_kit import raises, script

_count = itertools.count()


def _masked(tf):
    class Masked(tf.experimental.ExtensionType):
        values: tf.Tensor
        mask: tf.Tensor
        name: str = "m"

        def __validate__(self):
            self.values.shape.assert_is_compatible_with(self.mask.shape)

        def filled(self, default):
            return tf.where(self.mask, self.values, default)

    return Masked


def _of(tf, **annotations):
    return type("K", (tf.experimental.ExtensionType,), {"__annotations__": annotations})


@script("ExtensionType: a value")
def _(tf):
    masked = _masked(tf)
    one = masked([1.0, 2.0], [True, False])
    return {
        "repr": repr(one),
        "text": f"{one}",
        "fields": [one.values, one.mask, one.name],
        "method": one.filled(0.0),
        "by keyword": repr(masked(mask=[True], values=tf.Variable([3]), name="z")),
        "types": [type(one).__name__, isinstance(one, tf.experimental.ExtensionType)],
        "as_dict": sorted(tf.experimental.extension_type.as_dict(one)),
        "invalid": raises(lambda: masked([1.0], [True, False])),
        "set": raises(lambda: setattr(one, "values", 3)),
        "set other": raises(lambda: setattr(one, "other", 3)),
        "delete": raises(lambda: delattr(one, "values")),
        "missing": raises(lambda: masked([1.0])),
        "too many": raises(lambda: masked([1.0], [True], "n", 4)),
        "unknown": raises(lambda: masked([1.0], [True], z=4)),
        "twice": raises(lambda: masked([1.0], [True], values=4)),
        "None": raises(lambda: masked(None, [True])),
        "ragged list": raises(lambda: masked([[1], [1, 2]], [True])),
        "hash": raises(lambda: hash(one)),
        "convert": raises(lambda: tf.convert_to_tensor(one)),
        "add": raises(lambda: one + 1),
        "function of tensors": raises(lambda: tf.abs(one)),
        "is_tensor": tf.is_tensor(one),
        "identity": repr(tf.identity(one)),
        "copies": [repr(copy.copy(one)), repr(copy.deepcopy(one))],
        "abstract": raises(lambda: tf.experimental.ExtensionType()),
        "abstract spec": raises(lambda: tf.experimental.ExtensionTypeSpec()),
        "as_dict of a number": raises(lambda: tf.experimental.extension_type.as_dict(3)),
    }


@script("ExtensionType: equality")
def _(tf):
    pair = _pair(tf)

    class Deep(tf.experimental.ExtensionType):
        p: pair
        m: typing.Mapping[str, tf.Tensor]
        r: typing.Optional[tf.RaggedTensor] = None  # noqa: UP045

    def deep(x, m, r=None):
        return Deep(pair(x), {"a": m}, r if r is None else tf.ragged.constant(r))

    one = pair([1.0, 2.0])
    return {
        "same": [one == pair([1.0, 2.0]), one != pair([1.0, 2.0])],
        "values": [one == pair([1.0, 3.0]), one != pair([1.0, 3.0])],
        "shape": [one == pair(1.0), one != pair(1.0)],
        "dtype": one == pair([1, 2]),
        "static field": [one == pair([1.0, 2.0], 4), one != pair([1.0, 2.0], 4)],
        "other": [one == 3, one != 3, one == None, one in [3, one]],  # noqa: E711
        "NaN": pair(np.nan) == pair(np.nan),
        "deep": [deep(1.0, 2.0) == deep(1.0, 2.0), deep(1.0, 2.0) == deep(1.0, 3.0)],
        "ragged": [
            deep(1.0, 2.0, [[1.0], [2.0, 3.0]]) == deep(1.0, 2.0, [[1.0], [2.0, 3.0]]),
            deep(1.0, 2.0, [[1.0], [2.0, 3.0]]) == deep(1.0, 2.0, [[1.0], [2.0, 4.0]]),
            deep(1.0, 2.0, [[1.0], [2.0, 3.0]]) == deep(1.0, 2.0),
        ],
    }


_PLAIN = {
    "int": (int, [1, True, 1.5, "a", None, np.int32(1)]),
    "float": (float, [1.5, 1, True, np.float32(1)]),
    "bool": (bool, [True, 1]),
    "str": (str, ["a", b"a"]),
    "bytes": (bytes, [b"a", "a"]),
    "None": (None, [None, 1]),
    "NoneType": (type(None), [None]),
    "tuple of any length": (typing.Tuple[int, ...], [(1, 2), [1, 2], (), (1, 2.5), 3]),  # noqa: UP006
    "tuple of str": (typing.Tuple[str, ...], [("a",), "ab"]),  # noqa: UP006
    "tuple": (typing.Tuple[int, float], [(1, 2.0), (1,), (1, 2), [1, 2.0]]),  # noqa: UP006
    "builtin tuple": (tuple[int, ...], [(1,)]),
    "empty tuple": (typing.Tuple[()], [(), (1,)]),  # noqa: UP006
    "mapping": (typing.Mapping[str, int], [{"b": 1, "a": 2}, {}, {1: 1}, {"a": 1.5}, 3]),
    "deep mapping": (typing.Mapping[str, typing.Tuple[int, ...]], [{"a": (1,)}]),  # noqa: UP006
    "optional": (typing.Optional[int], [3, None, "a"]),  # noqa: UP045
    "union": (typing.Union[int, str], [3, "a", 2.5]),  # noqa: UP007
    "list": (typing.List[int], [[1]]),  # noqa: UP006
    "dict": (typing.Dict[str, int], [{"a": 1}]),  # noqa: UP006
    "sequence": (typing.Sequence[int], [[1]]),
    "bare tuple": (tuple, [(1,)]),
    "bare Tuple": (typing.Tuple, [(1,)]),  # noqa: UP006
    "bare dict": (dict, [{}]),
    "Any": (typing.Any, [3]),
    "object": (object, [3]),
    "callable": (typing.Callable, [len]),
    "complex": (complex, [1j]),
    "array": (np.ndarray, [np.zeros(2)]),
    "literal": (typing.Literal[3], [3]),
    "class variable": (typing.ClassVar[int], [3]),
    "text": ("int", [3, 2.5]),
    "text of no type": ("NoSuchType", [3]),
}


@script("ExtensionType: annotations of Python values")
def _(tf):
    def made(annotation, value):
        one = _of(tf, a=annotation)(value)
        return [repr(one), repr(one._type_spec)]

    return {
        f"{name}: {value!r}": raises(lambda a=annotation, v=value: made(a, v))
        for name, (annotation, values) in _PLAIN.items()
        for value in values
    }


@script("ExtensionType: annotations of Tensors and what belongs to them")
def _(tf):
    pair = _pair(tf)
    ragged = tf.ragged.constant([[1], [2, 3]])
    kinds = {
        "tensor": (tf.Tensor, [1, "a", [1.0], np.arange(2), None, ragged, pair(1.0), object()]),
        "shape": (tf.TensorShape, [[2, 3], (2, None), None, 3, "a", 2.5, tf.TensorShape([1])]),
        "dtype": (tf.DType, ["float32", tf.int32, np.int8, "no", None]),
        "spec": (tf.TypeSpec, [tf.TensorSpec([1])]),
        "one spec": (tf.TensorSpec([2]), [[1.0, 2.0]]),
        "spec class": (tf.TensorSpec, [tf.TensorSpec([2])]),
        "variable": (tf.Variable, [tf.Variable(1.0)]),
        "ragged": (tf.RaggedTensor, [ragged, [[1]], tf.constant([[1]])]),
        "sparse": (tf.SparseTensor, [tf.sparse.eye(1), 3]),
        "pair": (pair, [pair(1.0), 3]),
        "any extension type": (tf.experimental.ExtensionType, [pair(1.0), 3]),
        "tensor or text": (typing.Union[tf.Tensor, str], ["a"]),  # noqa: UP007
        "int or tensor": (typing.Union[int, tf.Tensor], [3, 2.5]),  # noqa: UP007
        "tensor or None": (typing.Optional[tf.Tensor], [None, 3]),  # noqa: UP045
        "tensors": (typing.Tuple[tf.Tensor, ...], [[1, 2.5]]),  # noqa: UP006
        "tensor and text": (typing.Tuple[tf.Tensor, str], [(1, "a"), (1, 2)]),  # noqa: UP006
        "pairs": (typing.Tuple[pair, ...], [(pair(1.0),)]),  # noqa: UP006
        "mapping": (typing.Mapping[str, tf.Tensor], [{"b": 1, "a": [2.5]}, {"a": None}]),
    }

    def made(annotation, value):
        one = _of(tf, a=annotation)(value)
        return [repr(one._type_spec), tf.nest.flatten(one, expand_composites=True)]

    return {
        f"{name} {i}": raises(lambda a=annotation, v=value: made(a, v))
        for name, (annotation, values) in kinds.items()
        for i, value in enumerate(values)
    }


@script("ExtensionType: classes")
def _(tf):
    base = tf.experimental.ExtensionType
    pair = _pair(tf)

    class Wider(pair):
        y: tf.Tensor = 2.0

    class Narrower(pair):
        x: int

    class Later(base):
        n: int = 3
        x: tf.Tensor
        m: int = 4

    class Left(base):
        a: int

    class Right(base):
        b: int

    class Both(Left, Right):
        c: int

    class Own(base):
        a: tf.Tensor
        b: tf.Tensor

        def __init__(self, v):
            self.a = v
            self.b = 2.0 * self.a

    class Mixin:
        def twice(self):
            return self.x * 2.0

    class Mixed(Mixin, base):
        x: tf.Tensor

        @property
        def half(self):
            return self.x / 2.0

        @classmethod
        def one(cls):
            return cls(1.0)

        @staticmethod
        def two():
            return 2

        @tf.function
        def plus(self, y):
            return self.x + y

    def body(**attributes):
        return type("K", (base,), {"__annotations__": {"x": tf.Tensor}, **attributes})

    def forgets(self):
        pass

    def invents(self):
        self.x, self.y = 1.0, 2.0

    def again(self):
        self.x = 1.0
        del self.x
        self.x = 2.0

    def changes(self):
        self.x = 3.0

    name = f"tests.K{next(_count)}"
    registered = body(__name__=name)
    return {
        "wider": [repr(Wider(1.0)), repr(Wider(1.0, 2, y=5)), isinstance(Wider(1.0), pair)],
        "narrower": [repr(Narrower(1)), raises(lambda: Narrower(1.0))],
        "by keyword": [repr(Later(2, x=1.0)), raises(lambda: Later(5)), raises(lambda: Later(2, 1.0))],
        "both": repr(Both(1, 2, 3)),
        "own constructor": repr(Own(3.0)),
        "own constructor, copied": repr(copy.copy(Own(3.0))),
        "mapped": repr(tf.nest.map_structure(lambda x: x + 1.0, Own(3.0), expand_composites=True)),
        "mixed": [Mixed(1.0).twice(), Mixed(1.0).half, Mixed.one().x, Mixed.two(), Mixed(1.0).plus(1.0)],
        "forgets": raises(lambda: body(__init__=forgets)()),
        "invents": raises(lambda: body(__init__=invents)()),
        "again": repr(body(__init__=again)()),
        "changes": raises(lambda: body(__validate__=changes)(1.0)),
        "no annotation": raises(lambda: body(K=5)),
        "no annotation, private": raises(lambda: body(_k=5)),
        "a module": raises(lambda: body(np=np)),
        "functions and classes": repr(body(f=len, C=dict)(1.0)),
        "bad default": raises(lambda: type("K", (base,), {"__annotations__": {"n": int}, "n": "a"})),
        "reserved": [
            raises(lambda name=name: _of(tf, **{name: int}))
            for name in ("Spec", "self", "_tf_extension_type_foo")
        ],
        "private fields": repr(_of(tf, _a=int, __b=int)(1, 2)),
        "registered": [repr(registered(1.0)), registered.__name__],
        "registered twice": raises(lambda: body(__name__=name)),
        "registered badly": raises(lambda: body(__name__="a b.K")),
        "no fields": repr(_of(tf)()),
    }


@script("ExtensionType: special methods")
def _(tf):
    class Sized(tf.experimental.ExtensionType):
        x: tf.Tensor

        def __len__(self):
            return 7

        def __getitem__(self, key):
            return self.x[key]

        def __add__(self, other):
            return Sized(self.x + other)

        def __iter__(self):
            return iter([1, 2])

        def __repr__(self):
            return "mine"

        def __eq__(self, other):
            return "equal"

    one = Sized([1.0, 2.0])
    return {
        "all": [len(one), one[1], (one + 1.0).x, list(one), repr(one), one == 3],
        "hash": raises(lambda: hash(one)),
        "nest": [tf.nest.is_nested(one), len(tf.nest.flatten([one]))],
    }


@script("ExtensionType: nested fields")
def _(tf):
    _, _, make = _tree(tf)
    one = make(tf.ragged.constant([[1.0], [2.0, 3.0]]))
    parts = tf.nest.flatten(one, expand_composites=True)
    return {
        "repr": repr(one),
        "spec": repr(one._type_spec),
        "parts": parts,
        "packed": tf.nest.pack_sequence_as(one, parts, expand_composites=True) == one,
        "too few": raises(lambda: tf.nest.pack_sequence_as(one, parts[:2], expand_composites=True)),
        "specs": [repr(spec) for spec in tf.nest.flatten(one._type_spec, expand_composites=True)],
        "mapping": [one.d["a"], len(one.d), list(one.d), isinstance(one.d, dict)],
        "set in mapping": raises(lambda: one.d.__setitem__("a", 3)),
        "set in field": raises(lambda: setattr(one.p, "x", 3)),
        "hash of spec": hash(one._type_spec) == hash(make(one.u)._type_spec),
        "other kind": one == make(),
    }


@script("ExtensionType: specs")
def _(tf):
    pair, tree, _ = _tree(tf)

    class Wider(pair):
        y: tf.Tensor

    class Own(tf.experimental.ExtensionType):
        x: tf.Tensor

        class Spec:
            def __init__(self, shape):
                self.x = tf.TensorSpec(shape)

            @property
            def rank(self):
                return self.x.shape.rank

    def spec(shape, n=3):
        return pair.Spec(tf.TensorSpec(shape), n)

    wide, narrow, other = spec([None]), spec([2]), spec([2], 4)
    fields = [narrow, {"a": tf.TensorSpec([1])}, [tf.TensorSpec([2])], tf.RaggedTensorSpec([None, None])]
    return {
        "repr": [repr(wide), repr(tf.type_spec_from_value(pair(1.0))), repr(tree.Spec(*fields, [2], "int8"))],
        "field": repr(wide.x),
        "compatible": [wide.is_compatible_with(x) for x in (narrow, other, pair([1.0]), pair(1.0), 3)],
        "not compatible": [narrow.is_compatible_with(wide), wide.is_compatible_with(Wider([1.0], y=2))],
        "subtype": [narrow.is_subtype_of(wide), wide.is_subtype_of(narrow), narrow.is_subtype_of(other)],
        "common": [repr(wide.most_specific_common_supertype([x])) for x in (narrow, other)],
        "no common": raises(lambda: wide.most_specific_compatible_type(other)),
        "equal": [wide == spec([None]), wide == narrow, hash(wide) == hash(spec([None]))],
        "class": [wide.value_type is pair, isinstance(wide, tf.experimental.ExtensionTypeSpec)],
        "set": raises(lambda: setattr(wide, "x", 3)),
        "names": [pair.Spec.__name__, pair.Spec.__qualname__],
        "no default": raises(lambda: pair.Spec(tf.TensorSpec([2]))),
        "no spec": raises(lambda: pair.Spec(3, 3)),
        "a tensor": raises(lambda: pair.Spec(tf.constant(1.0), 3)),
        "no number": raises(lambda: pair.Spec(tf.TensorSpec([2]), "a")),
        "no composite": raises(lambda: tree.Spec(3, *fields[1:], [2], "int8")),
        "no union": raises(lambda: tree.Spec(*fields[:3], 3, [2], "int8")),
        "own": [
            repr(Own([1.0])._type_spec),
            Own([1.0])._type_spec.rank,
            repr(Own.Spec([3])),
            Own.Spec([3]).rank,
        ],
        "components": [
            repr(wide._component_specs),
            wide._to_components(pair(1.0)),
            repr(wide._from_components([tf.constant(5.0)])),
        ],
        "same structure": [
            raises(lambda x=x: tf.nest.assert_same_structure(pair(1.0), x, expand_composites=True))
            for x in (pair(2.0), pair([2.0]), pair(2.0, 5), pair(2))
        ],
    }


@script("ExtensionType: tf.function and control flow")
def _(tf):
    pair = _pair(tf)

    class Wider(pair):
        pass

    @tf.function
    def double(p):
        return pair(p.x * 2.0, p.n + 1)

    @tf.function(input_signature=[pair.Spec(tf.TensorSpec([None]), 3)])
    def signed(p):
        return p.x * 2.0

    def loop(i, p):
        return i + 1, pair(p.x * 2.0)

    return {
        "function": repr(double(pair([1.0, 2.0]))),
        "signature": signed(pair([1.0, 2.0])),
        "signature, other number": signed(pair([1.0, 2.0], 4)),
        "signature, subclass": signed(Wider([1.0])),
        "signature, other shape": raises(lambda: signed(pair(1.0))),
        "signature, other dtype": raises(lambda: signed(pair([1]))),
        "signature, tensor": raises(lambda: signed(tf.constant([1.0]))),
        "cond": repr(tf.cond(tf.constant(True), lambda: pair(1.0), lambda: pair(2.0))),
        "case": repr(tf.case([(tf.constant(True), lambda: pair(1.0))])),
        "switch_case": repr(tf.switch_case(tf.constant(1), [lambda: pair(1.0), lambda: pair(2.0)])),
        "while_loop": repr(tf.while_loop(lambda i, p: i < 3, loop, [0, pair(1.0)])),
        "while_loop over one": repr(
            tf.while_loop(lambda p: p.x < 5.0, lambda p: (pair(p.x + 1.0),), [pair(1.0)])
        ),
        "map_fn": raises(lambda: tf.map_fn(lambda p: p.x, pair([1.0]), fn_output_signature=tf.float32)),
        "map_fn to pairs": raises(
            lambda: tf.map_fn(pair, tf.ones([2]), fn_output_signature=pair.Spec(tf.TensorSpec([]), 3))
        ),
        "vectorized_map": raises(lambda: tf.vectorized_map(lambda p: p.x, pair([1.0]))),
        "vectorized_map to pairs": raises(lambda: tf.vectorized_map(pair, tf.ones([2]))),
        "scan": raises(lambda: tf.scan(lambda a, p: a, pair([1.0]))),
        "stack": raises(lambda: tf.stack([pair(1.0), pair(2.0)])),
        "py_function": tf.py_function(lambda p: p.x * 2.0, [pair(3.0)], tf.float32),
    }
