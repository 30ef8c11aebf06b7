"""Which processes belong together: what TF_CONFIG and the environment of torchrun say."""

from __future__ import annotations

import json
import os
from typing import Any, NamedTuple

_JOBS = ("chief", "master", "worker")  # whose tasks are replicas, in this order
_SHAPE = '{"cluster": {"worker": ["host0:port", "host1:port"]}, "task": {"type": "worker", "index": 0}}'


class Cluster(NamedTuple):
    """The workers of a cluster, and which of them this process is.

    Attributes:
      addresses: `host:port` of each worker, the chief first.
      rank: the place of this process among them.
      task_type, task_id: the same as TensorFlow says it.
    """

    addresses: tuple[str, ...]
    rank: int
    task_type: str
    task_id: int


def of_environment() -> Cluster | None:
    """The cluster that TF_CONFIG describes; `None` where it is not set, or names no cluster.

    Raises:
      ValueError: TF_CONFIG is no JSON, or does not have the form that TensorFlow documents.
    """
    text = os.environ.get("TF_CONFIG", "")
    if not text.strip():
        return None
    try:
        config = json.loads(text)
        if not isinstance(config, dict):
            raise ValueError(f"it is a {type(config).__name__}, not an object")
    except ValueError as error:
        raise ValueError(f"TF_CONFIG is no JSON object ({error}): {text!r}. It looks like {_SHAPE}") from None
    return _of_parts(config.get("cluster", {}), config.get("task", {}), "TF_CONFIG")


def of_resolver(resolver: Any) -> Cluster | None:
    """The cluster that a cluster resolver describes."""
    cluster = resolver.cluster_spec()
    tasks = cluster if isinstance(cluster, dict) else cluster.as_dict()
    task = {"type": getattr(resolver, "task_type", None), "index": getattr(resolver, "task_id", None)}
    return _of_parts(tasks, {k: v for k, v in task.items() if v is not None}, "the cluster resolver")


def _of_parts(cluster: Any, task: Any, whose: str) -> Cluster | None:
    if not isinstance(cluster, dict) or not isinstance(task, dict):
        raise ValueError(f'{whose}: "cluster" and "task" have to be objects, as in {_SHAPE}')
    places: list[tuple[str, int, str]] = []
    for job in _JOBS:
        listed = cluster.get(job, [])
        if isinstance(listed, dict):
            listed = [listed[key] for key in sorted(listed, key=int)]
        if not isinstance(listed, (list, tuple)):
            raise ValueError(f'{whose}: the addresses of the job "{job}" have to be a list, got {listed!r}.')
        for index, address in enumerate(listed):
            host, _, port = str(address).rpartition(":")
            if not isinstance(address, str) or not host or not port.isdigit() or int(port) > 65535:
                raise ValueError(f'{whose}: {address!r} is no address of the form "host:port" (job "{job}").')
            places.append((job, index, address))
    if not places:
        return None
    addresses = tuple(address for _, _, address in places)
    if len(set(addresses)) < len(addresses):
        raise ValueError(f"{whose}: two tasks have the same address: {', '.join(addresses)}.")
    kind, index = task.get("type", "worker" if len(places) == 1 else None), task.get("index", 0)
    if isinstance(index, str) and index.isdigit():
        index = int(index)
    found = [place for place, (job, i, _) in enumerate(places) if job == kind and i == index]
    if not found and len(places) == 1 and not task:
        found = [0]
    if not found:
        raise ValueError(
            f"{whose}: the task {{type: {kind!r}, index: {index!r}}} is not in the cluster, which has "
            f"{', '.join(f'{job} {i}' for job, i, _ in places)}."
        )
    job, i, _ = places[found[0]]
    return Cluster(addresses, found[0], job, i)


def by_torchrun() -> tuple[int, int] | None:
    """Rank and number of processes, if torchrun (or `tfcompat run --replicas`) started this one."""
    names = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
    if not all(name in os.environ for name in names):
        return None
    try:
        rank, size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    except ValueError:
        raise ValueError(
            f"RANK={os.environ['RANK']!r} and WORLD_SIZE={os.environ['WORLD_SIZE']!r} have to be numbers."
        ) from None
    return rank, size
