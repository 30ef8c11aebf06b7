"""Expressions: calls, operators, attributes and methods of tensors."""

from __future__ import annotations

import ast

from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.porting.check.verdicts import object_of
from tfcompat_tape.porting.convert import assigning, calls, creating, tapes, values
from tfcompat_tape.porting.convert.context import Context, StaysError, atomic
from tfcompat_tape.porting.convert.kinds import NUMBERS, TENSORS, Kind
from tfcompat_tape.porting.convert.observe import parts
from tfcompat_tape.porting.convert.table import find

# Functions of these modules take a tensor as they take any number.
_TAKES_ANYTHING = frozenset(
    [
        "__main__",
        "builtins",
        "functools",
        "itertools",
        "collections",
        "operator",
        "contextlib",
        "typing",
        "copy",
        "random",
        "math",
        "time",
        "json",
        "dataclasses",
        "string",
        "pprint",
        "statistics",
        "heapq",
        "bisect",
        "argparse",
        "logging",
        "warnings",
    ]
)
_OWN = frozenset(["Function", "subclass", "Module", "_CustomGradient"])  # what the script calls of its own
_MODULE_ATTRIBUTES = frozenset(
    [
        "variables",
        "trainable_weights",
        "weights",
        "non_trainable_variables",
        "submodules",
        "name",
        "name_scope",
        "with_name_scope",
    ]
)


def register(c: Context) -> None:
    """Have these write the nodes that they know."""
    c.handlers |= {
        ast.Call: call,
        ast.Name: name,
        ast.Attribute: attribute,
        ast.BinOp: operator,
        ast.Compare: comparison,
        ast.Subscript: subscript,
        ast.FormattedValue: formatted,
        ast.JoinedStr: joined,
    }


# Names


def name(c: Context, node: ast.AST) -> str | None:
    """A name: of a namespace or a function of TensorFlow's, or the script's own."""
    assert isinstance(node, ast.Name)
    if isinstance(node.ctx, ast.Load) and (symbol := c.symbol(node)) is not None:
        return _symbol(c, node, symbol)
    if isinstance(node.ctx, ast.Load) and any(one[0] in ("tape", "accumulator") for one in c.kinds(node)):
        raise StaysError(node, f"the tape {node.id!r} is handed on")
    return None


def attribute(c: Context, node: ast.AST) -> str | None:
    """`tf.float32`, `tf.nn.relu`, `x.shape`, `x.dtype`, `model.trainable_variables`."""
    assert isinstance(node, ast.Attribute)
    if not isinstance(node.ctx, ast.Load):
        return None
    symbol = c.symbol(node)
    if symbol is not None:
        return _symbol(c, node, symbol)
    owners = c.kinds_of_part(node, node.value) if c.combinations(node) else set()
    for owner in owners:
        if owner[0] == "V" and node.attr == "name":
            named = {one[1] for one in c.kinds(node) if one[0] == "name"}
            if len(named) == 1 and not _in_string(c, node):
                return repr(named.pop())
        if owner[0] in TENSORS and node.attr not in ("shape", "dtype", "ndim"):
            raise StaysError(node, f"torch's tensors have no attribute {node.attr!r} that is the same")
        if owner[0] == "tf" and owner[1] in ("subclass", "Module"):
            if node.attr == "trainable_variables" or (
                node.attr == "variables" and all(_all_trainable(one) for one in c.kinds(node))
            ):
                return f"{c.use('tf_variables')}({c.text(node.value)})"
            if node.attr in _MODULE_ATTRIBUTES and not any(one[0] in TENSORS for one in c.kinds(node)):
                raise StaysError(node, f"torch's modules have no attribute {node.attr!r}")
        elif owner[0] == "tf":
            raise StaysError(node, f"it is an attribute of TensorFlow's {owner[1]}")
        elif owner[0] == "shape":
            if node.attr in ("rank", "ndims"):
                return f"len({c.text(node.value)})"
            raise StaysError(node, f"torch's shapes have no attribute {node.attr!r}")
        elif owner[0] == "dtype" and node.attr != "is_complex":
            if node.attr == "is_floating":
                return f"{c.atom(node.value)}.is_floating_point"
            raise StaysError(node, f"torch's dtypes have no attribute {node.attr!r} that is the same")
    return None


