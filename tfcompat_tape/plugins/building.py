"""From definitions to ops: everything is checked and built here, and nothing is registered."""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from tfcompat_tape.core import dtypes, registry
from tfcompat_tape.core.dispatch import call_of
from tfcompat_tape.core.registry import OPS, Keep, Op, Rule, UserRule
from tfcompat_tape.core.wengert import next_number
from tfcompat_tape.plugins.batching import batched
from tfcompat_tape.plugins.definitions import REQUIRED, GradientDefinition, OpDefinition
from tfcompat_tape.plugins.faults import Origin, PluginError
from tfcompat_tape.plugins.functions import Reference, defaults_of
from tfcompat_tape.plugins.rules import Checker, Seen, jvp_of_tensors, of_either, of_tensors
from tfcompat_tape.tape.backward import _user_rule
from tfcompat_tape.tape.overrides import kept_otherwise

_OP_NAME = re.compile(r"[A-Z][A-Za-z0-9_]*")
_GROUPS = {
    "any": registry.ANY,
    "numeric": registry.NUMERIC,
    "real": registry.REALS,
    "inexact": registry.INEXACT,
    "floating": registry.FLOATS,
}
_KEEPS = {"nothing": Keep.NOTHING, "inputs": Keep.INPUTS, "outputs": Keep.OUTPUTS, "both": Keep.BOTH}
_STYLES = ("tensorflow", "library")


@dataclass(frozen=True)
class BuiltOp:
    """An op that is ready to be registered.

    Attributes:
      definition: what it was built from.
      op: the op.
      raw_call: the op as a function of keyword arguments.
      references: its functions.
    """

    definition: OpDefinition
    op: Op
    raw_call: Callable[..., Any]
    references: tuple[Reference, ...]


@dataclass(frozen=True)
class BuiltGradient:
    """A gradient that is ready to be registered.

    Attributes:
      definition: what it was built from.
      rule: in TensorFlow's style, for its name.
      fields: of the op, if it becomes the default.
      references: its functions.
    """

    definition: GradientDefinition
    rule: Rule
    fields: dict[str, Any]
    references: tuple[Reference, ...]


