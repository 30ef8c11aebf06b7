"""What is read: the user's source code, for what no trace can see. It is evidence, and what rests on it alone says so.

In: places and frames of the user's code. Out: whether a value seems to get from one place to another (`syntax`), what
was computed before the tape (`past`), and which name was bound anew (`rebinding`).
"""
