"""Functions run on several ranks: forked processes, connected by gloo over loopback."""

from __future__ import annotations

import os
import pickle
import socket
import tempfile
import time
import traceback
from collections.abc import Callable
from typing import Any

import torch

import tfcompat_tape as tf


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def on_ranks(
    function: Callable[..., Any], size: int = 2, seconds: float = 120.0, **environment: str
) -> list[Any]:
    """What `function(rank)` returns on each rank: its exception if it raises one, "signal N" if the rank is killed."""
    tf.function(lambda x: x + 1)(1.0)  # what a first trace imports is imported here, once
    with tempfile.TemporaryDirectory() as folder:
        port = str(free_port())
        pids = []
        for rank in range(size):
            pid = os.fork()
            if pid == 0:
                _as_rank(function, rank, size, port, folder, environment)
            pids.append(pid)
        found: dict[int, Any] = {}
        end = time.monotonic() + seconds
        while len(found) < size and time.monotonic() < end:
            for rank, pid in enumerate(pids):
                if rank in found:
                    continue
                done, status = os.waitpid(pid, os.WNOHANG)
                if done:
                    path = os.path.join(folder, str(rank))
                    if os.WIFSIGNALED(status):
                        found[rank] = f"signal {os.WTERMSIG(status)}"
                    elif os.path.exists(path):
                        with open(path, "rb") as file:
                            found[rank] = pickle.load(file)
                    else:
                        found[rank] = f"exit {os.WEXITSTATUS(status)}"
            time.sleep(0.01)
        for rank, pid in enumerate(pids):
            if rank not in found:
                os.kill(pid, 9)
                os.waitpid(pid, 0)
                found[rank] = "did not end"
        return [found[rank] for rank in range(size)]


def _as_rank(
    function: Any, rank: int, size: int, port: str, folder: str, environment: dict[str, str]
) -> None:
    torch.set_num_threads(1)  # the parent's threads are not here, and OpenMP would wait for them
    os.environ.update(
        RANK=str(rank), WORLD_SIZE=str(size), LOCAL_RANK=str(rank), MASTER_ADDR="127.0.0.1", MASTER_PORT=port
    )
    os.environ.setdefault("TFCOMPAT_RANK_TIMEOUT", "60")
    os.environ.update(environment)
    try:
        found = function(rank)
    except BaseException as error:
        from tfcompat_tape.distribute.ranks import watch

        watch.failed(error)
        found = f"{type(error).__name__}: {error}"
        if "-v" in os.environ.get("RANKS_KIT", ""):
            traceback.print_exc()
    path = os.path.join(folder, str(rank))
    with open(path + ".part", "wb") as file:
        pickle.dump(found, file)
    os.rename(path + ".part", path)
    os._exit(0)