def _symbol(c: Context, node: ast.expr, symbol: str) -> str:
    """A name of TensorFlow's that is not called."""
    value = object_of(symbol)
    if symbol == "tf.newaxis":
        return "None"
    if isinstance(value, DType):
        try:
            return values.torch_dtype(value.name)
        except KeyError:
            raise StaysError(node, f"torch has no dtype {value.name}") from None
    if symbol == "tf.Tensor":
        return "torch.Tensor"
    parent = c.source.parents.get(node)
    if symbol == "tf.Variable" and _is_annotation(c, node):
        return "torch.Tensor"
    if symbol == "tf.Module" and isinstance(parent, ast.ClassDef):
        return "torch.nn.Module"
    if not c.combinations(node):
        return _unseen(c, node)
    if symbol in ("tf.constant", "tf.convert_to_tensor"):
        return c.use("tf_constant")
    entry = find(symbol)
    if entry is not None and entry.forms:
        function = entry.forms[0].function
        if function is not None:
            return c.use(function) if function.startswith("tf_") else function
    if callable(value) and not isinstance(value, type):
        c.modules.add("tf")
        c.left[symbol] = c.left.get(symbol, 0) + 1
        c.note(node, f"{symbol} is TensorFlow's, on torch's tensors")
        return f"{c.to_torch()}({c.source.of(node)})"
    raise StaysError(node, f"{symbol} has no counterpart in torch")


def _all_trainable(kind: Kind) -> bool:
    return kind[0] in ("tuple", "list") and all(one[0] == "V" and one[3] for one in kind[1:])


def _in_string(c: Context, node: ast.AST) -> bool:
    while not isinstance(node, ast.stmt):
        if isinstance(node, ast.JoinedStr):
            return True
        node = c.source.parents[node]
    return False


def _is_annotation(c: Context, node: ast.AST) -> bool:
    parent = c.source.parents.get(node)
    while isinstance(parent, (ast.expr, ast.Subscript)):
        node, parent = parent, c.source.parents.get(parent)
    if isinstance(parent, ast.arg):
        return True
    return getattr(parent, "returns", None) is node or getattr(parent, "annotation", None) is node


def _unseen(c: Context, node: ast.expr) -> str:
    """Code that never ran is left as it is, and says so."""
    statement = c.source.statement(node)
    c.modules.add("tf")
    if statement not in c.unseen:
        c.unseen.add(statement)
        c.note(node, "this did not run when the script was converted: it is as it was")
    return c.source.of(node)


# Calls


def call(c: Context, node: ast.AST) -> str | None:
    """A call of anything."""
    assert isinstance(node, ast.Call)
    symbol = c.symbol(node.func)
    if symbol is not None:
        return _of_tensorflow(c, node, symbol)
    if isinstance(node.func, ast.Attribute):
        return _method(c, node, node.func)
    if not c.combinations(node):
        return None
    functions = c.kinds(node.func)
    if isinstance(node.func, ast.Name) and node.func.id == "isinstance" and len(node.args) == 2:
        if c.symbols.get(node.args[1]) == "tf.Tensor" and any(one[0] == "V" for one in c.kinds(node.args[0])):
            raise StaysError(node, "torch's Variables are Tensors, too")
    return _called(c, node, functions)


def _called(c: Context, node: ast.Call, functions: set[Kind]) -> str | None:
    """A call of something that is not TensorFlow's: tensors for other libraries become arrays."""
    for function in functions:
        if function[0] == "tf" and function[1] not in _OWN:
            return _through(c, node, f"a {function[1]}")
        if function == ("tf", "_CustomGradient") and (
            node.keywords or not all(c.is_tensor(one) for one in node.args)
        ):
            raise StaysError(
                node, "a function with a gradient of its own is given something that is no tensor"
            )
    roots = {one[1] for one in functions if one[0] in ("fn", "other")} - _TAKES_ANYTHING
    if "tfcompat_tape" in roots or "keras" in roots:
        return _through(c, node, c.source.of(node.func))
    if not roots:
        return None
    arguments = [*node.args, *[word.value for word in node.keywords]]
    return c.spliced(node, [(*c.source.spans[one], values.to_numpy(c, one)) for one in arguments])