class Builder:
    """Builds the definitions of one plugin.

    Args:
      origin: the plugin.
      package: what function names that start with a dot are relative to.
    """

    def __init__(self, origin: Origin, package: str) -> None:
        self.origin = origin
        self.package = package

    def error(self, what: str, to_do: str = "") -> PluginError:
        """The error that this plugin is at fault."""
        return self.origin.error(what, to_do)

    # -- ops -------------------------------------------------------------------------------------------

    def op(self, definition: OpDefinition) -> BuiltOp:
        """The op that `definition` describes; PluginError if something is wrong with it."""
        name = definition.name
        if not isinstance(name, str) or not _OP_NAME.fullmatch(name):
            raise self.error(
                f"an op is called {name!r}",
                "Op types look like 'FusedGelu': a capital letter, then letters and digits",
            )
        what = f"the op {name!r}"
        inputs = self._names(definition.inputs, f"`inputs` of {what}", stars=True)
        if not inputs:
            raise self.error(f"{what} has no inputs", "Give the names of its tensors, such as inputs='x y'")
        variadic = [one for one in inputs if one.startswith("*")]
        if len(variadic) > 1 or (variadic and inputs[-1] != variadic[0]):
            raise self.error(
                f"{what} has the inputs {inputs}", "At most one may have a star, and it must be the last"
            )
        attrs = dict(definition.attrs)
        for attr in attrs:
            if (
                not isinstance(attr, str)
                or not attr.isidentifier()
                or attr.startswith("_")
                or attr in (*inputs, "name")
            ):
                raise self.error(f"{what} has an attribute called {attr!r}", "Choose another name")
        outputs = self._count(definition.outputs, what)
        keep, kept = self._keep(definition.keep, definition.style, inputs, what)
        defaults = defaults_of(attrs, REQUIRED)
        op = Op(
            name,
            _unset,
            inputs=tuple(inputs),
            defaults=defaults,
            outputs=outputs,
            dtypes=self._dtypes(definition.dtypes, what),
            same=self._same(definition.same, inputs, what),
            keep=keep,
            keep_inputs=kept,
            differentiable=bool(definition.differentiable),
        )
        op.elementwise = bool(definition.elementwise)
        references: list[Reference] = []

        def reference(kind: str, given: Any, example: Any) -> Reference:
            made = Reference(self.origin, self.package, f"{kind} of {what}", given, example)
            references.append(made)
            return made

        count = len(inputs) + (1 if variadic else 0)  # a star stands for two
        tensors = [one.lstrip("*") for one in inputs] + (["another"] if variadic else [])
        dys = ["dy"] if outputs == 1 else [f"dy{i}" for i in range(outputs or 2)]
        kernel: Any = reference("the kernel", definition.kernel, (tensors, list(attrs)))
        if definition.batching is not None:
            rule = None
            if definition.batching != "loop":
                rule = reference(
                    "the batching rule", definition.batching, (["in_dims", *tensors], list(attrs))
                )
            kernel = batched(kernel, rule)
        seen: Seen = set()
        op.kernel = _kernel(kernel, name, outputs, self.origin, None if keep is Keep.BOTH else seen)
        if definition.gradient is not None:
            if not definition.differentiable:
                raise self.error(
                    f"{what} has a gradient and is not differentiable", "It can only be one of these"
                )
            gradient = reference("the gradient", definition.gradient, (["op", *dys], []))
            checker = Checker(self.origin, name, "the gradient rule", inputs, seen)
            op.rule = self._rule(gradient, checker, definition.style)
        if definition.jvp is not None:
            if definition.gradient is None:
                raise self.error(
                    f"{what} has a JVP and no gradient", "Give a gradient: the JVP is its transpose"
                )
            jvp = reference("the JVP", definition.jvp, (["op", *[f"t{i}" for i in range(count)]], []))
            op.jvp = jvp_of_tensors(jvp) if definition.style == "tensorflow" else _function(jvp)
        if isinstance(definition.examples, str):
            reference("the function of examples", definition.examples, ((), ()))
        call = _complete(op, call_of(op), attrs)
        if definition.doc:
            call.__doc__ = definition.doc
        return BuiltOp(definition, op, _by_keyword(op, call), tuple(references))

    def _rule(self, gradient: Reference, checker: Checker, style: str) -> Rule:
        return (
            UserRule(of_tensors(gradient, checker)) if style == "tensorflow" else of_either(gradient, checker)
        )

    def _names(self, given: Any, what: str, stars: bool = False) -> list[str]:
        names = (
            given.split()
            if isinstance(given, str)
            else list(given)
            if isinstance(given, Sequence)
            else [given]
        )
        for one in names:
            bare = one.removeprefix("*") if stars and isinstance(one, str) else one
            if not isinstance(bare, str) or not bare.isidentifier():
                raise self.error(f"{what} is {given!r}", "Write names, separated by blanks")
        if len(set(names)) < len(names):
            raise self.error(f"{what} is {given!r}, with a name twice", "Names must differ")
        return names

    def _count(self, outputs: Any, what: str) -> int:
        if isinstance(outputs, int) and not isinstance(outputs, bool) and outputs >= 0:
            return outputs
        if isinstance(outputs, (str, list, tuple)):
            names = self._names(outputs, f"`outputs` of {what}")
            if names:
                return len(names)
        raise self.error(
            f"`outputs` of {what} is {outputs!r}", "Give their number or their names; 0 if the kernel decides"
        )

    def _keep(
        self, keep: Any, style: str, inputs: list[str], what: str
    ) -> tuple[Keep, tuple[int, ...] | None]:
        if style not in _STYLES:
            raise self.error(f"`style` of {what} is {style!r}", f"It must be one of {_STYLES}")
        if style == "tensorflow":
            if keep not in (None, "both", Keep.BOTH):
                raise self.error(
                    f"`keep` of {what} is {keep!r} and its style is TensorFlow's, in which rules find everything",
                    "Only a rule in the style 'library' can have less kept for it",
                )
            return Keep.BOTH, None
        if keep is None:
            return Keep.INPUTS, None
        if isinstance(keep, Keep):
            if keep in (Keep.CROSS, Keep.QUOTIENT) and len(inputs) != 2:
                raise self.error(f"`keep` of {what} is {keep}", "That is for ops of two inputs")
            return keep, None
        if keep in _KEEPS:
            return _KEEPS[keep], None
        names = keep.split() if isinstance(keep, str) else []
        if not names or not set(names) <= set(inputs) or any(one.startswith("*") for one in names):
            raise self.error(
                f"`keep` of {what} is {keep!r}",
                f"It must be one of {sorted(_KEEPS)}, a Keep, or inputs among {inputs}",
            )
        return Keep.INPUTS, tuple([inputs.index(one) for one in names])

    def _dtypes(self, given: Any, what: str) -> frozenset[torch.dtype]:
        if isinstance(given, str) and given in _GROUPS:
            return _GROUPS[given]
        try:
            found = [one if isinstance(one, torch.dtype) else dtypes.as_dtype(one).torch for one in given]
        except TypeError:
            found = []
        if isinstance(given, str) or not found or None in found:
            raise self.error(
                f"`dtypes` of {what} is {given!r}", f"It must be one of {sorted(_GROUPS)}, or a set of dtypes"
            )
        return frozenset([one for one in found if one is not None])

    def _same(self, given: Any, inputs: list[str], what: str) -> tuple[int, ...] | None:
        if given is None:
            return None
        names = self._names(given, f"`same` of {what}", stars=True)
        if not set(names) <= set(inputs):
            raise self.error(f"`same` of {what} is {given!r}", f"It must name some of its inputs {inputs}")
        return tuple([inputs.index(one) for one in names])

    # -- gradients of other ops ------------------------------------------------------------------------

    def gradient(self, definition: GradientDefinition, op: Op | None) -> BuiltGradient:
        """The gradient that `definition` describes, for `op`; PluginError if something is wrong with it."""
        op_type = definition.op_type
        if op is None:
            close = difflib.get_close_matches(str(op_type), OPS, n=3)
            hint = (
                f"Did you mean {' or '.join(close)}?"
                if close
                else "Bring the op along, or load its plugin first"
            )
            raise self.error(f"there is no op {op_type!r} to give a gradient", hint)
        name = definition.name
        what = (
            f"the gradient {name!r} of the op {op_type!r}" if name else f"the gradient of the op {op_type!r}"
        )
        if name is None and not definition.default:
            raise self.error(
                f"{what} has neither a name nor default=True",
                "A name makes it an alternative for gradient_override_map",
            )
        if name is not None and (not isinstance(name, str) or not name):
            raise self.error(
                f"a gradient of {op_type!r} is called {name!r}", "A name is a string such as 'GuidedRelu'"
            )
        if not definition.default and (definition.style == "library" or definition.keep or definition.jvp):
            raise self.error(
                f"{what} is an alternative and has a `style`, `keep` or `jvp`",
                "Alternatives get Tensors and keep everything: leave these out, or say default=True",
            )
        keep, kept = self._keep(definition.keep, definition.style, list(op.inputs), what)
        outputs = op.outputs or 2
        dys = ["dy"] if outputs == 1 else [f"dy{i}" for i in range(outputs)]
        reference = Reference(self.origin, self.package, what, definition.gradient, (["op", *dys], []))
        references = [reference]
        seen: Seen = set()
        checker = Checker(self.origin, op_type, f"the gradient rule {name or ''}".rstrip(), op.inputs, seen)
        jvp: Any = None
        if definition.jvp is not None:
            tangents = [f"t{i}" for i in range(len(op.inputs))]
            given = Reference(
                self.origin, self.package, f"the JVP of {what}", definition.jvp, (["op", *tangents], [])
            )
            references.append(given)
            jvp = jvp_of_tensors(given) if definition.style == "tensorflow" else _function(given)
        if isinstance(definition.examples, str):
            references.append(
                Reference(self.origin, self.package, f"the examples of {what}", definition.examples, ((), ()))
            )
        rule = of_tensors(reference, checker)
        fields = _as_default(op, self._rule(reference, checker, definition.style), jvp, keep, kept)
        return BuiltGradient(definition, rule, fields, tuple(references))


