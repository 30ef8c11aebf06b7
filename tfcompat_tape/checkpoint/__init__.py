"""State on disk: TensorFlow's checkpoint format, and what restores objects from it.

In come objects that hold Variables and other objects. Their graph says the name of each value (`graph.py`);
`saving.py` writes it to an index and shards (`bundle.py`, `table.py`), to one file of safetensors, or with other
ranks (`sharded.py`), whole or not at all (`files.py`). Out of a path come values again, into objects that are there
or come later (`restoring.py`, `status.py`), or by name alone (`reader.py`, `named.py`).
"""
