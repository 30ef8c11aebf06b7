"""What Keras tells TensorFlow about itself, by functions that ``tf.__internal__`` keeps for who asks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

__all__ = [
    "load_context",
    "register_call_context_function",
    "register_clear_session_function",
    "register_get_session_function",
    "register_load_model_function",
]

functions: dict[str, Callable[..., Any]] = {}


def register_call_context_function(func: Callable[..., Any]) -> None:
    functions["call_context"] = func


def register_clear_session_function(func: Callable[..., Any]) -> None:
    functions["clear_session"] = func


def register_get_session_function(func: Callable[..., Any]) -> None:
    functions["get_session"] = func


def register_load_model_function(func: Callable[..., Any]) -> None:
    functions["load_model"] = func


def load_context(load_options: Any) -> AbstractContextManager[None]:
    """A context in which Keras 2 reads a model with these options: files are read where they lie, whatever they say."""
    return nullcontext()
