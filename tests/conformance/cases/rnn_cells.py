"""Wrappers of cells: dropout bit for bit, residuals, devices, errors."""

from conformance_kit import raises, script


class Cell:
    """Outputs and states that differ from the inputs."""

    state_size = (3,)
    output_size = 3

    def build(self, shape):
        """TensorFlow asks for it."""

    def call(self, inputs, states, **_):
        y = 2.0 * inputs + states[0]
        return y, (y + 1.0,)

    __call__ = call


class Pair(Cell):
    state_size = (3, 3)

    def call(self, inputs, states, **_):
        return inputs + states[0], (states[0], states[1])

    __call__ = call


class Other(Cell):
    def call(self, inputs, states, **_):
        return [2.0 * inputs["a"]], states

    __call__ = call


@script("nn.RNNCellDropoutWrapper")
def _(tf):
    x = tf.ones([4, 3])
    wrap = tf.nn.RNNCellDropoutWrapper

    def steps(cell=Cell, states=1, **options):
        tf.random.set_seed(3)
        wrapped = wrap(cell(), **options)
        return [wrapped(x, tuple(x * (i + 1.0) for i in range(states))) for _ in range(2)]

    shared = {"variational_recurrent": True, "dtype": tf.float32, "seed": 4}
    return {
        "none": steps(),
        "each": [steps(seed=4, **{f"{what}_keep_prob": 0.5}) for what in ("input", "output", "state")],
        "all": steps(seed=4, input_keep_prob=0.5, output_keep_prob=0.7, state_keep_prob=0.6),
        "pair": steps(Pair, 2, seed=4, state_keep_prob=0.5),
        "filter": steps(seed=4, state_keep_prob=0.5, dropout_state_filter_visitor=lambda state: False),
        "shared": steps(
            input_keep_prob=0.5, output_keep_prob=0.6, state_keep_prob=0.7, input_size=3, **shared
        ),
        "no seed": steps(input_keep_prob=0.5),
        "bad": [
            raises(f)
            for f in (
                lambda: wrap(Cell(), input_keep_prob=1.5),
                lambda: wrap(Cell(), state_keep_prob=-0.1),
                lambda: wrap(Cell(), 0.5, variational_recurrent=True, dtype=tf.float32),
                lambda: wrap(Cell(), 0.5, variational_recurrent=True, input_size=3),
                lambda: wrap(Cell(), dropout_state_filter_visitor=3),
                lambda: wrap(3),
                lambda: wrap(None),
                lambda: wrap(Cell(), other=1),
            )
        ],
    }


@script("nn.RNNCellResidualWrapper")
def _(tf):
    x, s = tf.constant([[1.0, 2.0, 3.0]]), (tf.constant([[0.5, 0.5, 0.5]]),)
    wrap = tf.nn.RNNCellResidualWrapper
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = wrap(Cell())(x, s)[0] ** 2
    return {
        "sum": wrap(Cell())(x, s),
        "function": wrap(Cell(), residual_fn=lambda a, b: 10.0 * a + b)(x, s),
        "gradient": tape.gradient(y, x),
        "sizes": [wrap(Cell()).output_size, list(wrap(Pair()).state_size)],
        "device": tf.nn.RNNCellDeviceWrapper(Cell(), "/cpu:0")(x, s),
        "bad": [
            raises(lambda: wrap(Cell())(x[:, :1], s)),
            raises(lambda: wrap(Other())({"a": x}, s)),
            raises(lambda: wrap(3)),
            raises(lambda: tf.nn.RNNCellDeviceWrapper(Cell())),
        ],
    }
