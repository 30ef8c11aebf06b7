"""`tensorflow.tools.docs.doc_controls`: decorators that tell a generator of documentation what to show.

None is run here, so they give back what they decorate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

__all__ = [
    "do_not_doc_in_subclasses",
    "do_not_doc_inheritable",
    "do_not_generate_docs",
    "doc_in_current_and_subclasses",
    "doc_private",
    "for_subclass_implementers",
    "header",
    "inheritable_header",
    "set_deprecated",
]

T = TypeVar("T")


def do_not_generate_docs(obj: T) -> T:
    return obj


do_not_doc_inheritable = do_not_doc_in_subclasses = doc_in_current_and_subclasses = do_not_generate_docs
doc_private = for_subclass_implementers = set_deprecated = do_not_generate_docs


def header(text: str) -> Callable[[Any], Any]:
    return do_not_generate_docs


inheritable_header = header