def _of_tensorflow(c: Context, node: ast.Call, symbol: str) -> str:
    special = creating.SPECIAL.get(symbol)
    if not c.combinations(node):
        if special is not None and symbol == "tf.function":
            return special(c, node)
        return _unseen_call(c, node)
    if special is not None:
        return special(c, node)
    if symbol in ("tf.GradientTape", "tf.autodiff.ForwardAccumulator"):
        raise StaysError(node, "a tape is made outside of a with statement")
    text = calls.by_table(c, node, symbol)
    if text is not None:
        return text
    return _through(c, node, symbol)


def _unseen_call(c: Context, node: ast.Call) -> str:
    return _unseen(c, node)


def _through(c: Context, node: ast.Call, what: str) -> str:
    text = calls.through_us(c, node, what)
    if c.source.line(node) in c.drawn:
        c.note(node, f"{what} is TensorFlow's; it draws other numbers than in a tf.function")
    elif what.startswith("tf.random."):
        c.note(node, f"{what} is TensorFlow's, for the same numbers")
    else:
        c.note(
            node,
            f"{what} is TensorFlow's, on torch's tensors: torch has nothing that is exactly the same here",
        )
    return text


def _method(c: Context, node: ast.Call, func: ast.Attribute) -> str | None:
    combinations = c.combinations(node)
    if not combinations:
        return None
    at = parts(node).index(func.value) + 1
    owners = {one[at] for one in combinations}
    first = {one[0] for one in owners}
    if first & {"tape", "accumulator"}:
        return tapes.method(c, node, func)
    if first <= set(TENSORS):
        return _tensor_method(c, node, func, owners)
    if first & set(TENSORS):
        raise StaysError(node, f".{func.attr} is of a tensor at one time and of something else at another")
    if first == {"shape"}:
        if func.attr == "as_list" and not node.args:
            return f"list({c.text(func.value)})"
        raise StaysError(node, f"torch's shapes have no method {func.attr!r}")
    if first == {"tf"} and {one[1] for one in owners} <= creating.KNOWN_OPTIMIZERS:
        return creating.of_optimizer(c, node, func)
    if first == {"tf"} and {one[1] for one in owners} == {"TensorArray"}:
        return creating.of_tensor_array(c, node, func)
    if first == {"tf"} and not all(one[1] in _OWN for one in owners):
        return _through(c, node, f"{c.source.of(func)}")
    if first == {"tf"} and func.attr in (
        "get_concrete_function",
        "experimental_get_tracing_count",
        "with_name_scope",
    ):
        raise StaysError(node, f"torch's functions have no method {func.attr!r}")
    if (
        func.attr == "__init__"
        and isinstance(func.value, ast.Call)
        and getattr(func.value.func, "id", "") == "super"
    ):
        return _super_init(c, node)
    if first <= {"list", "tuple", "dict", "str", "None", "int", "float", "bool", "slice"}:
        return None
    return _called(
        c, node, {("other", one[1]) if one[0] in ("other", "fn") else ("fn", _root(one)) for one in owners}
    )


def _root(kind: Kind) -> str:
    return "numpy" if kind[0] in ("N", "n") else "builtins"


def _super_init(c: Context, node: ast.Call) -> str | None:
    """`super().__init__(name=...)` of a module."""
    here: ast.AST = node
    while not isinstance(here, ast.ClassDef):
        if here not in c.source.parents:
            return None
        here = c.source.parents[here]
    if any(c.symbols.get(base) == "tf.Module" for base in here.bases):
        return "super().__init__()"
    return None


def _tensor_method(c: Context, node: ast.Call, func: ast.Attribute, owners: set[Kind]) -> str:
    method, owner = func.attr, func.value
    variable = all(one[0] == "V" for one in owners)
    if method == "numpy":
        return values.array(c, owner)
    if method == "get_shape":
        return f"{c.atom(owner)}.shape"
    if method in ("value", "read_value") and variable:
        return f"{c.atom(owner)}.clone()"
    if method in ("assign", "assign_add", "assign_sub") and variable:
        return assigning.assign(c, node, owner, method)
    if method in assigning.SCATTERED and variable:
        return assigning.scatter(c, node, owner, method)
    raise StaysError(node, f"torch's tensors have no method {method!r} that is the same")


