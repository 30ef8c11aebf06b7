"""``tf.__internal__.train``: what Keras says about mixed precision, and about its checkpoints."""

from __future__ import annotations

from tfcompat_tape.checkpoint.management import update_checkpoint_state
from tfcompat_tape.coverage.names import namespace

__all__ = [
    "is_mixed_precision_graph_rewrite_enabled",
    "set_using_mixed_precision_policy",
    "update_checkpoint_state",
]


def is_mixed_precision_graph_rewrite_enabled() -> bool:
    """False: no graph is rewritten."""
    return False


def set_using_mixed_precision_policy(is_using: bool) -> None:
    """Keras has a policy of its own, so that no graph may be rewritten: none is."""


__getattr__ = namespace(globals(), "tf.__internal__.train")
