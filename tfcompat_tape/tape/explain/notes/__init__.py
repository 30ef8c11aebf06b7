"""What is seen: while a tape is traced, where every value of its thread came from, and how its walk went.

In: what the library does, by way of an observer among the recordings (`observer`), of the tape's own methods
(`tracer`), and of a walk that takes notes (`walk`). Out: lines, states of Variables and values that left (`trace`),
without tensors.
"""
