"""Which checkpoints there are in a directory: the file `checkpoint`, which says so in text."""

from __future__ import annotations

import ast
import glob
import os
import re
from collections.abc import Sequence
from typing import Any

from tfcompat_tape.checkpoint import bundle, files, safetensors, sharded
from tfcompat_tape.checkpoint.messages import CheckpointState
from tfcompat_tape.io.paths import local
from tfcompat_tape.printing import get_logger

__all__ = [
    "checkpoint_exists",
    "generate_checkpoint_state_proto",
    "get_checkpoint_mtimes",
    "get_checkpoint_state",
    "latest_checkpoint",
    "remove_checkpoint",
    "update_checkpoint_state",
]

_FIELD = re.compile(r'\s*(\w+)\s*:\s*("(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|[-+\w.]+)')
_FILE = "checkpoint"


def _state_path(directory: str, latest_filename: str | None) -> str:
    return os.path.join(directory, latest_filename or _FILE)


def parse_state(text: str) -> Any:
    """The message that a text says.

    Raises:
      ValueError: a text that says no such message.
    """
    state: Any = CheckpointState()
    at = 0
    text = re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)
    while text[at:].strip():
        found = _FIELD.match(text, at)
        field = CheckpointState.DESCRIPTOR.fields_by_name.get(found[1]) if found else None
        if found is None or field is None:
            line = text.count("\n", 0, at + len(text[at:]) - len(text[at:].lstrip())) + 1
            raise ValueError(f'{line}: Message type "tensorflow.CheckpointState" has no such field')
        value = _string(found[2]) if field.kind == "string" else float(found[2])
        if field.repeated:
            getattr(state, field.name).append(value)
        else:
            setattr(state, field.name, value)
        at = found.end()
    return state


def _string(text: str) -> str:
    """A quoted text, whose bytes may be written as numbers."""
    value = ast.literal_eval("b" + text) if text.isascii() else ast.literal_eval(text).encode()
    return str(value.decode("utf-8", "surrogateescape"))


def generate_checkpoint_state_proto(
    save_dir: str,
    model_checkpoint_path: str,
    all_model_checkpoint_paths: Sequence[str] | None = None,
    all_model_checkpoint_timestamps: Sequence[float] | None = None,
    last_preserved_timestamp: float | None = None,
) -> Any:
    """The message that says which checkpoints there are, with paths relative to `save_dir` where they are.

    Raises:
      ValueError: not as many times as paths.
    """
    paths = list(all_model_checkpoint_paths or ())
    if not paths or paths[-1] != model_checkpoint_path:
        if paths:
            get_logger().info(
                f"{model_checkpoint_path} is not in all_model_checkpoint_paths. Manually adding it."
            )
        paths.append(model_checkpoint_path)
    times = all_model_checkpoint_timestamps
    if times and len(times) != len(paths):
        raise ValueError(
            "Checkpoint timestamps, if provided, must match checkpoint paths (got paths "
            f"{paths} and timestamps {times})"
        )
    if not os.path.isabs(save_dir):
        paths = [each if os.path.isabs(each) else os.path.relpath(each, save_dir or ".") for each in paths]
        if not os.path.isabs(model_checkpoint_path):
            model_checkpoint_path = os.path.relpath(model_checkpoint_path, save_dir or ".")
    return CheckpointState(
        model_checkpoint_path=model_checkpoint_path,
        all_model_checkpoint_paths=paths,
        all_model_checkpoint_timestamps=times,
        last_preserved_timestamp=last_preserved_timestamp,
    )


def update_checkpoint_state(
    save_dir: Any,
    model_checkpoint_path: Any,
    all_model_checkpoint_paths: Sequence[Any] | None = None,
    latest_filename: str | None = None,
    all_model_checkpoint_timestamps: Sequence[float] | None = None,
    last_preserved_timestamp: float | None = None,
    save_relative_paths: bool = False,
) -> None:
    """Write the file `checkpoint` anew. It is there whole at each moment."""
    directory = local(save_dir)
    latest = local(model_checkpoint_path)
    paths = [local(path) for path in all_model_checkpoint_paths or ()]
    if save_relative_paths:
        base = os.path.abspath(directory)
        latest = (
            os.path.relpath(os.path.abspath(latest), base)
            if os.path.isabs(latest)
            else os.path.relpath(latest, directory or ".")
        )
        paths = [
            os.path.relpath(os.path.abspath(path), base)
            if os.path.isabs(path)
            else os.path.relpath(path, directory or ".")
            for path in paths
        ]
        state = generate_checkpoint_state_proto(
            base, latest, paths, all_model_checkpoint_timestamps, last_preserved_timestamp
        )
    else:
        state = generate_checkpoint_state_proto(
            directory, latest, paths, all_model_checkpoint_timestamps, last_preserved_timestamp
        )
    target = _state_path(directory, latest_filename)
    if target == latest:
        raise RuntimeError(
            f"Save path '{latest}' conflicts with path used for checkpoint state.  Please use a different save path."
        )
    files.write_whole(target, str(state).encode())


