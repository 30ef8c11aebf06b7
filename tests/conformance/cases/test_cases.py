"""`tf.test.TestCase` passes and fails as TensorFlow's does; and text, bytes and dimensions in `tf.compat`."""

from conformance_kit import raises, script

NAN = float("nan")


@script("TestCase: assertions")
def _(tf):
    class Case(tf.test.TestCase):
        def runTest(self):
            pass

    t, c = Case(), tf.constant

    def raising(check, error):
        with check:
            raise error

    invalid = tf.errors.InvalidArgumentError(None, None, "has abc in it")
    half = c([1.0], tf.float16)
    calls = {
        "close": lambda: t.assertAllClose(c([1.0, 2.0]), [1.0, 2.0000001]),
        "not close": lambda: t.assertAllClose(c([1.0, 2.0]), [1.0, 2.1]),
        "close within": lambda: t.assertAllClose(c([1.0, 2.0]), [1.0, 2.1], atol=0.2),
        "close shape": lambda: t.assertAllClose(c([1.0, 2.0]), [1.0]),
        "close broadcast": lambda: t.assertAllClose(c([1.0, 1.0]), 1.0),
        "close dict": lambda: t.assertAllClose({"a": c(1.0)}, {"a": 1.0}),
        "close other dict": lambda: t.assertAllClose({"a": c(1.0)}, {"b": 1.0}),
        "close list": lambda: t.assertAllClose([c(1.0), c([2.0])], [1.0, [2.0]]),
        "close other list": lambda: t.assertAllClose([c(1.0), c([2.0])], [1.0, [2.5]]),
        "close nan": lambda: t.assertAllClose(c(NAN), NAN),
        "close half": lambda: t.assertAllClose(half, [1.0005]),
        "close by type": lambda: t.assertAllCloseAccordingToType(half, [1.0005]),
        "not close by type": lambda: t.assertAllCloseAccordingToType(half, [1.05]),
        "equal": lambda: t.assertAllEqual(c([1, 2]), [1, 2]),
        "not equal": lambda: t.assertAllEqual(c([1, 2]), [1, 3]),
        "equal nan": lambda: t.assertAllEqual(c([NAN]), [NAN]),
        "equal bytes": lambda: t.assertAllEqual(c(["a"]), [b"a"]),
        "equal text": lambda: t.assertAllEqual(c(["a"]), ["a"]),
        "unequal text": lambda: t.assertAllEqual(c(["a"]), ["b"]),
        "near": lambda: t.assertNear(1.0, 1.1, 0.2),
        "not near": lambda: t.assertNear(1.0, 1.1, 0.01),
        "arrays near": lambda: t.assertArrayNear([1.0, 2.0], [1.0, 2.0], 0.1),
        "arrays not near": lambda: t.assertArrayNear([1.0, 2.0], [1.0, 2.3], 0.1),
        "lists near": lambda: t.assertNDArrayNear([1.0], [1.0], 0.1),
        "shape": lambda: t.assertShapeEqual(c([1.0]), c([2.0])),
        "not shape": lambda: t.assertShapeEqual(c([1.0]), c([2.0, 3.0])),
        "less": lambda: t.assertAllLess(c([1, 2]), 3),
        "not less": lambda: t.assertAllLess(c([1, 2]), 2),
        "greater": lambda: t.assertAllGreater(c([1, 2]), 0),
        "not greater": lambda: t.assertAllGreaterEqual(c([1, 2]), 2),
        "range": lambda: t.assertAllInRange(c([1.0, 2.0]), 1.0, 2.0),
        "open range": lambda: t.assertAllInRange(c([1.0, 2.0]), 1.0, 2.0, open_upper_bound=True),
        "set": lambda: t.assertAllInSet(c([1, 2]), [1, 2, 3]),
        "not set": lambda: t.assertAllInSet(c([1, 2]), [1, 3]),
        "op error": lambda: raising(t.assertRaisesOpError("abc"), invalid),
        "other op error": lambda: raising(t.assertRaisesOpError("abd"), invalid),
        "no op error": lambda: raising(t.assertRaisesOpError("abc"), ValueError("abc")),
        "match": lambda: raising(t.assertRaisesWithPredicateMatch(ValueError, "abc"), ValueError("abc")),
        "predicate": lambda: raising(
            t.assertRaisesWithPredicateMatch(ValueError, lambda e: False), ValueError("abc")
        ),
        "not all close": lambda: t.assertNotAllClose(c([1.0]), [1.0]),
        "not all equal": lambda: t.assertNotAllEqual(c([1]), [2]),
        "between": lambda: t.assertBetween(3, 0, 2),
        "length": lambda: t.assertLen([1], 2),
        "starts": lambda: t.assertStartsWith("abc", "b"),
        "empty": lambda: t.assertEmpty([1]),
        "evaluate": lambda: t.evaluate({"a": c(1.0), "b": [c(2), tf.Variable(3.0)]}),
        "evaluate a number": lambda: t.evaluate([3]),
        "evaluate a function": lambda: t.evaluate(lambda: c(2.0)),
        "evaluate nothing": lambda: t.evaluate(None),
    }
    return {label: raises(call) for label, call in calls.items()}


@script("compat: text and dimensions")
def _(tf):
    c = tf.compat
    found = {}
    for value in ("a", b"a", bytearray(b"q"), 1, None, "\xe9", b"\xff", b"\xc3\xa9"):
        for name in ("as_text", "as_bytes", "as_str", "as_str_any"):
            found[f"{name} {value!r}"] = raises(lambda n=name, v=value: repr(getattr(c, n)(v)))
    shape = tf.TensorShape([1, None])
    calls = {
        "latin-1": lambda: repr([c.as_text(b"\xe9", "latin-1"), c.as_bytes("\xe9", "latin-1")]),
        "no encoding": lambda: c.as_bytes("\xe9", "foo"),
        "path": lambda: c.path_to_str("/a"),
        "value": lambda: [c.dimension_value(3), c.dimension_value(None), c.dimension_value(shape[0])],
        "dimensions": lambda: [c.dimension_at_index(shape, 0).value, c.dimension_at_index(shape, 1).value],
        "no rank": lambda: c.dimension_at_index(tf.TensorShape(None), 1).value,
        "no dimension": lambda: c.dimension_at_index(shape, 2),
        "compatible": lambda: [c.forward_compatible(2020, 1, 1), c.forward_compatible(2099, 1, 1)],
        "graph": lambda: [
            tf.version.GRAPH_DEF_VERSION,
            tf.version.GRAPH_DEF_VERSION_MIN_CONSUMER,
            tf.version.GRAPH_DEF_VERSION_MIN_PRODUCER,
        ],
    }
    return found | {label: raises(call) for label, call in calls.items()}
