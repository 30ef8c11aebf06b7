"""Calls that the table cannot say: what makes Variables, constants, functions and optimizers."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable

from tfcompat_tape.porting.check.verdicts import object_of
from tfcompat_tape.porting.convert import calls, values
from tfcompat_tape.porting.convert.context import Context, StaysError
from tfcompat_tape.porting.convert.kinds import TENSORS
from tfcompat_tape.porting.convert.observe import parts
from tfcompat_tape.porting.convert.table import find


def _arguments(c: Context, node: ast.Call, symbol: str) -> calls.Arguments:
    found = calls.bound(node, dict(inspect.signature(object_of(symbol)).parameters))
    if found is None:
        raise StaysError(node, f"{symbol} with * or unknown arguments")
    return found


def variable(c: Context, node: ast.Call) -> str:
    """`tf.Variable(init)`: a tensor of its own that requires a gradient."""
    arguments = _arguments(c, node, "tf.Variable")
    ignored = {"name", "trainable", "dtype", "validate_shape", "initial_value", "shape"}
    unknown = set(arguments) - ignored
    if unknown or "initial_value" not in arguments:
        raise StaysError(node, f"tf.Variable with {', '.join(sorted(unknown)) or 'no value'}")
    made = {(kind[1], kind[3]) for kind in c.kinds(node)}
    if len(made) != 1:
        raise StaysError(node, "Variables of several dtypes come from one line")
    dtype, trainable = made.pop()
    init = arguments["initial_value"]
    at = parts(node).index(init) + 1
    texts = set()
    for kind in {one[at] for one in c.combinations(node)}:
        text = values.tensor(c, init, kind, dtype)
        if text is None:
            raise StaysError(node, "the value of a Variable is something that torch makes no tensor of")
        if kind[0] in TENSORS:
            if kind[1] != dtype:
                raise StaysError(node, "a Variable of another dtype than its value")
            if c.is_recorded(node):
                text = f"{c.atom(init)}.detach().clone()"
            elif kind[0] == "V" or not _is_new(c, init):
                text = f"{c.atom(init)}.clone()"
            else:
                text = c.atom(init)
            if kind[0] == "V" and ".detach()" not in text:
                text = f"{c.atom(init)}.detach().clone()"
        texts.add(text)
    if len(texts) > 1 and not any(values.has_tensors(one[at]) for one in c.combinations(node)):
        texts = {f"torch.tensor({c.text(init)}, dtype={values.torch_dtype(str(dtype))})"}
    if len(texts) != 1:
        raise StaysError(
            node, "the value of a Variable is a tensor at one time and something else at another"
        )
    text = texts.pop()
    learns = trainable and str(dtype).startswith(("float", "bfloat", "complex"))
    if not learns:
        return text
    return f"torch.nn.Parameter({text})" if _is_of_module(c, node) else f"{text}.requires_grad_()"


def _is_new(c: Context, node: ast.expr) -> bool:
    """Whether a value is nobody else's."""
    if isinstance(node, ast.BinOp):
        return True
    if not isinstance(node, ast.Call):
        return False
    symbol = c.symbols.get(node.func)
    entry = find(symbol) if symbol else None
    return symbol is not None and not (entry is not None and entry.view)


def _is_of_module(c: Context, node: ast.Call) -> bool:
    """Whether a Variable is made an attribute of a module, by a method of it."""
    parent = c.source.parents.get(node)
    if isinstance(parent, ast.Tuple):
        parent = c.source.parents.get(parent)
    if not (isinstance(parent, ast.Assign) and all(_is_of_self(one) for one in parent.targets)):
        return False
    here: ast.AST = node
    while here in c.source.parents:
        here = c.source.parents[here]
        if isinstance(here, ast.ClassDef):
            return any(c.symbols.get(base) == "tf.Module" for base in here.bases)
    return False


def _is_of_self(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple):
        return all(_is_of_self(one) for one in target.elts)
    return (
        isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
    )


