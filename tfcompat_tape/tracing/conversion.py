"""From a user's function to the same function with staged branches: finding its source, compiling, keeping its closure.

Functions of libraries, without source, generators, and those that look at their own variables stay as they are.
"""

from __future__ import annotations
import __future__

import ast
import contextlib
import copy
import dis
import functools
import linecache
import logging
import sysconfig
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.rewriting import OPERATORS, inner, rewritten

logger = logging.getLogger("tensorflow.autograph")

_PACKAGE = str(Path(__file__).parent.parent)
_LIBRARIES = (
    _PACKAGE,
    *{sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")},
)
_LOOKING = frozenset({"locals", "vars", "dir", "eval", "exec", "_getframe", "currentframe"})
_SKIPPED = 0x20 | 0x80 | 0x200  # generators, coroutines and both
_FUTURE = functools.reduce(
    lambda flags, name: flags | getattr(__future__, name).compiler_flag, __future__.all_feature_names, 0
)


class _File:
    """The syntax of a file.

    Attributes:
      functions: by the line that they begin in.
      imported: names that the module imports; Python compiles calls of their attributes in a way of its own.
    """

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.functions: dict[int, list[Any]] = {}
        tree = ast.parse("".join(lines))
        _place(tree, None, self.functions)
        aliases = [
            x for one in inner(tree) if isinstance(one, (ast.Import, ast.ImportFrom)) for x in one.names
        ]
        self.imported = sorted({(x.asname or x.name).split(".")[0] for x in aliases} - {"*"})


_converted: dict[types.CodeType, types.CodeType | None] = {}
_made: set[types.CodeType] = set()
_files: dict[str, _File] = {}


def converted(function: Any) -> Any:
    """`function` as the trace that is under way wants it: with branches on Tensors staged, or itself."""
    trace = scope.active.trace
    if trace is None or not trace.autograph:
        return function
    kind = type(function)
    if kind is types.FunctionType:
        return _of_function(function)
    if kind is types.MethodType:
        inside = function.__func__
        if type(inside) is types.FunctionType:
            made = _of_function(inside)
            return function if made is inside else types.MethodType(made, function.__self__)
        return function
    if kind is functools.partial:
        made = converted(function.func)
        return (
            function
            if made is function.func
            else functools.partial(made, *function.args, **function.keywords)
        )
    if isinstance(function, type) or kind.__module__.split(".")[0] in (
        "builtins",
        "tfcompat_tape",
        "torch",
        "numpy",
    ):
        return function
    call = next((c.__dict__["__call__"] for c in kind.__mro__ if "__call__" in c.__dict__), None)
    if type(call) is types.FunctionType:
        made = _of_function(call)
        return function if made is call else types.MethodType(made, function)
    return function


def _of_function(function: types.FunctionType) -> types.FunctionType:
    code = function.__code__
    if code in _converted:
        made = _converted[code]
    else:
        made = None
        if code not in _made and not code.co_flags & _SKIPPED and not _of_library(code.co_filename):
            try:
                made = _compiled(function)
            except Exception as error:
                logger.debug("AutoGraph leaves %s as it is: %r", function.__qualname__, error)
        _converted[code] = made
    if made is None or getattr(function, "_tfcompat_as_written", False):
        return function
    from tfcompat_tape.tracing import statements

    cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
    cells[OPERATORS] = types.CellType(statements)
    found = types.FunctionType(
        made,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        tuple([cells[name] for name in made.co_freevars]),
    )
    found.__kwdefaults__ = function.__kwdefaults__
    found.__qualname__ = function.__qualname__
    found.__doc__ = function.__doc__
    found.__module__ = function.__module__
    found.__dict__.update(function.__dict__)
    return found


def _of_library(filename: str) -> bool:
    return filename.startswith(_LIBRARIES) or "site-packages" in filename or "dist-packages" in filename


def _compiled(function: types.FunctionType) -> types.CodeType | None:
    """The code of the rewritten function; `None` if there is nothing to rewrite, or no way to."""
    code = function.__code__
    node = _source(code)
    if node is None or _LOOKING & {*_names(code)}:
        return None
    if not _equal(_code_of(copy.deepcopy(node), code), code):
        return None  # the file is not what was imported
    found = _code_of(rewritten(node), code)
    if found.co_varnames[: _arity(found)] != code.co_varnames[: _arity(code)]:
        return None
    _remember(found)
    return found.replace(co_qualname=code.co_qualname) if hasattr(code, "co_qualname") else found


def _code_of(made: Any, code: types.CodeType) -> types.CodeType:
    """Compile the syntax of a function whose code is `code`, with the operators as one more free name."""
    if isinstance(made, ast.Lambda):
        body: ast.stmt = ast.copy_location(ast.Return(made), made)
    else:
        made.decorator_list = []
        made.returns = None
        body = made
    arguments = made.args
    for argument in ast.walk(arguments):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    arguments.defaults = [ast.Constant(None) for _ in arguments.defaults]
    arguments.kw_defaults = [None if x is None else ast.Constant(None) for x in arguments.kw_defaults]
    around = ast.FunctionDef(
        f"{OPERATORS}around",
        ast.arguments([], [ast.arg(x) for x in (OPERATORS, *code.co_freevars)], None, [], [], None, []),
        [body],
        [],
    )
    file = _files.get(code.co_filename)
    imports = [ast.Import([ast.alias(name)]) for name in ([] if file is None else file.imported)]
    module = ast.fix_missing_locations(ast.Module([*imports, ast.copy_location(around, made)], []))
    flags = code.co_flags & _FUTURE
    compiled = compile(module, code.co_filename, "exec", flags=flags, dont_inherit=True)
    return _inside(_inside(compiled, f"{OPERATORS}around"), code.co_name)


def _equal(a: types.CodeType, b: types.CodeType) -> bool:
    """Whether two codes do the same; where one has an `assert`, test runners may have rewritten it."""
    if "AssertionError" in a.co_names or "@pytest_ar" in b.co_names or _asserts(a):
        return a.co_varnames[: _arity(a)] == b.co_varnames[: _arity(b)]
    if (a.co_code, a.co_names, a.co_varnames) != (b.co_code, b.co_names, b.co_varnames):
        return False
    return len(a.co_consts) == len(b.co_consts) and all(map(_equal_constants, a.co_consts, b.co_consts))


def _equal_constants(a: Any, b: Any) -> bool:
    if isinstance(a, types.CodeType) and isinstance(b, types.CodeType):
        return _equal(a, b)
    return type(a) is type(b) and (a == b or a != a)


def _asserts(code: types.CodeType) -> bool:
    return any(one.opname == "LOAD_ASSERTION_ERROR" for one in dis.get_instructions(code))


def _arity(code: types.CodeType) -> int:
    return code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)


