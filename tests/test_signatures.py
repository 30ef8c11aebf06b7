"""Every name that we have carries TensorFlow's signature: argument names, order, kinds and defaults."""

import enum
import inspect
import json
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from signature_kit import ours, parameters

import tfcompat_tape as tf

API = json.loads((Path(__file__).parent / "data" / "tf_api.json").read_text(encoding="utf-8"))
SYMBOLS: dict[str, dict[str, Any]] = API["symbols"]
KINDS = {
    "function": callable,
    "class": inspect.isclass,
    "constant": lambda value: not inspect.ismodule(value),
}

# What inspect says of these in TensorFlow is not how they are called; each with what is compared instead.
READ_OTHERWISE = {
    # a metaclass hides Variable.__init__; these are its parameters
    "tf.Variable": (
        "(initial_value=None, trainable=None, validate_shape=True, caching_device=None, name=None, "
        "variable_def=None, dtype=None, import_scope=None, constraint=None, "
        "synchronization=<VariableSynchronization.AUTO: 0>, aggregation=<VariableAggregation.NONE: 0>, "
        "shape=None, experimental_enable_variable_lifting=True)"
    ),
    # so does the mark of what is deprecated
    "tf.nn.RNNCellDeviceWrapper": "(cell, device, **kwargs)",
    "tf.nn.RNNCellDropoutWrapper": (
        "(cell, input_keep_prob=1.0, output_keep_prob=1.0, state_keep_prob=1.0, variational_recurrent=False, "
        "input_size=None, dtype=None, seed=None, dropout_state_filter_visitor=None, **kwargs)"
    ),
    "tf.nn.RNNCellResidualWrapper": "(cell, residual_fn=None, **kwargs)",
}
# Keywords of ours, after all that TensorFlow has: code that is written for TensorFlow does not meet them.
OF_OURS = {"tf.GradientTape": ["*", "explain=None"], "tf.autodiff.GradientTape": ["*", "explain=None"]}
NOT_CONSTRUCTED = {"tf.Tensor"}  # users never call the class; the library does, in its own way


def find(symbol: str) -> Any:
    return reduce(getattr, symbol.split(".")[1:], tf)


def is_covered(symbol: str) -> bool:
    try:
        find(symbol)
    except AttributeError:
        return False
    return True


COVERED = [symbol for symbol in SYMBOLS if is_covered(symbol)]


def test_how_many_names_are_covered(record_property: Any) -> None:
    functions = sum(SYMBOLS[symbol]["kind"] == "function" for symbol in COVERED)
    print(
        f"{len(COVERED)} of {len(SYMBOLS)} public names of TensorFlow {API['tensorflow']}, {functions} functions"
    )
    record_property("covered", len(COVERED))
    assert functions >= 200


@pytest.mark.parametrize("symbol", COVERED)
def test_signature(symbol: str) -> None:
    there = SYMBOLS[symbol]
    here = find(symbol)
    assert KINDS[there["kind"]](here), f"{symbol} is a {there['kind']} in TensorFlow, here it is {here!r}"
    signature = READ_OTHERWISE.get(symbol, there["signature"])
    if signature is None or symbol in NOT_CONSTRUCTED:
        return
    if inspect.isclass(here) and issubclass(here, enum.Enum):
        return  # what an enum's class takes is Python's business and differs between its versions
    assert ours(here) == parameters(signature) + OF_OURS.get(symbol, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("()", []),
        (
            "(x, /, y: int = 3, *args, z='a,b=c', **kw) -> Dict[str, int]",
            ["x", "/", "y=3", "*args", "z='a,b=c'", "**kw"],
        ),
        ("(a: Annotated[Any, ~TV_T], b: List[int] = [1, 2]) -> Callable[[int], X]", ["a", "b=[1, 2]"]),
        ("(f=<function g at 0x7f86>, *, d=tf.float32)", ["f=<function g>", "*", "d=tf.float32"]),
    ],
)
def test_signatures_are_read_right(text: str, expected: list[str]) -> None:
    assert parameters(text) == expected