def constant(c: Context, node: ast.Call) -> str:
    """`tf.constant(value)`, `tf.convert_to_tensor(value)`: `torch.tensor`, with TensorFlow's dtype."""
    symbol = str(c.symbols[node.func])
    arguments = _arguments(c, node, symbol)
    value = arguments.get("value")
    if value is None or not set(arguments) <= {"value", "dtype", "name", "dtype_hint"}:
        text = calls.by_table(c, node, symbol)
        if text is None:
            raise StaysError(node, f"{symbol} with these arguments")
        return text
    at = parts(node).index(value) + 1
    texts = set()
    for one in c.combinations(node):
        out, kind = one[0], one[at]
        if out[0] != "T":
            return calls.through_us(c, node, symbol)
        text = values.tensor(c, value, kind, str(out[1]))
        if kind[0] == "V" and text is not None:
            text = f"{c.atom(value)}.clone()"
        texts.add(text)
    dtypes = {str(one[0][1]) for one in c.combinations(node)}
    if (
        len(texts) > 1
        and len(dtypes) == 1
        and all(values.is_numbers(one[at]) for one in c.combinations(node))
    ):
        texts = {f"torch.tensor({c.text(value)}, dtype={values.torch_dtype(dtypes.pop())})"}
    found = texts.pop()
    if texts or found is None:
        raise StaysError(node, f"{symbol} of something that torch makes no tensor of")
    return found


def function(c: Context, node: ast.Call) -> str:
    """`tf.function(f)`: f."""
    if not node.args:
        raise StaysError(node, "tf.function without a function")
    text = c.text(node.args[0])
    if c.compile_functions:
        return f"torch.compile({text})"
    decorated = {
        min(decorator.lineno for decorator in one.decorator_list)
        for one in ast.walk(c.source.tree)
        if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)) and one.decorator_list
    }
    if any(-line not in decorated for line in c.facts.fed if line < 0):
        raise StaysError(node, "the signature of a tf.function gives arrays another dtype")
    return (
        text
        if {line for line in c.facts.fed if line >= 0} <= decorated
        else f"{c.use('tf_function')}({text})"
    )


def module(c: Context, node: ast.Call) -> str:
    """`tf.Module()`."""
    return "torch.nn.Module()"


def einsum(c: Context, node: ast.Call) -> str:
    """`tf.einsum`: the same letters."""
    symbol = str(c.symbols[node.func])
    equation = node.args[0] if node.args else None
    if not isinstance(equation, ast.Constant) or any(word.arg != "name" for word in node.keywords):
        return calls.through_us(c, node, symbol)
    dtype = c.dtype_of(node)
    edits = [(*c.source.spans[node.func], "torch.einsum")]
    for one in node.args[1:]:
        texts = {values.tensor(c, one, kind, dtype) for kind in c.kinds(one)}
        if len(texts) != 1 or None in texts:
            return calls.through_us(c, node, symbol)
        edits.append((*c.source.spans[one], str(texts.pop())))
    return c.spliced(node, edits)


def meshgrid(c: Context, node: ast.Call) -> str:
    """`tf.meshgrid(x, y)`: TensorFlow's order is "xy"."""
    symbol = "tf.meshgrid"
    if not all(c.is_tensor(one) for one in node.args) or not all(
        word.arg == "indexing" for word in node.keywords
    ):
        return calls.through_us(c, node, symbol)
    words = [c.source.of(word.value) for word in node.keywords] or ["'xy'"]
    return f"list(torch.meshgrid({', '.join(map(c.text, node.args))}, indexing={words[0]}))"


def seed(c: Context, node: ast.Call) -> str:
    """`tf.random.set_seed` stays: it is for random numbers that are TensorFlow's."""
    c.modules.add("tf")
    c.left["tf.random.set_seed"] = 1
    return c.source.of(node)


def printed(c: Context, node: ast.Call) -> str:
    """`tf.print`: print to stderr."""
    if node.keywords:
        return calls.through_us(c, node, "tf.print")
    c.modules.add("sys")
    return f"print({', '.join(map(c.text, node.args))}, file=sys.stderr)"


