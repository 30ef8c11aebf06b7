"""Private modules of TensorFlow, for code that imports them all the same.

facts/tf_private.json says which of their names are public elsewhere: `tensorflow.python.ops.math_ops.argmax_v2` is
`tf.math.argmax`. What is public nowhere and stands here all the same is in `internals/`, a file for each module.
`tensorflow.python.ops.gen_nn_ops` and its like have the raw ops, called by position.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from tfcompat_tape.coverage.names import missing_private
from tfcompat_tape.ops.raw import calls as raw_calls

ROOT = "tensorflow.python"
PACKAGE = __package__.partition(".")[0]
# Private modules, and the module of `internals`, or of this package, that has what is public nowhere.
INTERNALS = {
    "autograph.converters.break_statements": "nothing",
    "autograph.converters.continue_statements": "nothing",
    "autograph.converters.return_statements": "nothing",
    "autograph.core.converter": "nothing",
    "autograph.pyct.anno": "nothing",
    "autograph.pyct.common_transformers.anf": "nothing",
    "autograph.pyct.inspect_utils": "nothing",
    "autograph.pyct.loader": "nothing",
    "autograph.pyct.naming": "nothing",
    "autograph.pyct.parser": "nothing",
    "autograph.pyct.qual_names": "nothing",
    "autograph.pyct.static_analysis.activity": "nothing",
    "autograph.pyct.templates": "nothing",
    "autograph.pyct.transformer": "transformer",
    "checkpoint.checkpoint": f"{PACKAGE}.checkpoint.checkpoint",
    "checkpoint.checkpoint_management": f"{PACKAGE}.checkpoint.management",
    "checkpoint.graph_view": f"{PACKAGE}.checkpoint.graph",
    "data.experimental.ops.distribute": "data_distribute",
    "data.ops.from_generator_op": "data_sources",
    "data.ops.from_sparse_tensor_slices_op": "data_sources",
    "data.ops.from_tensor_slices_op": "data_sources",
    "data.ops.from_tensors_op": "data_sources",
    "data.ops.iterator_ops": "iterators",
    "data.ops.range_op": "data_sources",
    "data.util.structure": "data_structure",
    "distribute.distribute_utils": "distribution",
    "distribute.input_lib": "distribution",
    "distribute.input_ops": "distribution",
    "eager.context": "context",
    "eager.record": "eager_record",
    "eager.tape": "nothing",
    "framework.composite_tensor": "composites",
    "framework.config": "framework_config",
    "framework.op_callbacks": "op_callbacks",
    "framework.ops": "framework_ops",
    "framework.tensor_shape": "tensor_shape",
    "framework.tensor_spec": "composites",
    "framework.tensor_util": "tensor_util",
    "framework.test_util": "test_util",
    "framework.type_spec": "composites",
    "framework.type_spec_registry": "type_spec_registry",
    "lib.io.tf_record": "tf_record",
    "ops.array_ops": "array_ops",
    "ops.control_flow_case": "control_flow_case",
    "ops.control_flow_ops": "control_flow_util",
    "ops.control_flow_util": "control_flow_util",
    "ops.gradient_checker_v2": "gradient_checker",
    "ops.linalg.linear_operator": "linear_operator",
    "ops.linalg.linear_operator_addition": "nothing",
    "ops.linalg.sparse.sparse_csr_matrix_ops": "sparse_csr_matrix_ops",
    "ops.parallel_for.control_flow_ops": "parallel_for",
    "ops.ragged.ragged_map_ops": "ragged_map_ops",
    "ops.ragged.ragged_util": "ragged_util",
    "ops.random_ops": "random_ops",
    "ops.resource_variable_ops": "resource_variables",
    "platform.tf_logging": "tf_logging",
    "pywrap_tfe": "pywrap_tfe",
    "saved_model.model_utils.mode_keys": "mode_keys",
    "saved_model.save": "nothing",
    "tf2": "tf2",
    "trackable.autotrackable": f"{PACKAGE}.trackable.autotrackable",
    "trackable.base": f"{PACKAGE}.core.trackable",
    "trackable.data_structures": f"{PACKAGE}.trackable.data_structures",
    "trackable.resource": f"{PACKAGE}.trackable.resource",
    "trackable.python_state": f"{PACKAGE}.checkpoint.python_state",
    "training.checkpoint_management": f"{PACKAGE}.checkpoint.management",
    "training.checkpoint_state_pb2": f"{PACKAGE}.checkpoint.messages",
    "training.tracking.autotrackable": f"{PACKAGE}.trackable.autotrackable",
    "training.tracking.base": f"{PACKAGE}.core.trackable",
    "training.tracking.data_structures": f"{PACKAGE}.trackable.data_structures",
    "util.all_util": "all_util",
    "util.deprecation": "deprecation",
    "util.dispatch": "dispatch",
    "util.nest": "nest",
    "util.object_identity": "object_identity",
    "util.tf_contextlib": "tf_contextlib",
    "util.tf_decorator": "tf_decorator",
    "util.tf_export": "tf_export",
    "util.tf_inspect": "tf_inspect",
    "util.variable_utils": "composites",
}
# Others, which lie elsewhere.
BEYOND = {
    "tensorflow.compiler.tf2xla.python.xla": "xla",
    "tensorflow.core.framework.attr_value_pb2": "nothing",
    "tensorflow.core.protobuf.cluster_pb2": "nothing",
    "tensorflow.core.protobuf.config_pb2": "nothing",
    "tensorflow.core.framework.summary_pb2": f"{PACKAGE}.summary.messages",
    "tensorflow.core.util.event_pb2": f"{PACKAGE}.summary.messages",
    "tensorflow.tools.docs.doc_controls": "doc_controls",
    "tensorflow.core.protobuf.tensor_bundle_pb2": f"{PACKAGE}.checkpoint.messages",
    "tensorflow.core.protobuf.trackable_object_graph_pb2": f"{PACKAGE}.checkpoint.messages",
}


class PrivateModule(ModuleType):
    """One such module; what it lacks raises the error that says so."""

    def __init__(self, fullname: str) -> None:
        super().__init__(fullname)
        self._short = fullname.removeprefix(ROOT).removeprefix(".")

    def __getattr__(self, name: str) -> Any:
        found = self._find(name)
        if found is None:
            raise missing_private(self.__name__, name)
        vars(self)[name] = found
        return found

    def _find(self, name: str) -> Any:
        own = INTERNALS.get(self._short) or BEYOND.get(self.__name__)
        if own is not None:
            internal = _internal(own)
            if name in internal.__all__:
                return getattr(internal, name)
        if self._short in _facts()["generated"] and name in _by_name():
            return _raw_op(_by_name()[name])
        path = _public(self._short).get(name)
        if path is not None:
            return _resolve(path)
        return module(f"{self.__name__}.{name}")

    def __dir__(self) -> list[str]:
        own = INTERNALS.get(self._short) or BEYOND.get(self.__name__)
        names = _internal(own).__all__ if own else []
        return sorted({*super().__dir__(), *names, *_public(self._short)})


def _internal(name: str) -> Any:
    return importlib.import_module(name if name.startswith(PACKAGE) else f"{__package__}.internals.{name}")


@cache
def module(fullname: str) -> ModuleType | None:
    """Our module for TensorFlow's private `fullname`; `None` if there is none."""
    if fullname in _beyond():
        return PrivateModule(fullname)
    short = fullname.removeprefix(ROOT).removeprefix(".")
    known = fullname == ROOT or (fullname.startswith(ROOT + ".") and short in _known())
    return PrivateModule(fullname) if known else None


