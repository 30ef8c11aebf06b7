"""Scripts about datasets, as lists of expressions; not a family of cases."""

import collections
import functools
import pathlib
import shutil
import tempfile

import numpy as np
from conformance_kit import raises, script

Pair = collections.namedtuple("Pair", "a b")


def shown(tf, x):
    """A value as one that can be recorded: elements of datasets in lists, specs as text."""
    if isinstance(x, tf.data.Dataset):
        return [shown(tf, one) for one in x]
    if isinstance(x, tf.RaggedTensor):
        return ["ragged", x.flat_values, list(x.nested_row_splits)]
    if isinstance(x, tf.SparseTensor):
        return ["sparse", x.indices, x.values, x.dense_shape]
    if isinstance(x, tf.TypeSpec):
        return repr(x)
    if isinstance(x, dict):
        return {"kind": type(x).__name__, **{key: shown(tf, one) for key, one in x.items()}}
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return [type(x).__name__, *[shown(tf, one) for one in x]]
    if isinstance(x, (list, tuple)):
        return [shown(tf, one) for one in x]
    return x


def ask(name, expressions, files=None):
    """A script that evaluates lines one after the other, each a value or what it raises.

    `D` is tf.data.Dataset, `X` tf.data.experimental, `L` lists elements as arrays, `P` is a directory with `files`,
    and what `name = expression` names is there in later lines. The global seed is 5 at each.
    """
    lines = [line.strip() for line in expressions.strip().splitlines()]

    @script(name)
    def _(tf):
        directory = tempfile.mkdtemp()
        for file, data in (files or {}).items():
            pathlib.Path(directory, file).write_bytes(data)
        known = {
            "tf": tf,
            "np": np,
            "D": tf.data.Dataset,
            "X": tf.data.experimental,
            "P": directory + "/",
            "L": lambda d: list(d.as_numpy_iterator()),
            "N": lambda d: [int(x) for x in d.as_numpy_iterator()],
            "Pair": Pair,
            "S": tf.TensorSpec,
            "collections": collections,
            "functools": functools,
            "here": lambda names: [x.decode().replace(directory, "P") for x in names],
        }
        answers = []
        try:
            for line in lines:
                tf.random.set_seed(5)
                target, named, rest = line.partition(" = ")
                if named and target.isidentifier():
                    known[target] = eval(rest, known)  # the lines stand in the case files
                else:
                    answers.append(raises(lambda line=line: shown(tf, eval(line, known))))
        finally:
            shutil.rmtree(directory)
        return answers
