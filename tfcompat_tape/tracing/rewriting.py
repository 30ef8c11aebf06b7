"""Python code, rewritten so that branches on Tensors can be staged: the part of AutoGraph that works on syntax.

`if t: A else: B` becomes two functions and a call of `statements.if_`, a ternary, `and`, `or` and `not` calls with
their operands as lambdas, and every call goes through `statements.fn`, which rewrites what it calls in turn. Where a
test is no Tensor, all of these do what the statement does. What would mean something else inside of a function of its
own (`break` out of it, `yield`, attributes assigned) stays as it is written.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from typing import Any

from tfcompat_tape.tracing.leaving import CannotError, leaves, without_leaving

OPERATORS = "ag__"  # what the rewritten code calls the module of statements
_DEEPEST = 3  # loops in loops that are staged; where one is not, those in it are there twice
_MOST_COPIED = 12  # statements after an `if` that returns on some of its ways
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def rewritten(function: ast.FunctionDef | ast.Lambda) -> ast.FunctionDef | ast.Lambda:
    """A copy of the function with its tests as calls."""
    return _Rewriter().function(copy.deepcopy(function))  # type: ignore[no-any-return]


def inner(node: ast.AST) -> list[ast.AST]:
    """The nodes in `node` that belong to the same scope."""
    found = []
    stack = list(ast.iter_child_nodes(node))
    while stack:
        one = stack.pop()
        found.append(one)
        if not isinstance(one, _SCOPES):
            stack.extend(ast.iter_child_nodes(one))
    return found


def _all(statements: Sequence[ast.stmt]) -> list[ast.AST]:
    found: list[ast.AST] = []
    for one in statements:
        found.append(one)
        if not isinstance(one, _SCOPES):
            found += inner(one)
    return found


def assigned(statements: Sequence[ast.stmt]) -> set[str]:
    """The names that statements bind in their scope."""
    found: set[str] = set()
    for one in statements:
        _bound(one, found)
    return found


def _bound(node: ast.AST, found: set[str]) -> None:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        found.add(node.name)
        return
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        found.update(x.target.id for x in ast.walk(node) if isinstance(x, ast.NamedExpr))
        return
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        found.add(node.id)
    elif isinstance(node, ast.ExceptHandler) and node.name:
        found.add(node.name)
    elif isinstance(node, ast.alias):
        found.add((node.asname or node.name).split(".")[0])
    elif isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
        found.add(node.name)
    for child in ast.iter_child_nodes(node):
        _bound(child, found)


_FIXED = (
    ast.Yield,
    ast.YieldFrom,
    ast.Await,
    ast.AsyncFor,
    ast.AsyncWith,
    ast.Global,
    ast.Nonlocal,
    ast.Delete,
)


def _movable(statements: Sequence[ast.stmt], outside: set[str], returns: bool) -> bool:
    """Whether statements mean the same in a function of their own.

    Args:
      outside: names that are not of this scope.
      returns: they may return.
    """
    for node in _all(statements):
        if isinstance(node, _FIXED) or (isinstance(node, ast.Return) and not returns):
            return False
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            return False  # an object changes: each way its own
        if isinstance(node, ast.Name) and node.id in ("super", "__class__"):
            return False
        if isinstance(node, (ast.MatchMapping, ast.Import, ast.ImportFrom)):
            return False
    return not leaves(list(statements)) and not assigned(statements) & outside


def _ends(statements: Sequence[ast.stmt]) -> bool:
    """Whether control never comes to the end of `statements`."""
    last = statements[-1] if statements else None
    if isinstance(last, ast.If):
        return _ends(last.body) and _ends(last.orelse)
    return isinstance(last, (ast.Return, ast.Raise))


def _returns(node: ast.AST) -> bool:
    return any(isinstance(x, ast.Return) for x in inner(node))


def _returns_plainly(statements: Sequence[ast.stmt]) -> bool:
    """Whether every `return` stands in nothing but `if`s."""
    for one in statements:
        if isinstance(one, ast.If):
            if not (_returns_plainly(one.body) and _returns_plainly(one.orelse)):
                return False
        elif not isinstance(one, (ast.Return, *_SCOPES)) and _returns(one):
            return False
    return True


def _with_returns_last(statements: list[ast.stmt]) -> list[ast.stmt]:
    """The body of a function, where what follows an `if` that returns stands in its other branch."""
    for i, one in enumerate(statements):
        if not isinstance(one, ast.If) or not _returns(one) or not _returns_plainly([one]):
            continue
        rest = statements[i + 1 :]
        open_ways = [block for block in (one.body, one.orelse) if not _ends(block)]
        if (
            len(open_ways) > 1
            and sum(1 for x in rest for _ in [x, *inner(x)] if isinstance(_, ast.stmt)) > _MOST_COPIED
        ):
            return statements
        made = ast.If(one.test, [], [])
        made.body = _with_returns_last(one.body if _ends(one.body) else [*one.body, *copy.deepcopy(rest)])
        made.orelse = _with_returns_last(one.orelse if _ends(one.orelse) else [*one.orelse, *rest])
        made.last = True  # type: ignore[attr-defined]
        return [*statements[:i], ast.copy_location(made, one)]
    return statements


def first_use(statements: Sequence[ast.stmt], name: str) -> bool | None:
    """Whether a name is read (True) or bound (False) first; `None` if neither is sure."""
    for one in statements:
        found = _first_use(one, name)
        if found is not None:
            return found
    return None


def _first_use(one: ast.stmt, name: str) -> bool | None:
    if isinstance(one, (ast.Return, ast.Raise)):
        return _reads(one, name)
    if isinstance(one, ast.If):
        ways = [first_use(one.body, name), first_use(one.orelse, name)]
        if _reads(one.test, name) or True in ways:
            return True
        return False if ways == [False, False] else None
    if isinstance(one, (ast.For, ast.While)):
        head: ast.AST = one.iter if isinstance(one, ast.For) else one.test
        target = isinstance(one, ast.For) and name in assigned([ast.Assign([one.target], one.iter)])
        body = None if target else first_use(one.body, name)
        return True if _reads(head, name) or body or first_use(one.orelse, name) else None
    if isinstance(one, ast.With):
        if any(_reads(item, name) for item in one.items):
            return True
        found: set[str] = set()
        for item in one.items:
            _bound(item, found)
        return False if name in found else first_use(one.body, name)
    if _reads(one, name) or (isinstance(one, ast.AugAssign) and name in assigned([one])):
        return True
    if isinstance(one, (ast.Assign, ast.AnnAssign, ast.FunctionDef)) and name in assigned([one]):
        return False
    return None


def _reads(node: ast.AST, name: str) -> bool:
    """Whether `name` is read in `node`; what functions in it call their arguments is another one."""
    if isinstance(node, ast.Name):
        return node.id == name and isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Lambda) and name in _arguments(node):
        return any(_reads(x, name) for x in [*node.args.defaults, *node.args.kw_defaults] if x is not None)
    return any(_reads(x, name) for x in ast.iter_child_nodes(node))


def _arguments(function: Any) -> set[str]:
    return {x.arg for x in ast.walk(function.args) if isinstance(x, ast.arg)}


class _Rewriter(ast.NodeTransformer):
    """Rewrites one function, with the functions in it."""

    def __init__(self) -> None:
        self.count = 0
        self.outside: set[str] = set()  # names that are global or nonlocal in the function
        self.captured: dict[str, list[int]] = {}  # names that functions within it read: their lines
        self.depth = 0  # of loops as written around loops that may be staged
        self.moved: set[str] = set()  # names that are bound in branches alone, perhaps
        self.after: list[
            tuple[list[ast.stmt], list[ast.stmt]]
        ] = []  # what follows; the loop that goes around

    # -- functions -----------------------------------------------------------------------------------------------------

    def function(self, node: Any) -> Any:
        """Rewrite a function in place."""
        state = self.outside, self.captured, self.moved, self.after
        self.moved, self.after = set(), []
        own = inner(node)
        self.outside = {n for x in own if isinstance(x, (ast.Global, ast.Nonlocal)) for n in x.names}
        self.captured = {}
        for scope in own:
            if isinstance(scope, _SCOPES):
                own_names = {} if isinstance(scope, ast.ClassDef) else _arguments(scope)
                for x in ast.walk(scope):
                    if isinstance(x, ast.Name) and x.id not in own_names:
                        self.captured.setdefault(x.id, []).append(scope.lineno)
        if isinstance(node, ast.Lambda):
            node.body = self.visit(node.body)
        elif any(isinstance(x, (ast.Yield, ast.YieldFrom, ast.Await)) for x in own):
            pass
        else:
            node.body = self.block(_with_returns_last(node.body))
            if self.moved:
                names: list[ast.expr] = [ast.Name(name, ast.Store()) for name in sorted(self.moved)]
                never = ast.If(ast.Constant(0), [ast.Assign(names, ast.Constant(None))], [])
                has_doc = isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
                node.body.insert(1 if has_doc else 0, ast.copy_location(never, node.body[0]))
        self.outside, self.captured, self.moved, self.after = state
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        node.decorator_list = [self.visit(x) for x in node.decorator_list]
        return self.function(node)

    def visit_AsyncFunctionDef(self, node: Any) -> Any:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        return self.function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        node.body = [self.visit(x) if isinstance(x, ast.FunctionDef) else x for x in node.body]
        return node

    # -- statements ----------------------------------------------------------------------------------------------------

    def block(self, statements: list[ast.stmt], around: list[ast.stmt] | None = None) -> list[ast.stmt]:
        """Rewrite statements; `around` is the loop whose body they are."""
        found: list[ast.stmt] = []
        for i, one in enumerate(statements):
            self.after.append((statements[i + 1 :], around or []))
            made = self.visit(one)
            self.after.pop()
            found.extend(made if isinstance(made, list) else [made])
        return found

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if not isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case)):
            return super().generic_visit(node)
        loop = [copy.deepcopy(node)] if isinstance(node, (ast.For, ast.While)) else None
        for name, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                setattr(node, name, self.block(value, loop if name == "body" else None))  # type: ignore[arg-type]
            elif isinstance(value, list):
                setattr(node, name, [self.visit(x) if isinstance(x, ast.AST) else x for x in value])
            elif isinstance(value, ast.AST):
                setattr(node, name, self.visit(value))
        return node

    def live(self, name: str, loop: Any = None) -> bool:
        """Whether a name may be read after the statement that is being rewritten; not by functions within `loop`."""
        for line in self.captured.get(name, ()):
            if loop is None or not loop.lineno <= line <= loop.end_lineno:
                return True
        for following, around in reversed(self.after):
            found = first_use(following, name)
            if found is None and around and first_use(around, name):
                return True
            if found is not None:
                return found
        return False

    def visit_If(self, node: ast.If) -> Any:
        last = getattr(node, "last", False)
        bound = assigned([*node.body, *node.orelse])
        movable = _movable([*node.body, *node.orelse], self.outside, returns=last)
        names = sorted(bound)
        live = [name for name in names if not last and self.live(name)]
        node.test = self.visit(node.test)
        node.body = self.block(node.body)
        node.orelse = self.block(node.orelse)
        if not movable:
            return node
        self.moved |= bound
        functions = [self.part(node.body, names, "body", last), self.part(node.orelse, names, "orelse", last)]
        call = _call(
            "if_return" if last else "if_",
            node.test,
            *[ast.Name(f.name, ast.Load()) for f in functions],
            _texts(names),
            *([] if last else [_texts(live)]),
        )
        final = ast.Return(call) if last else ast.Expr(call)
        return [_placed(x, node) for x in (*functions, final)]

    def visit_Assert(self, node: ast.Assert) -> Any:
        message = node.msg or ast.Constant(None)
        if not _wrappable(message):
            return self.generic_visit(node)
        node.test = self.visit(node.test)
        message = self.visit(message)
        return _placed(ast.Expr(_call("assert_", node.test, _lambda(message))), node)

    # -- loops ---------------------------------------------------------------------------------------------------------

    def visit_For(self, node: ast.For) -> Any:
        looped = self.looped(node)
        plain: Any = self.plain(node, looped is None)
        if looped is None:
            return plain
        made, names, carried, body, more, returns = looped
        iterated: Any = plain.iter
        if (
            isinstance(iterated, ast.Call)
            and isinstance(iterated.func, ast.Call)
            and _is_operator(iterated.func.func)
        ):
            iterated.func.func.attr = "iterating"  # type: ignore[attr-defined]
        it = self.name("iterated")
        call = _call("for_", ast.Name(it, ast.Load()), body, more, _texts(names), _texts(carried), returns)
        plain.iter = _call("rounds", ast.Name(it, ast.Load()))
        first = ast.Assign([ast.Name(it, ast.Store())], iterated)
        written = ast.If(ast.UnaryOp(ast.Not(), call), [plain], [])
        return [_placed(x, node) for x in [first, *made, written]]

    def visit_While(self, node: ast.While) -> Any:
        steady = isinstance(node.test, ast.Constant) or not _wrappable(node.test)
        looped = None if steady else self.looped(node)
        test = None if looped is None else _lambda(self.visit(copy.deepcopy(node.test)))
        plain: Any = self.plain(node, looped is None)
        if looped is None or test is None:
            return plain
        made, names, carried, body, more, returns = looped
        called = self.name("while")
        call = _call("While", test, body, more, _texts(names), _texts(carried), returns)
        plain.test = ast.Call(ast.Name(called, ast.Load()), [_lambda(plain.test)], [])
        first = ast.Assign([ast.Name(called, ast.Store())], call)
        end = ast.Expr(ast.Call(ast.Attribute(ast.Name(called, ast.Load()), "end", ast.Load()), [], []))
        return [*[_placed(x, node) for x in [*made, first]], plain, _placed(end, node)]

    def plain(self, node: Any, alone: bool) -> Any:
        """A loop as it is written; if it is not `alone`, the same loop stands there to be staged."""
        self.depth += not alone
        found = self.generic_visit(node)
        self.depth -= not alone
        return found

    def name(self, what: str) -> str:
        """A name that nothing else has."""
        self.count += 1
        return f"{OPERATORS}{what}{self.count}"

    def looped(self, node: Any) -> Any:
        """The body of a loop as a function, or `None` if it cannot be staged.

        Returns:
          Statements that define the function, the names that it binds, those that are carried, and expressions: the
          function, what says whether the loop goes on where there is a `break`, and whether it returns.
        """
        if node.orelse or self.depth >= _DEEPEST:
            return None
        left, skips = self.name("left"), self.name("skips")
        statements = node.body
        returns = any(isinstance(x, ast.Return) for x in inner(node))
        try:
            statements, breaks = without_leaving(node.body, left, skips)
        except CannotError:
            return None
        head: list[ast.stmt] = []
        if isinstance(node, ast.For):
            row = self.name("row")
            head = [_placed(ast.Assign([copy.deepcopy(node.target)], ast.Name(row, ast.Load())), node)]
        statements = [*head, *statements]
        if not _movable(statements, self.outside, returns=True):
            return None
        names = sorted(assigned(statements))
        test = [] if isinstance(node, ast.For) else [node.test]
        carried = [
            name
            for name in names
            if name != skips
            and (
                name == left
                or self.live(name, node)
                or any(_reads(x, name) for x in test)
                or first_use(statements, name)
            )
        ]
        around = copy.deepcopy(node)
        around.body = statements
        if breaks:
            around = ast.While(ast.Name(left, ast.Load()), [around], [])
        if returns:
            statements = [_placed(ast.Pass(), node)]
        body = self.block(copy.deepcopy(statements), [around])
        self.moved |= {*names}
        function = self.part(body, names, "loop", False)
        if isinstance(node, ast.For):
            function.args.args.append(ast.arg(row))
        else:
            function.args.args.append(ast.arg(self.name("row")))
        made: list[ast.stmt] = [function]
        more: ast.expr = ast.Constant(None)
        if breaks:
            made.insert(0, ast.Assign([ast.Name(left, ast.Store())], ast.Constant(False)))
            more = _lambda(_placed(_call("not_", ast.Name(left, ast.Load())), node))
        return made, names, carried, ast.Name(function.name, ast.Load()), more, ast.Constant(returns)

    def part(self, body: list[ast.stmt], names: list[str], kind: str, last: bool) -> ast.FunctionDef:
        """A branch, or the body of a loop, as a function."""
        self.count += 1
        head: list[ast.stmt] = [ast.Nonlocal(list(names))] if names else []
        tail: list[ast.stmt] = []
        if last and not _ends(body):
            tail = [ast.Return(ast.Attribute(ast.Name(OPERATORS, ast.Load()), "FELL_OFF", ast.Load()))]
        arguments = ast.arguments([], [], None, [], [], None, [])
        made: Any = ast.FunctionDef(
            f"{OPERATORS}{kind}{self.count}", arguments, [*head, *body, *tail] or [ast.Pass()], []
        )
        return made  # type: ignore[no-any-return]

    # -- expressions ---------------------------------------------------------------------------------------------------

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        if not _wrappable(node.body, node.orelse):
            return super().generic_visit(node)
        super().generic_visit(node)
        return _placed(_call("if_exp", node.test, _lambda(node.body), _lambda(node.orelse)), node)

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        if not _wrappable(*node.values[1:]):
            return super().generic_visit(node)
        super().generic_visit(node)
        name = "and_" if isinstance(node.op, ast.And) else "or_"
        return _placed(_call(name, node.values[0], *map(_lambda, node.values[1:])), node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        super().generic_visit(node)
        return _placed(_call("not_", node.operand), node) if isinstance(node.op, ast.Not) else node

    def visit_Compare(self, node: ast.Compare) -> Any:
        middle = node.comparators[:-1]
        if middle and all(isinstance(x, (ast.Name, ast.Constant)) for x in middle) and _wrappable(node):
            sides = [node.left, *node.comparators]
            pairs = [
                ast.copy_location(ast.Compare(a, [op], [b]), node)
                for a, op, b in zip(sides, node.ops, sides[1:], strict=False)
            ]
            pairs = [pairs[0], *[copy.deepcopy(x) for x in pairs[1:]]]
            return self.visit(ast.copy_location(ast.BoolOp(ast.And(), list(pairs)), node))
        return super().generic_visit(node)

    def visit_Call(self, node: ast.Call) -> Any:
        super().generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in ("super", "isinstance", "print"):
            return node
        if isinstance(node.func, ast.Call) and _is_operator(node.func.func):
            return node
        node.func = _placed(_call("fn", node.func), node.func)
        return node


def _is_operator(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == OPERATORS


def _wrappable(*nodes: ast.AST) -> bool:
    """Whether expressions mean the same in lambdas."""
    return not any(
        isinstance(x, (ast.NamedExpr, ast.Yield, ast.YieldFrom, ast.Await))
        or (isinstance(x, ast.Name) and x.id in ("super", "__class__"))
        for node in nodes
        for x in ast.walk(node)
    )


def _lambda(body: ast.expr) -> ast.expr:
    return ast.copy_location(ast.Lambda(ast.arguments([], [], None, [], [], None, []), body), body)


def _call(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name(OPERATORS, ast.Load()), name, ast.Load()), list(args), [])


def _texts(names: Sequence[str]) -> ast.expr:
    return ast.Tuple([ast.Constant(name) for name in names], ast.Load())


def _placed(node: Any, like: ast.AST) -> Any:
    return ast.fix_missing_locations(ast.copy_location(node, like))