# Operators


def operator(c: Context, node: ast.AST) -> str | None:
    """`x + y` and the like, where one is a tensor."""
    assert isinstance(node, ast.BinOp)
    if isinstance(node.op, ast.Mod) and all(one[1][0] == "str" for one in c.combinations(node)):
        return None
    return pair(c, node, node.left, node.right, node.op, c.combinations(node))


def pair(
    c: Context,
    node: ast.AST,
    left: ast.expr,
    right: ast.expr,
    op: ast.AST,
    combinations: set[tuple[Kind, ...]],
) -> str | None:
    """An expression with two operands, each as torch needs it beside the other."""
    texts = set()
    for out, first, second in combinations:
        if not (first[0] in TENSORS or second[0] in TENSORS):
            texts.add((c.text(left), c.text(right)))
            continue
        if out[0] == "tf":
            raise StaysError(node, "it gives something that torch has not")
        texts.add(_operands(c, node, left, right, op, (out, first, second)))
    if not texts:
        return None
    if len(texts) > 1:
        texts = _unified(c, left, right, combinations)
        if not texts:
            raise StaysError(node, "its operands are tensors at one time and arrays or lists at another")
    first_text, second_text = texts.pop()
    places = [(*c.source.spans[left], first_text), (*c.source.spans[right], second_text)]
    return c.spliced(node, places)


def _operands(
    c: Context, node: ast.AST, left: ast.expr, right: ast.expr, op: ast.AST, kinds: tuple[Kind, Kind, Kind]
) -> tuple[str, str]:
    out, first, second = kinds
    dtype = str((first if first[0] in TENSORS else second)[1])
    if isinstance(op, ast.Pow):
        _check_power(c, node, right, kinds)
    texts = [operand(c, one, kind, dtype) for one, kind in ((left, first), (right, second))]
    if isinstance(op, ast.FloorDiv) and c.is_recorded(node) and dtype.startswith("float"):
        texts = [
            f"{atomic(text)}.detach()" if kind[0] in TENSORS else text
            for text, kind in zip(texts, (first, second), strict=True)
        ]
    if isinstance(op, ast.Div) and not dtype.startswith(("float", "bfloat", "complex")):
        if out[0] not in TENSORS:
            raise StaysError(node, "a quotient of integers")
        at = 0 if first[0] in TENSORS else 1
        texts[at] = f"{atomic(texts[at])}.to({values.torch_dtype(str(out[1]))})"
    return texts[0], texts[1]


def operand(c: Context, node: ast.expr, kind: Kind, dtype: str) -> str:
    if kind[0] in TENSORS or kind[0] in NUMBERS or kind[0] == "None":
        return c.text(node)
    text = values.number(c, node, kind) or values.tensor(c, node, kind, dtype)
    if text is None:
        raise StaysError(node, f"a {kind[0]} beside a tensor")
    return text


def _unified(
    c: Context, left: ast.expr, right: ast.expr, combinations: set[tuple[Kind, ...]]
) -> set[tuple[str, str]]:
    """Operands that are a tensor or something else: in one form that is right for each combination."""
    everything = {kind for one in combinations for kind in one[1:3]}
    if all(kind[0] in TENSORS or kind[0] in NUMBERS for kind in everything):
        return {(c.text(left), c.text(right))}
    if not all(one[1][0] in TENSORS or one[2][0] in TENSORS for one in combinations):
        return set()
    dtypes = {str(kind[1]) for kind in everything if kind[0] in TENSORS}
    if len(dtypes) != 1:
        return set()
    dtype, texts = dtypes.pop(), []
    for node, kinds in ((left, {one[1] for one in combinations}), (right, {one[2] for one in combinations})):
        if all(kind[0] in TENSORS or kind[0] in NUMBERS for kind in kinds):
            texts.append(c.text(node))
        elif len(plain := {values.python_type(kind) for kind in kinds}) == 1 and None not in plain:
            texts.append(f"{plain.pop()}({c.text(node)})")
        elif all(kind[0] in TENSORS or kind[0] == "N" or kind[0] in NUMBERS for kind in kinds):
            texts.append(f"torch.as_tensor({c.text(node)}, dtype={values.torch_dtype(dtype)})")
        else:
            return set()
    return {(texts[0], texts[1])}


