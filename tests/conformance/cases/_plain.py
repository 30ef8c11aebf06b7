"""Scripts that are lists of expressions, with the names of a scope; their values may be what answers cannot hold."""

from conformance_kit import raises, script


def plain(x):
    """An answer with SparseTensors as their parts and messages as their text."""
    if type(x).__name__ == "SparseTensor":
        return [x.indices, x.values, x.dense_shape]
    if hasattr(x, "SerializeToString"):
        return {"message": str(x)}
    if type(x).__name__ in ("RepeatedScalarContainer", "Repeated"):
        return list(x)
    if isinstance(x, dict):
        return {key: plain(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)) and not hasattr(x, "_fields"):
        return [plain(value) for value in x]
    return x


def ask(name, scope, expressions):
    """A script that evaluates each line of `expressions` with the names of `scope(tf)`."""
    lines = [line.strip() for line in expressions.strip().splitlines()]

    @script(name)
    def _(tf):
        names = scope(tf)
        return {line: raises(lambda line=line: plain(eval(line, names))) for line in lines}
