"""``tf.distribute.cluster_resolver``: what says which processes there are."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.distribute.resolvers import ClusterResolver, SimpleClusterResolver, TFConfigClusterResolver

__all__ = ["ClusterResolver", "SimpleClusterResolver", "TFConfigClusterResolver"]

__getattr__ = namespace(globals(), "tf.distribute.cluster_resolver")
