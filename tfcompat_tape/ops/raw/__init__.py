"""Ops of the registry by TensorFlow's own names and attributes: what `tf.raw_ops`, graphs from files and rules see.

In: the name of an op, and keyword arguments (`calls`). They are read and checked as TensorFlow does (`attrs`, `inputs`,
`demands`). Out: the op's results.
"""
