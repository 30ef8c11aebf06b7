"""Gradients of ExtensionTypes and other composite values, on tapes and by functions with gradients of their own."""

from cases._extension_types import _pair, _tree
from conformance_kit import raises, script


@script("ExtensionType: on a tape")
def _(tf):
    pair, tree, _ = _tree(tf)

    class Gradient:
        def get_gradient_components(self, value):
            return value.x

        def replace_gradient_components(self, value, component_grads):
            return Smooth(component_grads)

    class Smooth(pair):
        __composite_gradient__ = Gradient()

    x = tf.constant([1.0, 2.0])
    p, s = pair([1.0, 2.0]), Smooth([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, p, s])
        inside = pair(x * x)
        smooth = Smooth(x * x)
        deep = tree(pair(x), {"a": x * 2.0}, (x,), None, [2], "int32")
        of_deep = deep.p.x * deep.d["a"] * deep.t[0]
        of_source = s.x * s.x
        equal = tf.cast(inside == pair(x * x), tf.float32)
    return {
        "through": tape.gradient(inside.x, x),
        "through deep": tape.gradient(of_deep, x),
        "its parts as sources": tape.gradient(p.x * 2.0, p.x),
        "target": raises(lambda: tape.gradient(inside, x)),
        "source": raises(lambda: tape.gradient(inside.x, p)),
        "smooth target": tape.gradient(smooth, x),
        "smooth source": repr(tape.gradient(of_source, s)),
        "smooth sources": [repr(found) for found in tape.gradient(of_source, [s, x])],
        "by name": repr(tape.gradient(of_source, {"a": s})),
        "unconnected": tape.gradient(of_deep, s),
        "output gradients": repr(tape.gradient(s, s, output_gradients=Smooth([3.0, 4.0]))),
        "equality": tape.gradient(equal, x),
        "jacobian of": raises(lambda: tape.jacobian(inside, x)),
        "jacobian by": raises(lambda: tape.jacobian(inside.x, p)),
        "batch_jacobian of": raises(lambda: tape.batch_jacobian(inside, x)),
    }


@script("ExtensionType: sources of Jacobians and accumulators, by kind")
def _(tf):
    x = tf.constant([1.0, 2.0])
    pair = _pair(tf)
    kinds = {
        "sparse": lambda v: tf.SparseTensor([[0], [1]], v, [3]),
        "ragged": lambda v: tf.RaggedTensor.from_row_lengths(v, [1, 1]),
        "pair": pair,
    }

    def attempts(make):
        source = make(x)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch([x, source])
            target = make(x * x)
        accumulator = tf.autodiff.ForwardAccumulator(x, x)
        with accumulator:
            forward = make(x * x)
        return {
            "jacobian of": raises(lambda: tape.jacobian(target, x)),
            "jacobian by": raises(lambda: tape.jacobian(x, source)),
            "batch_jacobian of": raises(lambda: tape.batch_jacobian(target, x)),
            "batch_jacobian by": raises(lambda: tape.batch_jacobian(x, source)),
            "jvp": raises(lambda: accumulator.jvp(forward)),
            "accumulator": raises(lambda: tf.autodiff.ForwardAccumulator(source, source)),
        }

    return {name: attempts(make) for name, make in kinds.items()}


@script("custom_gradient of composite values")
def _(tf):
    pair = _pair(tf)

    class Gradient:
        def get_gradient_components(self, value):
            return value.x

        def replace_gradient_components(self, value, component_grads):
            return Smooth(component_grads)

    class Smooth(pair):
        __composite_gradient__ = Gradient()

    x = tf.constant([1.0, 2.0])
    kinds = {
        "ragged": (lambda v: tf.RaggedTensor.from_row_lengths(v, [1, 1]), lambda r: r.flat_values),
        "smooth": (Smooth, lambda p: p.x),
        "sparse": (lambda v: tf.SparseTensor([[0], [1]], v, [3]), lambda s: s.values),
        "pair": (pair, lambda p: p.x),
    }

    def attempts(make, read):
        seen = []

        def call(f, *values):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = f(make(x * 3.0), *values)
            found = y if isinstance(y, (list, tuple)) else [y]
            return [read(part) if hasattr(part, "_type_spec") else part for part in found], tape.gradient(
                y, x
            )

        @tf.custom_gradient
        def to_tensor(v):
            return read(v) * 2.0, lambda dy: make(dy * 10.0)

        @tf.custom_gradient
        def gives_tensor(v):
            return read(v) * 2.0, lambda dy: dy * 10.0

        @tf.custom_gradient
        def gives_none(v):
            return read(v) * 2.0, lambda dy: None

        @tf.custom_gradient
        def to_composite(v):
            def grad(dy):
                seen.append(type(dy).__name__)
                return make(read(dy) * 10.0)

            return make(read(v) * 2.0), grad

        @tf.custom_gradient
        def two(v, w):
            def grad(dy, dz):
                return make(read(dy) + dz), read(dy) * dz

            return (make(read(v) * w), read(v) + w), grad

        @tf.custom_gradient
        def too_many(v):
            return read(v) * 2.0, lambda dy: (dy, dy)

        @tf.custom_gradient
        def from_tensor(v):
            return make(v * 2.0), lambda dy: read(dy) * 10.0

        def from_x():
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = from_tensor(x)
            return read(y), tape.gradient(read(y) * 3.0, x)

        calls = [to_tensor, gives_tensor, gives_none, to_composite, too_many]
        return [
            *(raises(lambda f=f: call(f)) for f in calls),
            raises(lambda: call(two, x)),
            raises(from_x),
            seen,
        ]

    return {name: attempts(*kind) for name, kind in kinds.items()}


@script("custom_gradient of ragged values and variables")
def _(tf):
    ragged, w = tf.ragged.constant([[1.0], [2.0, 3.0]]), tf.Variable(2.0)

    @tf.custom_gradient
    def f(r, n):
        def grad(dy, variables=None):
            return (dy * 10.0, None), [tf.constant(5.0)]

        return tf.ragged.map_flat_values(lambda x: x * w, r), grad

    with tf.GradientTape() as tape:
        tape.watch(ragged)
        y = f(ragged, 3)
    found = tape.gradient(y, [ragged, w])
    return [y.flat_values, found[0].flat_values, found[1]]


@script("grad_pass_through and recompute_grad of an ExtensionType")
def _(tf):
    pair = _pair(tf)
    return {"pass through": raises(lambda: tf.grad_pass_through(lambda p: p)(pair(1.0)))}
