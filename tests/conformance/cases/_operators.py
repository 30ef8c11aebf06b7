"""Linear operators of every class, and what is asked of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance_kit import A, case
from conformance_kit.inputs import Input

Build = Callable[..., Any]


def ask(
    name: str,
    build: Build,
    parameters: list[Input],
    *,
    rows: int = 3,
    columns: int | None = None,
    batch: tuple[int, ...] = (),
    dtypes: tuple[str, ...] = ("float32", "complex64"),
    solves: bool = True,
    numbers: tuple[str, ...] = ("determinant", "log_abs_determinant", "trace", "diag_part"),
    tol: dict[str, float] | None = None,
    why: str = "",
) -> None:
    """Cases of an operator that `build(tf, *parameters)` makes: products, solutions, numbers, dense form."""
    columns = columns or rows
    count = len(parameters)
    x = A("normal", (*batch, columns, 2))
    y = A("normal", (*batch, rows, 2))
    row = A("normal", (*batch, 2, columns))

    def products(tf: Any, *args: Any) -> Any:
        operator = build(tf, *args[:count])
        one, two, three = args[count:]
        return [
            operator.matmul(one),
            operator.matmul(two, adjoint=True),
            operator.matmul(three, adjoint_arg=True),
            operator.matvec(one[..., 0]),
            operator.matvec(two[..., 0], adjoint=True),
        ]

    def solutions(tf: Any, *args: Any) -> Any:
        operator = build(tf, *args[:count])
        one, two = args[count:]
        return [
            operator.solve(one),
            operator.solve(one, adjoint=True),
            operator.solve(two, adjoint_arg=True),
            operator.solvevec(one[..., 0]),
            operator.solvevec(one[..., 0], adjoint=True),
        ]

    def dense(tf: Any, *args: Any) -> Any:
        operator = build(tf, *args[:count])
        return [operator.to_dense(), operator.add_to_tensor(args[count])]

    options: dict[str, Any] = {"dtypes": dtypes, "tol": tol, "why": why}
    case(f"linalg.{name}: products", products, [*parameters, x, y, row], **options)
    if solves:
        case(f"linalg.{name}: solutions", solutions, [*parameters, y, row], **options)
    if numbers:
        case(
            f"linalg.{name}: {', '.join(numbers)}",
            lambda tf, *args: [getattr(build(tf, *args), number)() for number in numbers],
            parameters,
            **options,
        )
    case(f"linalg.{name}: dense", dense, [*parameters, A("normal", (*batch, rows, columns))], **options)


def described(operator: Any) -> str:
    """The class of an operator, its hints and the classes of its parts."""
    hints = "".join(
        {None: "-", True: "T", False: "F"}[hint]
        for hint in (
            operator.is_non_singular,
            operator.is_self_adjoint,
            operator.is_positive_definite,
            operator.is_square,
        )
    )
    parts = getattr(operator, "operators", [])
    inner = "".join(
        f" {type(part).__name__.removeprefix('LinearOperator')}"
        for part in parts
        if not isinstance(part, (list, tuple))
    )
    return f"{type(operator).__name__.removeprefix('LinearOperator')}[{hints}]{inner}"
