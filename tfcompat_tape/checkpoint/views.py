"""`tf.train.TrackableView` and `tf.train.CheckpointView`: objects, and a checkpoint, as graphs to look at."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.checkpoint.graph import ObjectGraphView, children_of
from tfcompat_tape.checkpoint.messages import OBJECT_GRAPH_KEY, TrackableObjectGraph
from tfcompat_tape.checkpoint.reader import CheckpointReader


class _Walk(ObjectGraphView):
    """What can be reached by the children that a view says."""

    def __init__(self, root: Any, view: TrackableView) -> None:
        super().__init__(root)
        self._of = view

    def children(self, obj: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return self._of.children(obj, *args, **kwargs)


class TrackableView:
    """What can be reached from an object.

    Source: `tf.train.TrackableView`.

    >>> import tfcompat_tape as tf
    >>> module = tf.Module()
    >>> module.v = tf.Variable(1.0)
    >>> view = tf.train.TrackableView(module)
    >>> sorted(view.children(module)), len(view.descendants())
    (['v'], 2)
    """

    def __init__(self, root: Any) -> None:
        self._view = _Walk(root, self)

    @classmethod
    def children(cls, obj: Any, save_type: str = "checkpoint", **kwargs: Any) -> dict[str, Any]:
        """What an object depends on, by name."""
        obj._maybe_initialize_trackable()
        return children_of(obj, save_type, **kwargs)

    @property
    def root(self) -> Any:
        """Where it begins."""
        return self._view.root

    def descendants(self) -> list[Any]:
        """All objects, the nearest first."""
        return self._view.walk()[0]

    def _descendants_with_paths(self) -> tuple[list[Any], Any]:
        return self._view.breadth_first_traversal()


class CheckpointView:
    """The graph of objects in a checkpoint, without the objects.

    Raises:
      NotFoundError: there is no such checkpoint, or it has no graph.

    Source: `tf.train.CheckpointView`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> path = tf.train.Checkpoint(v=tf.Variable(1.0)).write(os.path.join(tempfile.mkdtemp(), "x"))
    >>> tf.train.CheckpointView(path).children(0)
    {'v': 1}
    """

    def __init__(self, save_path: Any) -> None:
        reader = CheckpointReader(save_path)
        graph: Any = TrackableObjectGraph.FromString(reader.get_tensor(OBJECT_GRAPH_KEY))
        self._nodes = [*graph.nodes]

    def children(self, node_id: int) -> dict[str, int]:
        """The numbers of what a node depends on, by name."""
        return {child.local_name: child.node_id for child in self._nodes[node_id].children}

    def descendants(self) -> list[int]:
        """The numbers of all nodes, the nearest first."""
        found = [0]
        seen = {0}
        for i in found:  # which grows
            for child in self.children(i).values():
                if child not in seen:
                    seen.add(child)
                    found.append(child)
        return found

    def match(self, obj: Any) -> dict[int, Any]:
        """The objects below `obj` that have a place in the checkpoint, by the numbers of their nodes."""
        found = {0: obj}
        waiting = [0]
        for i in waiting:  # which grows
            below = children_of(found[i])
            for name, child in self.children(i).items():
                if name in below and child not in found:
                    found[child] = below[name]
                    waiting.append(child)
        return found

    def diff(self, obj: Any) -> tuple[dict[int, Any], list[int], list[Any]]:
        """What `match` gives; the nodes that no object has; the objects that have no node."""
        matched = self.match(obj)
        held = {id(each) for each in matched.values()}
        nodes = [i for i in self.descendants() if i not in matched]
        return matched, nodes, [each for each in ObjectGraphView(obj).walk()[0] if id(each) not in held]
