"""What says which processes there are, and which of them this is."""

from __future__ import annotations

import collections
import json
import os
from typing import Any

from tfcompat_tape.distribute.cluster_spec import ClusterSpec

__all__ = ["ClusterResolver", "SimpleClusterResolver", "TFConfigClusterResolver"]


class ClusterResolver:
    """The base of classes that know a cluster: `cluster_spec()` and `master()` are theirs to say.

    Attributes:
      task_type: the job of this process: "chief", "worker"; `None` where it is not known.
      task_id: its number in the job.
      environment: a name that the cluster was given; "" for none.

    Source: `tf.distribute.cluster_resolver.ClusterResolver`.
    """

    task_type: Any = None
    task_id: Any = None
    environment: Any = ""
    rpc_layer: Any = None

    def cluster_spec(self) -> Any:
        """The addresses of the processes. NotImplementedError: a subclass says them."""
        raise NotImplementedError(f"{type(self).__name__}.cluster_spec: a resolver of your own defines it.")

    def master(self, task_type: Any = None, task_id: Any = None, rpc_layer: Any = None) -> str:
        """The address of a process. NotImplementedError: a subclass says it."""
        raise NotImplementedError(f"{type(self).__name__}.master: a resolver of your own defines it.")

    def num_accelerators(
        self, task_type: Any = None, task_id: Any = None, config_proto: Any = None
    ) -> dict[str, int]:
        """How many GPUs this process has."""
        import torch

        found: dict[str, int] = collections.defaultdict(int)
        if torch.cuda.is_available():
            found["GPU"] = torch.cuda.device_count()
        return found

    def _address(self, task_type: Any, task_id: Any, rpc_layer: Any) -> str:
        kind = self.task_type if task_type is None else task_type
        number = self.task_id if task_id is None else task_id
        if kind is None or number is None:
            return ""
        layer = rpc_layer or self.rpc_layer
        address = self.cluster_spec().task_address(kind, number)
        return f"{layer}://{address}" if layer else str(address)


class SimpleClusterResolver(ClusterResolver):
    """A cluster that the script describes.

    Args:
      cluster_spec: a `tf.train.ClusterSpec`; TypeError for something else.
      master: what `master()` answers where it is not asked about another task.
      task_type, task_id, environment, num_accelerators, rpc_layer: what the attributes and methods answer.

    Source: `tf.distribute.cluster_resolver.SimpleClusterResolver`.

    >>> import tfcompat_tape as tf
    >>> spec = tf.train.ClusterSpec({"worker": ["a:1", "b:1"]})
    >>> resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(spec, task_type="worker", task_id=1)
    >>> resolver.task_id, resolver.cluster_spec().as_dict()
    (1, {'worker': ['a:1', 'b:1']})
    """

    def __init__(
        self,
        cluster_spec: Any,
        master: str = "",
        task_type: Any = None,
        task_id: Any = None,
        environment: Any = "",
        num_accelerators: Any = None,
        rpc_layer: Any = None,
    ) -> None:
        if not isinstance(cluster_spec, ClusterSpec):
            raise TypeError("cluster_spec must be a `tf.train.ClusterSpec`.")
        self._spec = cluster_spec
        self._master = master
        self.task_type, self.task_id = task_type, task_id
        self.environment, self.rpc_layer = environment, rpc_layer
        self._accelerators = num_accelerators

    def cluster_spec(self) -> Any:
        """The addresses that were given."""
        return self._spec

    def master(self, task_type: Any = None, task_id: Any = None, rpc_layer: Any = None) -> str:
        """The address of a task, or what the script called the master."""
        if task_type is not None and task_id is not None:
            return self._address(task_type, task_id, rpc_layer)
        layer = rpc_layer or self.rpc_layer
        return f"{layer}://{self._master}" if layer and self._master else self._master

    def num_accelerators(
        self, task_type: Any = None, task_id: Any = None, config_proto: Any = None
    ) -> dict[str, int]:
        """What was given, or how many GPUs this process has."""
        if self._accelerators is None:
            return super().num_accelerators(task_type, task_id, config_proto)
        found: dict[str, int] = self._accelerators
        return found


class TFConfigClusterResolver(ClusterResolver):
    """The cluster that the variable TF_CONFIG describes, read whenever it is asked.

    Args:
      task_type, task_id, rpc_layer, environment: in place of what TF_CONFIG says.

    Source: `tf.distribute.cluster_resolver.TFConfigClusterResolver`.

    >>> import tfcompat_tape as tf
    >>> import json
    >>> import os
    >>> task = {"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 1}}
    >>> os.environ["TF_CONFIG"] = json.dumps(task)
    >>> resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
    >>> resolver.task_type, resolver.task_id, resolver.cluster_spec().num_tasks("worker")
    ('worker', 1, 2)
    >>> del os.environ["TF_CONFIG"]
    """

    def __init__(
        self, task_type: Any = None, task_id: Any = None, rpc_layer: Any = None, environment: Any = None
    ) -> None:
        self._given = {
            "type": task_type,
            "index": task_id,
            "rpc_layer": rpc_layer,
            "environment": environment,
        }

    def _config(self) -> dict[str, Any]:
        text = os.environ.get("TF_CONFIG", "")
        found: dict[str, Any] = json.loads(text) if text.strip() else {}
        return found

    def _task(self, key: str) -> Any:
        given = self._given[key]
        return self._config().get("task", {}).get(key) if given is None else given

    @property
    def task_type(self) -> Any:
        """The job of this process; `None` where TF_CONFIG does not say it."""
        found = self._task("type")
        return None if found is None else str(found)

    @property
    def task_id(self) -> Any:
        """Its number in the job."""
        found = self._task("index")
        return None if found is None else int(found)

    @property
    def environment(self) -> Any:
        """What the script called the environment."""
        return self._given["environment"]

    @property
    def rpc_layer(self) -> Any:
        """How addresses begin."""
        given = self._given["rpc_layer"]
        return self._config().get("rpc_layer") if given is None else given

    def cluster_spec(self) -> Any:
        """The addresses in TF_CONFIG; none where it is not set."""
        return ClusterSpec(self._config().get("cluster", {}))

    def master(self, task_type: Any = None, task_id: Any = None, rpc_layer: Any = None) -> str:
        """The address of a task, of this one by default; "" where there is no cluster."""
        return self._address(task_type, task_id, rpc_layer) if self.cluster_spec() else ""