@cache
def _beyond() -> frozenset[str]:
    """The modules of `BEYOND`, and the packages that they lie in."""
    return frozenset(name.rsplit(".", i)[0] for name in BEYOND for i in range(name.count(".")))


@cache
def _facts() -> dict[str, Any]:
    text = (Path(__file__).parents[1] / "facts" / "tf_private.json").read_text(encoding="utf-8")
    facts: dict[str, Any] = json.loads(text)
    facts["generated"] = frozenset(facts["generated"].split())
    return facts


@cache
def _known() -> frozenset[str]:
    """The modules, and the packages that they lie in."""
    found = {*_facts()["modules"], *_facts()["generated"], *INTERNALS}
    for name in list(found):
        parts = name.split(".")
        found.update(".".join(parts[:i]) for i in range(1, len(parts)))
    return frozenset(found)


@cache
def _public(short: str) -> dict[str, str]:
    """{name in a private module: where it is public}."""
    home, *words = _facts()["modules"].get(short, "").split() or [""]
    found = {}
    for word in words:
        name, _, path = word.partition("=")
        found[name] = path or f"{home}.{name}"
    return found


def _resolve(path: str) -> Any:
    """The public object; NotCoveredError, which names it, where this package lacks it."""
    found: Any = importlib.import_module(PACKAGE)
    for name in path.split(".")[1:]:
        found = getattr(found, name)
    return found


@cache
def _by_name() -> dict[str, str]:
    """{the name of the function in the gen_*_ops modules: op type}."""
    return {_snake_case(op_type): op_type for op_type in raw_calls.covered()}


def _snake_case(op_type: str) -> str:
    """`ReluGrad` is `relu_grad`, `Conv2DBackpropInput` is `conv2d_backprop_input`, `LRN` is `lrn`."""
    text = ""
    for i, char in enumerate(op_type):
        before, after = op_type[i - 1 : i], op_type[i + 1 : i + 2]
        if char.isupper() and before and (before.islower() or after.islower()):
            text += "_"
        text += char.lower()
    return text


@cache
def _raw_op(op_type: str) -> Callable[..., Any]:
    """The op as a function of positional arguments, in TensorFlow's order."""
    call = raw_calls.make(op_type)
    names = [argument.name for argument in raw_calls.arguments(op_type)]

    def positional(*args: Any, **kwargs: Any) -> Any:
        if len(args) > len(names):
            raise TypeError(f"{op_type} takes {len(names)} positional arguments, got {len(args)}.")
        return call(**dict(zip(names, args, strict=False)), **kwargs)

    positional.__name__ = positional.__qualname__ = _snake_case(op_type)
    return positional