def _names(code: types.CodeType) -> list[str]:
    found = [*code.co_names]
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            found += _names(one)
    return found


def _inside(code: types.CodeType, name: str) -> types.CodeType:
    return next(x for x in code.co_consts if isinstance(x, types.CodeType) and x.co_name == name)


def _remember(code: types.CodeType) -> None:
    _made.add(code)
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            _remember(one)


def _source(code: types.CodeType) -> Any:
    """The syntax of a function: its `def`, or its lambda if there is no doubt which one it is."""
    lines = linecache.getlines(code.co_filename)
    if not lines:
        return None
    held = _files.get(code.co_filename)
    if held is None or held.lines is not lines:
        held = _files[code.co_filename] = _File(lines)
    kind = ast.Lambda if code.co_name == "<lambda>" else ast.FunctionDef
    found = [
        (node, private)
        for node, private in held.functions.get(code.co_firstlineno, [])
        if isinstance(node, kind) and getattr(node, "name", "<lambda>") == code.co_name and _fits(node, code)
    ]
    if len(found) != 1 or found[0][1]:
        return None
    return found[0][0]


def _fits(node: Any, code: types.CodeType) -> bool:
    args = node.args
    names = [x.arg for x in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
    names += [x.arg for x in (args.vararg, args.kwarg) if x is not None]
    return tuple(names) == code.co_varnames[: _arity(code)]


def _place(node: ast.AST, owner: str | None, places: dict[int, list[Any]]) -> None:
    """Enter the functions in `node` by line; those with private names of a class are marked."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.Lambda)):
            decorators = getattr(child, "decorator_list", [])
            line = decorators[0].lineno if decorators else child.lineno
            private = owner is not None and any(map(_private, inner(child)))
            places.setdefault(line, []).append((child, private))
        _place(child, child.name if isinstance(child, ast.ClassDef) else owner, places)


def _private(node: ast.AST) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name.startswith("__") and not name.endswith("__")


def source_of(function: Any) -> Any:
    """The syntax of a function or method, a copy; `None` if it is not found."""
    node = _source(getattr(function, "__func__", function).__code__)
    return None if node is None else copy.deepcopy(node)


@contextlib.contextmanager
def converting(wanted: bool) -> Iterator[None]:
    """Within this context functions are converted, or are not, while one is traced."""
    trace = scope.active.trace
    if trace is None:
        yield
        return
    from tfcompat_tape.tracing.trace import ON

    before = trace.autograph
    trace.autograph = (before or ON) if wanted else None
    try:
        yield
    finally:
        trace.autograph = before


def is_converted(code: types.CodeType) -> bool:
    """Whether a code is that of a rewritten function, or of a part of one."""
    return code in _made


def as_written(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a function that shall not be converted."""
    function._tfcompat_as_written = True  # type: ignore[attr-defined]
    return function
