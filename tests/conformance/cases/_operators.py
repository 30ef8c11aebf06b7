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


def every(tf: Any) -> dict[str, Any]:
    """An operator of each class, with several hints."""
    linalg = tf.linalg

    def c(x: Any) -> Any:
        return tf.constant(x, tf.float64)

    m = c([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]])
    spectrum = tf.constant([4.0, 2.0, 2.0], tf.complex128)
    pd = {"is_positive_definite": True, "is_self_adjoint": True}
    full, diag = linalg.LinearOperatorFullMatrix, linalg.LinearOperatorDiag
    made = {
        "Diag": diag(c([1.0, 2.0, 3.0])),
        "Diag PD": diag(c([1.0, 2.0, 3.0]), **pd),
        "Diag NS": diag(c([1.0, 2.0, 3.0]), is_non_singular=True),
        "FullMatrix": full(m),
        "FullMatrix NS": full(m, is_non_singular=True),
        "FullMatrix PD": full(m, **pd),
        "FullMatrix SA": full(m, is_self_adjoint=True),
        "FullMatrix singular": full(m, is_non_singular=False),
        "Identity": linalg.LinearOperatorIdentity(3, dtype=tf.float64),
        "ScaledIdentity": linalg.LinearOperatorScaledIdentity(3, c(2.0)),
        "ScaledIdentity PD": linalg.LinearOperatorScaledIdentity(3, c(2.0), is_positive_definite=True),
        "Zeros": linalg.LinearOperatorZeros(3, dtype=tf.float64),
        "LowerTriangular": linalg.LinearOperatorLowerTriangular(m),
        "LowerTriangular NS": linalg.LinearOperatorLowerTriangular(m, is_non_singular=True),
        "Permutation": linalg.LinearOperatorPermutation([2, 0, 1], dtype=tf.float64),
        "Householder": linalg.LinearOperatorHouseholder(c([1.0, 2.0, 2.0])),
        "Toeplitz": linalg.LinearOperatorToeplitz(c([4.0, 1.0, 0.5]), c([4.0, 0.3, 0.2])),
        "Tridiag": linalg.LinearOperatorTridiag(c([[1.0, 1.0, 0.0], [4.0, 4.0, 4.0], [0.0, 0.5, 0.5]])),
        "Circulant": linalg.LinearOperatorCirculant(spectrum, input_output_dtype=tf.float64),
        "Circulant PD": linalg.LinearOperatorCirculant(spectrum, input_output_dtype=tf.float64, **pd),
        "Circulant2D": linalg.LinearOperatorCirculant2D(
            tf.reshape(spectrum, [3, 1]), input_output_dtype=tf.float64
        ),
        "BlockDiag": linalg.LinearOperatorBlockDiag([full(m[:2, :2]), diag(c([2.0]))]),
        "BlockDiag PD": linalg.LinearOperatorBlockDiag([full(m[:2, :2], **pd), diag(c([2.0]), **pd)]),
        "BlockLowerTriangular": linalg.LinearOperatorBlockLowerTriangular(
            [[full(m[:2, :2], is_non_singular=True)], [full(m[2:, :2]), diag(c([2.0]), is_non_singular=True)]]
        ),
        "Kronecker": linalg.LinearOperatorKronecker([full(m), diag(c([2.0]))]),
        "Kronecker PD": linalg.LinearOperatorKronecker([full(m, **pd), diag(c([2.0]), **pd)]),
    }
    made["LowRankUpdate PD"] = linalg.LinearOperatorLowRankUpdate(
        made["Diag PD"], c([[1.0], [2.0], [0.0]]), is_diag_update_positive=True
    )
    made["LowRankUpdate"] = linalg.LinearOperatorLowRankUpdate(
        made["Diag PD"], c([[1.0], [2.0], [0.0]]), diag_update=c([3.0]), v=c([[0.1], [0.2], [0.3]])
    )
    made["Composition"] = linalg.LinearOperatorComposition([made["FullMatrix"], made["Diag"]])
    made["Adjoint"] = linalg.LinearOperatorAdjoint(made["FullMatrix"])
    made["Inversion"] = linalg.LinearOperatorInversion(made["FullMatrix NS"])
    return made