def get_checkpoint_state(checkpoint_dir: Any, latest_filename: str | None = None) -> Any:
    """What the file `checkpoint` of a directory says, with whole paths; None if there is none, or it says nothing.

    Source: `tf.train.get_checkpoint_state`.

    >>> import tfcompat_tape as tf
    >>> tf.train.get_checkpoint_state("/nowhere") is None
    True
    """
    directory = local(checkpoint_dir)
    path = _state_path(directory, latest_filename)
    if not os.path.exists(path):
        return None
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            state = parse_state(file.read())
    except OSError as error:
        get_logger().warning(f"{type(error).__name__}: {error}")
        get_logger().warning(f"{path}: Checkpoint ignored")
        return None
    except (ValueError, SyntaxError) as error:
        get_logger().warning(f"ParseError: {error}")
        get_logger().warning(f"{path}: Checkpoint ignored")
        return None
    if not state.model_checkpoint_path:
        raise ValueError(f"Invalid checkpoint state loaded from {directory}")
    if not os.path.isabs(state.model_checkpoint_path):
        state.model_checkpoint_path = os.path.join(directory, state.model_checkpoint_path)
    for i, each in enumerate(state.all_model_checkpoint_paths):
        if not os.path.isabs(each):
            state.all_model_checkpoint_paths[i] = os.path.join(directory, each)
    return state


def latest_checkpoint(checkpoint_dir: Any, latest_filename: str | None = None) -> str | None:
    """The path of the last checkpoint that was saved in a directory, for `restore`; None if there is none.

    Source: `tf.train.latest_checkpoint`.

    >>> import tfcompat_tape as tf
    >>> tf.train.latest_checkpoint("/nowhere") is None
    True
    """
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is None or not state.model_checkpoint_path:
        return None
    path: str = state.model_checkpoint_path
    if checkpoint_exists(path):
        return path
    get_logger().error(f"Couldn't match files for checkpoint {path}")
    return None


def checkpoint_exists(checkpoint_prefix: Any) -> bool:
    """Whether a checkpoint lies under a prefix."""
    prefix = local(checkpoint_prefix)
    return os.path.exists(bundle.index_path(prefix)) or bool(glob.glob(glob.escape(prefix)))


def remove_checkpoint(
    checkpoint_prefix: Any, checkpoint_format_version: int = 2, meta_graph_suffix: str = "meta"
) -> None:
    """Remove the files of a checkpoint: the index first, so that what is left is none."""
    prefix = local(checkpoint_prefix)
    files.remove(bundle.index_path(prefix))
    if safetensors.is_safetensors(prefix):
        files.remove(prefix)
    if sharded.is_sharded(prefix):
        sharded.remove(prefix)
    for pattern in (".data-?????-of-?????", ".*.tempstate*", f".{meta_graph_suffix}"):
        for path in glob.glob(glob.escape(prefix) + pattern):
            files.remove(path)


def get_checkpoint_mtimes(checkpoint_prefixes: Sequence[Any]) -> list[float]:
    """When checkpoints were written; those that are not there are left out."""
    found = []
    for prefix in map(local, checkpoint_prefixes):
        for path in (bundle.index_path(prefix), prefix):
            if os.path.exists(path):
                found.append(os.path.getmtime(path))
                break
    return found


def checkpoint_path(directory_or_prefix: Any) -> str:
    """A prefix, or the last checkpoint of a directory.

    Raises:
      ValueError: a directory without checkpoints.
    """
    path = local(directory_or_prefix)
    if not os.path.isdir(path) or os.path.exists(bundle.index_path(path)) or sharded.is_sharded(path):
        return path
    found = latest_checkpoint(path)
    if found is None:
        raise ValueError(f"Couldn't find 'checkpoint' file or checkpoints in given directory {path}")
    return found
