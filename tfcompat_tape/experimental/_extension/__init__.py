"""Classes of composite values that users write: `tf.experimental.ExtensionType` and what belongs to it."""