def _as_default(op: Op, rule: Rule, jvp: Any, keep: Keep, kept: tuple[int, ...] | None) -> dict[str, Any]:
    """What changes about `op` if `rule` becomes its gradient.

    What was recorded before keeps its old gradient, for it kept no more than that reads; and where the plugin goes
    before the gradient is asked for, the old rule must find all that it reads.
    """
    since = next_number()
    before, jvp_before = op.rule, op.jvp

    def new_rule(view: Any, *cotangents: Any) -> Any:
        entry = getattr(view, "entry", view)
        chosen = before if before is not None and entry.number < since else rule
        if isinstance(chosen, UserRule):
            recorded = any(not isinstance(dy, (torch.Tensor, type(None))) for dy in cotangents)
            return _user_rule(chosen, entry, view.needs, list(cotangents), recorded)
        return chosen(view, *cotangents)

    def new_jvp(view: Any, *tangents: Any) -> Any:
        entry = getattr(view, "entry", view)
        return (jvp_before if jvp_before is not None and entry.number < since else jvp)(view, *tangents)

    narrow = (keep, kept) == kept_otherwise(op)  # else everything, so that either rule finds what it reads
    return {
        "rule": new_rule,
        "jvp": new_jvp if jvp is not None else None,
        "keep": (keep, kept) if narrow else (Keep.BOTH, None),
        "none_ok": False,
        "differentiable": True,
        "elementwise": False,
    }


def _unset(*raws: Any, **attrs: Any) -> Any:
    raise NotImplementedError("This op has no kernel yet.")


def _function(reference: Reference) -> Rule:
    """A reference as a plain function, which the walk calls by its shortest path."""

    def call(*args: Any) -> Any:
        return reference(*args)

    return call


