"""Words in which conformance cases are written; see tests/conformance/README.md."""

from .inputs import (
    ALL,
    COMPLEX,
    DOUBLE,
    EDGE,
    FLOAT,
    FLOATS,
    HALVES,
    INTS,
    NUMERIC,
    REALS,
    SIGNED,
    UNSIGNED,
    A,
    B,
    I,
    V,
)
from .spec import case, error, raises, script

__all__ = [
    "ALL",
    "COMPLEX",
    "DOUBLE",
    "EDGE",
    "FLOAT",
    "FLOATS",
    "HALVES",
    "INTS",
    "NUMERIC",
    "REALS",
    "SIGNED",
    "UNSIGNED",
    "A",
    "B",
    "I",
    "V",
    "case",
    "error",
    "raises",
    "script",
]
