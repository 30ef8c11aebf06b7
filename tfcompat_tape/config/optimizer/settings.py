"""What TensorFlow's optimizer of graphs is told. Nothing here changes a value; `jit_compile=True` is what compiles."""

from __future__ import annotations

from typing import Any

_SWITCHES = [
    "layout_optimizer",
    "constant_folding",
    "shape_optimization",
    "remapping",
    "arithmetic_optimization",
    "dependency_optimization",
    "loop_optimization",
    "function_optimization",
    "debug_stripper",
    "scoped_allocator_optimization",
    "pin_to_host_optimization",
    "implementation_selector",
    "auto_mixed_precision",
    "disable_meta_optimizer",
    "auto_mixed_precision_onednn_bfloat16",
    "auto_mixed_precision_mkl",
    "use_plugin_optimizers",
]
_jit: list[bool] = []
_options: dict[str, Any] = {}


def get_jit() -> str:
    """What `set_jit` was given: "autoclustering", or "" if nothing or False. Source: `tf.config.optimizer.get_jit`.

    >>> import tfcompat_tape as tf
    >>> tf.config.optimizer.get_jit()
    ''
    """
    return "autoclustering" if _jit and _jit[-1] else ""


def set_jit(enabled: bool | str) -> None:
    """Remembered for `get_jit`, and no more: TensorFlow may then compile parts of graphs, which changes no value.

    Use `tf.function(jit_compile=True)`, or `tfcompat run --compile`, to compile here.

    enabled: True or "autoclustering", or False; another string is as False. Source: `tf.config.optimizer.set_jit`.

    >>> import tfcompat_tape as tf
    >>> tf.config.optimizer.set_jit(False)
    """
    _jit[:] = [enabled == "autoclustering" if isinstance(enabled, str) else bool(enabled)]


def get_experimental_options() -> dict[str, Any]:
    """The options that were set. Source: `tf.config.optimizer.get_experimental_options`.

    >>> import tfcompat_tape as tf
    >>> tf.config.optimizer.get_experimental_options()["disable_meta_optimizer"]
    False
    """
    return {"disable_model_pruning": False, "disable_meta_optimizer": False, **_options}


def set_experimental_options(options: dict[str, Any]) -> None:
    """Remembered for `get_experimental_options`, and no more: what TensorFlow does to graphs changes no value.

    Errors: TypeError for what is no dictionary. Source: `tf.config.optimizer.set_experimental_options`.

    >>> import tfcompat_tape as tf
    >>> tf.config.optimizer.set_experimental_options({"constant_folding": True})
    """
    _options.update({name: bool(value) for name, value in dict(options).items() if name in _SWITCHES})
    if "min_graph_nodes" in options:
        _options["min_graph_nodes"] = options["min_graph_nodes"]