def _kernel(
    function: Callable[..., Any], name: str, outputs: int, origin: Origin, seen: Seen | None
) -> Callable[..., Any]:
    """The kernel, with its result looked at."""

    def kernel(*raws: Any, **attrs: Any) -> Any:
        result = function(*raws, **attrs)
        if outputs == 1:
            if not isinstance(result, torch.Tensor):
                raise origin.error(
                    f"the kernel of the op {name!r} returned a {type(result).__name__}",
                    "It must return one torch tensor",
                )
            if seen is not None:
                seen.add(((result.dtype,), tuple([_dtype(raw) for raw in raws])))
            return result
        result = tuple(result) if isinstance(result, (tuple, list)) else (result,)
        if (outputs and len(result) != outputs) or not all(isinstance(one, torch.Tensor) for one in result):
            kinds = ", ".join(type(one).__name__ for one in result)
            raise origin.error(
                f"the kernel of the op {name!r} returned ({kinds})",
                f"It must return {outputs or 'some'} torch tensors, as a tuple",
            )
        if seen is not None:
            seen.add((tuple([one.dtype for one in result]), tuple([_dtype(raw) for raw in raws])))
        return result

    return kernel


def _dtype(raw: Any) -> Any:
    return getattr(raw, "dtype", None)


def _complete(op: Op, call: Callable[..., Any], attrs: dict[str, Any]) -> Callable[..., Any]:
    """`call` with its arguments checked and all attributes given."""
    name = op.name
    required = [attr for attr, value in attrs.items() if value is REQUIRED]
    variadic = op.inputs[-1].startswith("*")
    least = len(op.inputs) - variadic
    most = None if variadic else least
    defaults = op.defaults

    def complete(*tensors: Any, **given: Any) -> Any:
        if len(tensors) < least or (most is not None and len(tensors) > most):
            raise TypeError(
                f"{name} takes the tensors ({', '.join(op.inputs)}), but {len(tensors)} were given."
            )
        if attrs or given:
            if not given.keys() <= attrs.keys():
                unknown = sorted(given.keys() - attrs.keys())
                raise TypeError(f"{name} has no attribute {unknown[0]!r}; it has {sorted(attrs)}.")
            for attr in required:
                if attr not in given:
                    raise TypeError(f"{name} needs the attribute {attr!r}.")
            given = {**defaults, **given}
        return call(*tensors, **given)

    complete.__name__ = complete.__qualname__ = name
    complete.__doc__ = f"The op {name}."
    complete.op = op  # type: ignore[attr-defined]
    kind = inspect.Parameter.KEYWORD_ONLY
    complete.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            *[
                inspect.Parameter(
                    one.lstrip("*"),
                    inspect.Parameter.VAR_POSITIONAL if "*" in one else inspect.Parameter.POSITIONAL_ONLY,
                )
                for one in op.inputs
            ],
            *[
                inspect.Parameter(attr, kind, default=inspect.Parameter.empty if value is REQUIRED else value)
                for attr, value in attrs.items()
            ],
        ]
    )
    op.call = complete
    return complete


def _by_keyword(op: Op, call: Callable[..., Any]) -> Callable[..., Any]:
    """`call` as a function of keyword arguments, as `tf.raw_ops` has them; a list of tensors for a starred input."""
    names = [one.lstrip("*") for one in op.inputs]
    starred = op.inputs[-1].startswith("*")
    signature = inspect.signature(call)
    attrs = [one for one in signature.parameters if one not in names]
    keys = [*names, *attrs, "name"]

    def by_keyword(*args: Any, **kwargs: Any) -> Any:
        if args:
            raise TypeError(
                f"{op.name} only takes keyword args (possible keys: {keys}). Please pass these args as kwargs."
            )
        for key in kwargs:
            if key not in keys:
                raise TypeError(
                    f"{op.name}() got an unexpected keyword argument {key!r} (possible keys: {keys})."
                )
        for key in names:
            if key not in kwargs:
                raise TypeError(f"{op.name}() missing a required argument: {key!r}.")
        tensors = [kwargs[key] for key in names]
        if starred:
            tensors[-1:] = list(tensors[-1])
        return call(*tensors, **{key: kwargs[key] for key in attrs if key in kwargs})

    by_keyword.__name__ = by_keyword.__qualname__ = op.name
    by_keyword.__doc__ = call.__doc__
    kind = inspect.Parameter.KEYWORD_ONLY
    by_keyword.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            *[inspect.Parameter(one, kind) for one in names],
            *[signature.parameters[attr] for attr in attrs],
            inspect.Parameter("name", kind, default=None),
        ]
    )
    return by_keyword
