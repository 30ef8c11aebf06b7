"""Objects that track what is assigned to their attributes, and the lists, tuples and dicts that take part.

In comes whatever is assigned; out come the same values to whoever reads them, and to checkpoints and `tf.Module` the
graph of objects: which Variable is reached by which names. `autotrackable.py` is the object, `data_structures.py` the
containers, `resource.py` what is no Variable and has a state all the same.
"""