def _check_power(c: Context, node: ast.AST, exponent: ast.expr, kinds: tuple[Kind, Kind, Kind]) -> None:
    """Where the base or the exponent is 0 torch's gradient is another, unless the exponent is a number above 0."""
    if kinds[2][0] in NUMBERS and kinds[1][0] in TENSORS:
        try:
            if ast.literal_eval(exponent) != 0:
                return
        except ValueError:
            pass
    if c.is_recorded(node):
        raise StaysError(node, "the gradient of ** at 0 is another one in torch")


def comparison(c: Context, node: ast.AST) -> str | None:
    """`x < y`, where one is a tensor."""
    assert isinstance(node, ast.Compare)
    if not any(kind[0] in TENSORS for one in c.combinations(node) for kind in one[1:]):
        return None
    if all(isinstance(op, (ast.Is, ast.IsNot)) for op in node.ops):
        return None
    if any(isinstance(op, (ast.In, ast.NotIn)) for op in node.ops):
        if all(one[1][0] not in TENSORS for one in c.combinations(node)):
            return None
        raise StaysError(node, "a tensor is looked for")
    if len(node.ops) != 1:
        raise StaysError(node, "a chain of comparisons of tensors")
    return pair(c, node, node.left, node.comparators[0], node.ops[0], c.combinations(node))


# Indices and strings


def subscript(c: Context, node: ast.AST) -> str | None:
    """`x[1:]`, of a tensor; indices that go backwards are `flip`."""
    assert isinstance(node, ast.Subscript)
    if not isinstance(node.ctx, ast.Load):
        return None
    owners = {one[1] for one in c.combinations(node)}
    if not any(kind[0] in TENSORS for kind in owners):
        return None
    pieces = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    turned = [i for i, one in enumerate(pieces) if isinstance(one, ast.Slice) and _is_backwards(one)]
    for one in pieces:
        kinds = set() if isinstance(one, ast.Slice) else c.kinds(one)
        if any(kind[0] in ("N", "list") for kind in kinds):
            if (
                len(pieces) == 1
                and all(kind[:2] == ("N", "bool") for kind in kinds)
                and c.is_tensor(node.value)
            ):
                return f"{c.atom(node.value)}[torch.tensor({c.text(one)})]"
            raise StaysError(node, "an index that is an array")
    text: str | None = None
    if turned:
        if not all(isinstance(one, ast.Slice) for one in pieces) or len(
            owners & {one for one in owners if one[0] == "N"}
        ):
            raise StaysError(node, "an index that goes backwards")
        if all(
            isinstance(one, ast.Slice) and not (one.lower or one.upper or (one.step and i not in turned))
            for i, one in enumerate(pieces)
        ):
            dims = ", ".join(map(str, turned))
            text = (
                f"torch.flip({c.text(node.value)}, dims=({dims},))"
                if len(turned) == 1
                else f"torch.flip({c.text(node.value)}, dims=({dims}))"
            )
        else:
            raise StaysError(node, "an index that goes backwards")
    if any(kind[0] == "V" for kind in owners) and text is None and calls.outlives(c, node):
        if all(kind[0] in TENSORS for kind in owners):
            return f"{c.spliced(node)}.clone()"
    return text


def _is_backwards(one: ast.Slice) -> bool:
    step = one.step
    return isinstance(step, ast.UnaryOp) and isinstance(step.op, ast.USub)


def formatted(c: Context, node: ast.AST) -> str | None:
    """Places in an f-string have no text of their own before Python 3.12."""
    return None


def joined(c: Context, node: ast.AST) -> str | None:
    """An f-string: a Parameter that is formatted is a number."""
    assert isinstance(node, ast.JoinedStr)
    edits = []
    for value in node.values:
        if isinstance(value, ast.FormattedValue) and value.format_spec is not None:
            kinds = c.kinds(value.value)
            if kinds and all(one[0] == "V" and one[2] == 0 for one in kinds):
                edits.append((*c.source.spans[value.value], f"{c.atom(value.value)}.item()"))
    return c.spliced(node, edits) if edits else None
