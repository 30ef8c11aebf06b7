"""Functions that others take over: in place, and as they were for everyone else."""

import inspect
import subprocess
import sys

import pytest

from tfcompat_tape.core.overloads import overloads, written


def _made(factor, offset):
    def scaled(x: int, y: int = 1, *, z: int = 2) -> int:
        """Scaled."""
        return factor * x + offset * y + z

    return scaled


def test_a_function_stays_the_object_that_it_is():
    function = _made(10, 100)
    before = inspect.signature(function)
    found = overloads(function)
    assert overloads(function) is found
    assert (function(1), function(1, 2), function(1, z=5), function(y=0, x=1)) == (112, 212, 115, 12)
    assert inspect.signature(function) == before
    assert (function.__name__, function.__doc__) == ("scaled", "Scaled.")
    assert written(function) is found.function is not function
    with pytest.raises(TypeError, match="scaled"):
        function()


def test_what_is_asked_before():
    function = _made(1, 1)
    overloads(function).before.append(lambda args, kwargs: "text" if args == ("a",) else NotImplemented)
    assert (function("a"), function(1)) == ("text", 4)


def test_what_answers_where_the_function_fails():
    function = _made(1, 1)
    overloads(function).kinds.append((lambda values: None in values, lambda x, **_: ("none", x)))
    assert (function(None), function(1), function(x=None)) == (("none", None), 4, ("none", None))
    with pytest.raises(TypeError, match="unsupported operand"):
        function({})


def test_exceptions_of_overloads_stand_alone():
    function = _made(1, 1)

    def fails(x):
        raise ValueError("mine")

    overloads(function).kinds.append((lambda values: None in values, fails))
    with pytest.raises(ValueError, match="mine") as caught:
        function(None)
    assert caught.value.__context__ is None


def test_only_functions():
    with pytest.raises(TypeError, match="is not a function"):
        overloads(len)


def test_programs_without_ragged_tensors_keep_their_functions():
    program = """
import tfcompat_tape as tf
from tfcompat_tape import exp, concat
from tfcompat_tape.core.overloads import written
reduce_sum = tf.reduce_sum
assert not isinstance(exp(0.0), tf.RaggedTensor)
assert all(written(f) is f for f in (exp, concat, reduce_sum))
x = tf.ragged.constant([[1.0, 2.0], [3.0]])
assert written(exp) is not exp and exp is tf.exp
print(exp(x * 0.0), concat([x, x], 1).shape, reduce_sum(x, 1).numpy())
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout == "<tf.RaggedTensor [[1.0, 1.0], [1.0]]> (2, None) [3. 3.]\n"


def test_frames_of_overloaded_functions_can_be_looked_at():
    seen = []

    def look(args, kwargs):
        frame = sys._getframe()
        while frame is not None:
            seen.append(dict(frame.f_locals))
            frame = frame.f_back
        return NotImplemented

    function = _made(10, 100)
    overloads(function).before.append(look)
    assert function(3) == 132
    assert any((frame.get("factor"), frame.get("offset")) == (10, 100) for frame in seen)
