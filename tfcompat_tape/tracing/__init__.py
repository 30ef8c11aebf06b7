"""`tf.function`: from a running Python function to a straight line of torch kernels, and its gradient to another one.

In come a Python function and the arguments of a call (`function.py`). Their kind (`signature.py`, `kinds.py`) finds
the function for it, with one trace or several (`concrete.py`, `path.py`), or lets the Python code run once over fake
tensors (`trace.py`, `scope.py`; which tapes it can ask: `tapes.py`), while each kernel becomes a node (`recorder.py`)
and a Wengert list of the trace's own records all of it. Out come lines, which are generated Python (`line.py`,
compiled: `compiled.py`), and for a tape one entry with a rule that is a line as well (`call.py`). Branches and loops
on Tensors are nodes whose parts are traced on their own: rewritten statements (`rewriting.py`, `statements.py`,
`loop_statements.py`) and `tf.while_loop` and its kin (`functional_loops.py`) make them, `branches.py` and `loops.py`
are what they do. What no trace can hold raises `UntraceableError`, and the function runs as it is.
"""
