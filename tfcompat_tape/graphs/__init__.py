"""Functions as TensorFlow's graphs: nodes with names, from the notes of a trace.

In comes what a function computed by TensorFlow's ops while it was traced (`tracing/notes.py`). Out come messages that
TensorFlow reads (`writer.py` writes a FunctionDef, `functions.py` those that it calls, `staged.py` branches and loops,
`messages.py` defines them) for SavedModels, and operations to look at (`views.py`, `contents.py`, `operations.py`) for
`ConcreteFunction.graph`. What this library computes in another way than TensorFlow is said by nodes of TensorFlow's:
ops by several (`expansions.py`), kernels that stand alone (`kernels.py`), Python functions on strings and tables
(`calls.py`), random numbers (`draws.py`).
"""