_RATES = ("learning_rate",)
_OPTIMIZERS = {
    "tf.keras.optimizers.SGD": ("Tf_SGD", (*_RATES, "momentum", "nesterov")),
    "tf.keras.optimizers.Adam": ("Tf_Adam", (*_RATES, "beta_1", "beta_2", "epsilon")),
    "tf.keras.optimizers.AdamW": ("Tf_AdamW", (*_RATES, "weight_decay", "beta_1", "beta_2", "epsilon")),
    "tf.keras.optimizers.RMSprop": ("Tf_RMSprop", (*_RATES, "rho", "momentum", "epsilon")),
    "tf.keras.optimizers.Adagrad": ("Tf_Adagrad", (*_RATES, "initial_accumulator_value", "epsilon")),
}
KNOWN_OPTIMIZERS = {name.rpartition(".")[2] for name in _OPTIMIZERS}


def optimizer(c: Context, node: ast.Call) -> str:
    """Optimizers of Keras's whose step is written out."""
    symbol = str(c.symbols[node.func])
    name, known = _OPTIMIZERS[symbol]
    if len(node.args) > 1 or any(word.arg not in (*known, "name") for word in node.keywords):
        raise StaysError(node, f"{symbol} with arguments that torch has no counterpart for")
    words = [c.text(one) for one in node.args]
    for word in node.keywords:
        if word.arg != "name":
            words.append(f"{word.arg}={c.text(word.value)}")
    for one in [*node.args, *[word.value for word in node.keywords if word.arg != "name"]]:
        if not all(kind[0] in ("int", "float", "bool") for kind in c.kinds(one)):
            raise StaysError(node, f"{symbol} with a rate that is no number")
    return f"{c.use(name)}({', '.join(words)})"


def of_optimizer(c: Context, node: ast.Call, func: ast.Attribute) -> str:
    """A method of one of these."""
    if func.attr != "apply_gradients" or len(node.args) != 1 or node.keywords or c.is_recorded(node):
        raise StaysError(node, f"an optimizer's {func.attr} with these arguments, or while a tape records")
    return f"{c.atom(func.value)}.apply_gradients({c.text(node.args[0])})"


def tensor_array(c: Context, node: ast.Call) -> str:
    """`tf.TensorArray(dtype, size)`."""
    arguments = _arguments(c, node, "tf.TensorArray")
    ignored = {"clear_after_read", "element_shape", "infer_shape", "name"}
    if not set(arguments) <= ignored | {"dtype", "size", "dynamic_size"} or "dtype" not in arguments:
        raise StaysError(node, "tf.TensorArray with these arguments")
    dtype = values.dtype(c, arguments["dtype"])
    words = [dtype]
    if "size" in arguments:
        sizes = {values.ints(c, arguments["size"], kind) for kind in c.kinds(arguments["size"])}
        words.append(sizes.pop() if len(sizes) == 1 else None)
    if "dynamic_size" in arguments:
        words.append(f"dynamic_size={c.text(arguments['dynamic_size'])}")
    if None in words:
        raise StaysError(node, "tf.TensorArray of a dtype or size that torch has not")
    return f"{c.use('Tf_TensorArray')}({', '.join(map(str, words))})"


def of_tensor_array(c: Context, node: ast.Call, func: ast.Attribute) -> str:
    """A method of a TensorArray."""
    known = {"write": 2, "read": 1, "size": 0, "stack": 0, "unstack": 1, "concat": 0}
    names = [word.arg for word in node.keywords if word.arg != "name"]
    if known.get(func.attr) != len(node.args) or names:
        raise StaysError(node, f"a TensorArray's {func.attr} with these arguments")
    words = []
    for i, one in enumerate(node.args):
        is_value = (func.attr, i) in (("write", 1), ("unstack", 0))
        if is_value and not c.is_tensor(one):
            raise StaysError(node, "something that is no tensor is written to a TensorArray")
        words.append(c.text(one))
    return f"{c.atom(func.value)}.{func.attr}({', '.join(words)})"


SPECIAL: dict[str, Callable[[Context, ast.Call], str]] = {
    "tf.Variable": variable,
    "tf.constant": constant,
    "tf.convert_to_tensor": constant,
    "tf.function": function,
    "tf.Module": module,
    "tf.einsum": einsum,
    "tf.linalg.einsum": einsum,
    "tf.meshgrid": meshgrid,
    "tf.random.set_seed": seed,
    "tf.print": printed,
    "tf.TensorArray": tensor_array,
    **dict.fromkeys(_OPTIMIZERS, optimizer),
}
