"""The table of calls: each module enters its calls when it is imported."""

from python_values.calls import arrays, image, linalg, math, nn, random, signal

__all__ = ["arrays", "image", "linalg", "math", "nn", "random", "signal"]
