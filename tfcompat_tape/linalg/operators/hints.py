"""Hints: what the user promises of an operator, `None` where nothing is known, and what follows from them."""

from __future__ import annotations

from typing import Any


def implied(
    is_non_singular: bool | None,
    is_self_adjoint: bool | None,
    is_positive_definite: bool | None,
    is_square: bool | None,
) -> tuple[bool | None, bool | None]:
    """`is_non_singular` and `is_square` with what the other hints say of them; ValueError if they contradict."""
    if is_positive_definite:
        if is_non_singular is False:
            raise ValueError("A positive definite matrix is always non-singular.")
        is_non_singular = True
    if is_non_singular:
        if is_square is False:
            raise ValueError("A non-singular matrix is always square.")
        is_square = True
    if is_self_adjoint:
        if is_square is False:
            raise ValueError("A self-adjoint matrix is always square.")
        is_square = True
    return is_non_singular, is_square


def must(hint: bool | None, value: bool, message: str) -> bool:
    """The hint that can only be `value`; ValueError if the user gave another."""
    if hint is not None and bool(hint) is not value:
        raise ValueError(message)
    return value


def agreeing(hint: bool | None, of_other: bool | None, message: str) -> bool | None:
    """The hint of an operator and of one that has the property if and only if it has; ValueError if they differ."""
    if hint is not None and of_other is not None and hint != of_other:
        raise ValueError(message)
    return of_other if of_other is not None else hint


def of_all(hint: bool | None, each: Any, message: str) -> bool | None:
    """The hint of what has a property if all its parts have it; ValueError if the user denies it then."""
    return must(hint, True, message) if all(each) else hint


def non_singular_product(one: Any, two: Any) -> bool | None:
    """Whether a product is non-singular."""
    if one.is_non_singular is False or two.is_non_singular is False:
        return False
    return True if one.is_non_singular and two.is_non_singular else None


def both(one: bool | None, two: bool | None) -> bool | None:
    """Whether what commutes has a property of both factors."""
    return True if one and two else None


def of_commuting(one: Any, two: Any) -> dict[str, bool | None]:
    """The hints of the product of two square operators that commute."""
    return {
        "is_non_singular": non_singular_product(one, two),
        "is_self_adjoint": both(one.is_self_adjoint, two.is_self_adjoint),
        "is_positive_definite": both(one.is_positive_definite, two.is_positive_definite),
        "is_square": True,
    }


def of_product(one: Any, two: Any) -> dict[str, bool | None]:
    """The hints of the product of any two operators."""
    if one.is_square and two.is_square:
        square: bool | None = True
    elif one.is_square is False and two.is_square is False:
        square = None
    else:
        return dict.fromkeys(
            ("is_non_singular", "is_self_adjoint", "is_positive_definite", "is_square"), False
        )
    return {"is_non_singular": non_singular_product(one, two), "is_square": square}


def of(operator: Any) -> dict[str, bool | None]:
    """The hints of an operator, to hand on."""
    return {
        "is_non_singular": operator.is_non_singular,
        "is_self_adjoint": operator.is_self_adjoint,
        "is_positive_definite": operator.is_positive_definite,
        "is_square": operator.is_square,
    }
