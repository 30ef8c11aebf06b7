"""tf.debugging.enable_check_numerics: which ops raise, and what the error says; where device placement is logged."""

import threading

from conformance_kit import raises, script
from conformance_kit.spec import Raised

EXPRESSIONS = """
x * 1.0
tf.identity(x)
tf.concat([x, x], 0)
tf.expand_dims(x, 0)
tf.fill([2], n)
tf.gather(x, [0])
tf.gather_nd(x, [[0, 0]])
tf.maximum(x, x)
tf.minimum(x, 1.0)
tf.reshape(x, [4])
x[0]
tf.slice(x, [0, 0], [1, 1])
tf.squeeze(x[None])
tf.stack([x, x])
tf.transpose(x)
tf.unstack(x)
tf.split(x, 2)
tf.where([[True, True], [False, True]], x, x)
tf.tile(x, [2, 1])
tf.broadcast_to(v, [2, 2])
tf.pad(x, [[1, 1], [1, 1]])
tf.reverse(x, [0])
tf.cast(x, tf.float64)
tf.negative(x)
tf.add_n([x, x])
tf.reduce_sum(x)
tf.reduce_max(x)
tf.sort(v)
tf.linalg.diag(v)
tf.linalg.band_part(x, 0, 0)
tf.stop_gradient(x)
tf.zeros_like(x)
tf.math.is_nan(x)
tf.complex(x, x)
tf.math.real(tf.complex(x, x))
tf.convert_to_tensor([n])
tf.Variable(1.0).assign(n).shape
tf.scatter_nd([[0]], v[:1], [2])
tf.tensor_scatter_nd_update(v, [[0]], [1.0])
tf.nn.relu(v)
tf.clip_by_value(v, 0.0, 1.0)
tf.bitcast(x, tf.int32)
tf.linalg.matvec(x, v)
tf.math.segment_sum(v, [0, 0])
tf.math.cumsum(v)
tf.shape(x)
tf.constant([1, 2]) / 0
tf.constant([1, 2]) * 2
tf.vectorized_map(tf.math.log, tf.constant([-1.0, 1.0]))
tf.vectorized_map(tf.math.log, tf.constant([2.0, 1.0]))
tf.map_fn(tf.math.log, tf.constant([-1.0, 1.0]))
tf.cond(True, lambda: tf.math.log(-1.0), lambda: 1.0)
tf.math.log(tf.constant(-1.0, tf.float16))
tf.math.log(tf.constant([-1.0], tf.bfloat16))
gradient(lambda z: z**-1.0, 0.0)
tf.constant(0.0) ** -1.0
1.0 / tf.constant(0.0)
tf.constant([1.0], tf.float16) / tf.constant([0.0], tf.float16)
tf.math.log(tf.constant(-1.0, tf.float64))
tf.math.log(tf.constant(-1.0, tf.complex64))
tf.square(tf.ragged.constant([[n]]))
tf.function(lambda: tf.math.log(-1.0))()
tf.image.resize(tf.reshape(x, [1, 2, 2, 1]), [3, 3])
tf.nn.softmax(x)
tf.math.divide_no_nan(1.0, 0.0)
tf.math.reciprocal_no_nan(0.0)
tf.math.multiply_no_nan(n, 0.0)
tf.math.xlogy(0.0, n)
tf.raw_ops.Log(x=-1.0)
gradient(tf.sqrt, 0.0)
gradient(tf.sqrt, 1.0)
gradient(tf.math.log, 1.0)
gradient(lambda z: z**0.5, 0.0)
gradient(lambda z: tf.math.pow(z, 1.5), 0.0)
gradient(tf.math.asin, 1.0)
gradient(tf.norm, 0.0)
gradient(tf.norm, 1.0)
second(tf.sqrt, 1.0)
second(lambda z: tf.math.pow(z, 1.5), 0.0)
jacobian(tf.sqrt, [0.0, 1.0])
jacobian(tf.sqrt, [2.0, 1.0])
forward(tf.sqrt, 0.0)
forward(tf.sqrt, 1.0)
"""


