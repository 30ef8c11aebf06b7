"""What a strategy of several workers says of its cluster."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.distribute.cluster import Cluster
from tfcompat_tape.distribute.ranks import Ranks


class WorkersResolver:
    """Which worker this process is, and who the others are.

    Attributes:
      task_type: "chief" or "worker".
      task_id: the number among those.
    """

    def __init__(self, cluster: Cluster | None, ranks: Ranks) -> None:
        self._cluster = cluster
        self.task_type = "worker" if cluster is None else cluster.task_type
        self.task_id = ranks.rank if cluster is None else cluster.task_id
        self._addresses = () if cluster is None else cluster.addresses
        self._size = ranks.size

    def cluster_spec(self) -> Any:
        """The addresses of the workers, by job; empty strings where torchrun has started them."""
        return _Spec({"worker": list(self._addresses) or [""] * self._size})


class _Spec:
    def __init__(self, jobs: dict[str, list[str]]) -> None:
        self._jobs = jobs

    def as_dict(self) -> dict[str, list[str]]:
        """Addresses by job."""
        return {job: list(tasks) for job, tasks in self._jobs.items()}

    def num_tasks(self, job: str) -> int:
        """How many tasks a job has."""
        return len(self._jobs[job])

    @property
    def jobs(self) -> list[str]:
        """The names of the jobs."""
        return list(self._jobs)