def scope(tf):
    n = float("nan")

    def gradient(f, at):
        z = tf.Variable(at)
        with tf.GradientTape() as tape:
            y = f(z)
        return tape.gradient(y, z)

    def second(f, at):
        z = tf.Variable(at)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as tape:
                y = f(z)
            g = tape.gradient(y, z)
        return outer.gradient(g, z)

    def jacobian(f, at):
        z = tf.Variable(at)
        with tf.GradientTape() as tape:
            y = f(z)
        return tape.jacobian(y, z)

    def forward(f, at):
        z = tf.constant(at)
        with tf.autodiff.ForwardAccumulator(z, tf.constant(1.0)) as accumulator:
            y = f(z)
        return accumulator.jvp(y)

    return {
        "tf": tf,
        "n": n,
        "x": tf.constant([[n, 1.0], [2.0, float("inf")]]),
        "v": tf.constant([n, 1.0]),
        "gradient": gradient,
        "second": second,
        "jacobian": jacobian,
        "forward": forward,
    }


@script("debugging.enable_check_numerics: what raises")
def _(tf):
    names = scope(tf)
    tf.debugging.enable_check_numerics()
    try:
        found = {}
        for line in EXPRESSIONS.strip().splitlines():
            answer = raises(lambda line=line: eval(line, names))
            found[line] = answer if isinstance(answer, Raised) else "goes"
        return found
    finally:
        tf.debugging.disable_check_numerics()


def words(call):
    """The lines of the error that do not depend on where it was raised."""
    try:
        call()
    except Exception as error:
        lines = str(error).strip().splitlines()
        kept = [
            line for line in lines if not line.startswith("{{") and "->" not in line and "Stack" not in line
        ]
        kept = [line for line in kept if line.strip() and not line.startswith("    +")]
        return [line.split(" [Op:")[0] for line in kept]
    return None


@script("debugging.enable_check_numerics: what it says")
def _(tf):
    n, i = float("nan"), float("inf")
    tf.debugging.enable_check_numerics()
    try:
        return {
            "log": words(lambda: tf.math.log(tf.constant([1.0, -1.0, 0.0]))),
            "two inputs": words(lambda: tf.constant([1.0, -1.0]) / tf.constant([0.0, 1.0])),
            "matrix": words(lambda: tf.math.log(tf.zeros([3, 4]))),
            "half": words(lambda: tf.cast(tf.constant([1e10]), tf.float16)),
            "double": words(lambda: tf.math.log(tf.constant([-1.0], tf.float64))),
            "values": [
                words(lambda v=v: tf.negative(tf.constant(v)))
                for v in ([n], [i], [-i], [n, i], [n, -i], [i, -i], [n, i, -i])
            ],
        }
    finally:
        tf.debugging.disable_check_numerics()


@script("debugging.enable_check_numerics: on and off")
def _(tf):
    def log():
        return tf.math.log(-1.0)

    elsewhere = []
    answers = {"before": log(), "on": tf.debugging.enable_check_numerics(), "raises": raises(log)}
    thread = threading.Thread(target=lambda: elsewhere.append(raises(log)))
    thread.start()
    thread.join()
    answers["another thread"] = elsewhere
    answers["again"] = [tf.debugging.enable_check_numerics(2, path_length_limit=5), raises(log)]
    answers["off"] = [tf.debugging.disable_check_numerics(), raises(log)]
    answers["off again"] = tf.debugging.disable_check_numerics()
    return answers


@script("debugging.set_log_device_placement")
def _(tf):
    answers = {"at first": tf.debugging.get_log_device_placement()}
    answers["what is no bool"] = raises(lambda: tf.debugging.set_log_device_placement("x"))
    answers["off"] = tf.debugging.set_log_device_placement(False)
    return answers
