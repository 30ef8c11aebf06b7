"""Programs that use Keras, the same under TensorFlow and here: each is a function of `tf` and returns its numbers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

PROGRAMS: dict[str, Callable[[Any], Any]] = {}
# What rounds differently enough to need more room, by program.
TOLERANCES = {"mixed_float16": 2e-2, "mixed_bfloat16": 3e-2}


def program(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    PROGRAMS[function.__name__] = function
    return function


def numbers(*shape: int, seed: int = 0) -> Any:
    return np.random.RandomState(seed).uniform(-1, 1, shape).astype("float32")


def regression(count: int = 96, size: int = 6) -> tuple[Any, Any]:
    x = numbers(count, size)
    return x, (np.sin(x @ numbers(size, 1, seed=1)) + 0.5).astype("float32")


def mlp(tf: Any, **options: Any) -> Any:
    keras = tf.keras
    return keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(8, activation="tanh", **options),
            keras.layers.Dense(1),
        ]
    )


def fitted(tf: Any, model: Any, x: Any, y: Any, loss: str = "mse", **options: Any) -> dict[str, Any]:
    model.compile(tf.keras.optimizers.Adam(0.01), loss, **options)
    history = model.fit(x, y, batch_size=32, epochs=3, shuffle=False, verbose=0)
    return {
        "history": history.history,
        "predicted": model.predict(x, verbose=0)[:5],
        "evaluated": model.evaluate(x, y, verbose=0),
    }


# -- fit ---------------------------------------------------------------------------------------------------------------


@program
def mlp_fit(tf: Any) -> Any:
    x, y = regression()
    return fitted(tf, mlp(tf), x, y, metrics=["mae", "mape"])


@program
def mlp_fit_eagerly(tf: Any) -> Any:
    x, y = regression()
    return fitted(tf, mlp(tf), x, y, run_eagerly=True)


@program
def several_steps_an_execution(tf: Any) -> Any:
    x, y = regression(160)
    return fitted(tf, mlp(tf), x, y, steps_per_execution=2)


@program
def classifier_with_weights(tf: Any) -> Any:
    keras = tf.keras
    x = numbers(90, 6)
    classes = (np.abs(x[:, 0] * 7).astype("int32") % 3).astype("int64")
    model = keras.Sequential(
        [keras.Input((6,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(3, "softmax")]
    )
    model.compile(
        "sgd", "sparse_categorical_crossentropy", metrics=["accuracy"], weighted_metrics=["accuracy"]
    )
    given = {"shuffle": False, "verbose": 0, "epochs": 2, "validation_split": 0.2}
    return [
        model.fit(x, classes, class_weight={0: 1.0, 1: 2.0, 2: 0.5}, **given).history,
        model.fit(x, classes, sample_weight=np.linspace(0, 1, 90), **given).history,
    ]


@program
def convolution_and_batch_norm(tf: Any) -> Any:
    keras = tf.keras
    x, y = numbers(48, 8, 8, 3), numbers(48, 2, seed=1)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.Conv2D(4, 3, padding="same", use_bias=False),
            keras.layers.BatchNormalization(),
            keras.layers.ReLU(),
            keras.layers.MaxPooling2D(),
            keras.layers.SeparableConv2D(5, 2),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(2),
        ]
    )
    return {**fitted(tf, model, x, y), "moving": [w.numpy() for w in model.layers[1].weights]}


@program
def recurrent(tf: Any) -> Any:
    keras = tf.keras
    x, y = numbers(32, 3, 3), numbers(32, 1, seed=1)
    x[::3, 2] = 0.0
    inputs = keras.Input((None, 3))
    h = keras.layers.Masking(0.0)(inputs)
    h = keras.layers.Bidirectional(keras.layers.LSTM(4, return_sequences=True))(h)
    h = keras.layers.Concatenate()([keras.layers.GRU(3)(h), keras.layers.SimpleRNN(2)(h)])
    model = keras.Model(inputs, keras.layers.Dense(1)(h))
    model.compile(keras.optimizers.Adam(0.01), "mse")
    history = model.fit(x, y, epochs=2, shuffle=False, verbose=0).history
    long = model(numbers(2, 5, 3, seed=4))
    return history, long, model.layers[2].compute_output_shape((None, None, 3))


@program
def attention(tf: Any) -> Any:
    keras = tf.keras
    tokens, y = np.random.RandomState(0).randint(0, 11, (40, 6)), numbers(40, 1, seed=1)
    inputs = keras.Input((6,), dtype="int32")
    h = keras.layers.Embedding(11, 8, mask_zero=True)(inputs)
    h = keras.layers.Add()([h, keras.layers.MultiHeadAttention(2, 4)(h, h, use_causal_mask=True)])
    h = keras.layers.LayerNormalization()(h)
    h = keras.layers.Dense(8, "gelu")(h)
    outputs = keras.layers.Dense(1)(keras.layers.GlobalAveragePooling1D()(h))
    return fitted(tf, keras.Model(inputs, outputs), tokens, y)


@program
def several_inputs_and_outputs(tf: Any) -> Any:
    keras = tf.keras
    a, b = keras.Input((3,), name="a"), keras.Input((4,), name="b")
    h = keras.layers.Concatenate()([keras.layers.Dense(4)(a), keras.layers.Dense(5, "elu")(b)])
    model = keras.Model(
        {"a": a, "b": b}, {"p": keras.layers.Dense(1, name="p")(h), "q": keras.layers.Dense(2, name="q")(h)}
    )
    model.compile(
        "rmsprop", {"p": "mse", "q": "mae"}, loss_weights={"p": 1.0, "q": 0.3}, metrics={"p": ["mae"]}
    )
    x = {"a": numbers(32, 3), "b": numbers(32, 4, seed=1)}
    y = {"p": numbers(32, 1, seed=2), "q": numbers(32, 2, seed=3)}
    history = model.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0).history
    return {"history": history, "predicted": model.predict(x, verbose=0)}


@program
def a_model_of_ones_own(tf: Any) -> Any:
    keras = tf.keras

    class Scaled(keras.layers.Layer):
        def build(self, shape: Any) -> None:
            self.scale = self.add_weight(
                shape=(shape[-1],), initializer="ones", regularizer="l2", constraint="non_neg", name="scale"
            )

        def call(self, x: Any) -> Any:
            self.add_loss(1e-3 * tf.reduce_sum(tf.square(self.scale)))
            return x * self.scale

    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.body = [keras.layers.Dense(6, "relu"), Scaled()]
            self.head = keras.layers.Dense(1)
            self.tracker = keras.metrics.Mean(name="loss")

        def call(self, x: Any, training: bool = False) -> Any:
            for layer in self.body:
                x = layer(x)
            return self.head(x)

        def train_step(self, data: Any) -> Any:
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(self(x, training=True) - y)) + sum(self.losses)
            grads = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(grads, self.trainable_variables, strict=True))
            self.tracker.update_state(loss)
            return {"loss": self.tracker.result(), "norm": tf.linalg.global_norm(grads)}

        @property
        def metrics(self) -> list[Any]:
            return [self.tracker]

    x, y = regression()
    model = Net()
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9))
    history = model.fit(x, y, epochs=3, shuffle=False, verbose=0).history
    return history, [w.numpy() for w in model.weights if "scale" in w.path]


@program
def a_loop_of_ones_own(tf: Any) -> Any:
    keras = tf.keras
    x, y = regression(32)
    model, optimizer, loss_fn = mlp(tf), keras.optimizers.Adam(0.02), keras.losses.MeanSquaredError()
    metric = keras.metrics.RootMeanSquaredError()

    @tf.function
    def step(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            predicted = model(x, training=True)
            loss = loss_fn(y, predicted)
        optimizer.apply_gradients(
            zip(tape.gradient(loss, model.trainable_weights), model.trainable_weights, strict=True)
        )
        metric.update_state(y, predicted)
        return loss

    losses = [float(step(tf.constant(x), tf.constant(y))) for _ in range(4)]
    with tf.GradientTape() as outer:
        inputs = tf.constant(x)
        outer.watch(inputs)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            out = model(inputs)
        slope = tape.gradient(out, inputs)
        penalty = tf.reduce_mean(tf.square(slope))
    return losses, float(metric.result()), slope[:3], outer.gradient(penalty, model.trainable_weights)[0]


@program
def data_of_all_kinds(tf: Any) -> Any:
    keras = tf.keras
    x, y = regression()

    class Batches(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 3

        def __getitem__(self, i: int) -> Any:
            return x[i * 32 : i * 32 + 32], y[i * 32 : i * 32 + 32]

    def generator() -> Any:
        while True:
            yield from (Batches()[i] for i in range(3))

    found = {}
    for name, data, steps in (
        ("dataset", tf.data.Dataset.from_tensor_slices((x, y)).batch(32).prefetch(1), None),
        ("sequence", Batches(), None),
        ("generator", generator(), 3),
        ("tensors", (tf.constant(x), tf.constant(y)), None),
    ):
        keras.utils.set_random_seed(1)
        model = mlp(tf)
        model.compile("adam", "mse")
        given = data if isinstance(data, tuple) else (data,)
        history = model.fit(*given, epochs=2, steps_per_epoch=steps, shuffle=False, verbose=0)
        found[name] = history.history
    return found


@program
def callbacks(tf: Any) -> Any:
    keras = tf.keras
    x, y = regression()
    seen: list[Any] = []
    with tempfile.TemporaryDirectory() as folder:
        model = mlp(tf)
        model.compile(keras.optimizers.SGD(0.5), "mse")
        best = str(Path(folder) / "best.weights.h5")
        history = model.fit(
            x,
            y,
            epochs=12,
            shuffle=False,
            verbose=0,
            validation_split=0.25,
            callbacks=[
                keras.callbacks.EarlyStopping(
                    monitor="loss", min_delta=0.02, patience=1, restore_best_weights=True
                ),
                keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9),
                keras.callbacks.ReduceLROnPlateau(monitor="val_loss", patience=1, factor=0.5),
                keras.callbacks.ModelCheckpoint(best, save_best_only=True, save_weights_only=True),
                keras.callbacks.CSVLogger(str(Path(folder) / "log.csv")),
                keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(sorted(logs))),
                keras.callbacks.TerminateOnNaN(),
            ],
        )
        trained = model.evaluate(x, y, verbose=0)
        model.load_weights(best)
        return history.history, seen[0], trained, model.evaluate(x, y, verbose=0)


@program
def frozen_and_regularized(tf: Any) -> Any:
    x, y = regression()
    model = mlp(tf, kernel_regularizer="L1L2", bias_constraint="unit_norm", activity_regularizer="l2")
    model.layers[1].trainable = False
    return fitted(tf, model, x, y)


# -- optimizers, losses, metrics ---------------------------------------------------------------------------------------


@program
def optimizers(tf: Any) -> Any:
    keras, found = tf.keras, {}
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
    made = {
        name: getattr(keras.optimizers, name)(learning_rate=0.1)
        for name in [
            "SGD",
            "RMSprop",
            "Adam",
            "AdamW",
            "Adadelta",
            "Adagrad",
            "Adamax",
            "Adafactor",
            "Nadam",
            "Ftrl",
            "Lion",
            "Lamb",
        ]
    }
    made.update(
        nesterov=keras.optimizers.SGD(schedule, momentum=0.9, nesterov=True),
        amsgrad=keras.optimizers.Adam(0.1, amsgrad=True, clipnorm=0.5),
        centered=keras.optimizers.RMSprop(0.1, centered=True, momentum=0.5),
        average=keras.optimizers.Adam(0.1, use_ema=True, ema_overwrite_frequency=1, weight_decay=0.01),
        accumulated=keras.optimizers.SGD(0.1, gradient_accumulation_steps=2),
        clipped=keras.optimizers.SGD(0.1, global_clipnorm=0.3),
        scaled=keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.1)),
    )
    for name, optimizer in made.items():
        v, w = keras.Variable([[1.0, -2.0], [0.5, 3.0]], name="v"), keras.Variable([0.3, -0.7], name="w")
        for _ in range(3):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(tf.square(v) * w) + tf.reduce_sum(tf.exp(w))
                if name == "scaled":
                    loss = optimizer.scale_loss(loss)
            optimizer.apply_gradients(zip(tape.gradient(loss, [v, w]), [v, w], strict=True))
        found[name] = [v.numpy(), w.numpy(), int(optimizer.iterations)]
    table = keras.Variable(numbers(5, 2))
    for name in ("SGD", "Adam", "Adagrad", "RMSprop"):
        optimizer = getattr(keras.optimizers, name)(0.1)
        for _ in range(2):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(tf.square(tf.gather(table, [1, 3, 1])))
            optimizer.apply_gradients([(tape.gradient(loss, table), table)])
        found[f"sparse {name}"] = table.numpy()
    return found


@program
def losses_and_metrics(tf: Any) -> Any:
    keras, found = tf.keras, {}
    p = np.abs(numbers(4, 3)) * 0.9 + 0.05
    q = np.eye(3, dtype="float32")[[0, 2, 1, 1]]
    integers = ("SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy")
    for name in [
        "BinaryCrossentropy",
        "BinaryFocalCrossentropy",
        "CategoricalCrossentropy",
        "CategoricalFocalCrossentropy",
        "CategoricalGeneralizedCrossEntropy",
        "CategoricalHinge",
        "CosineSimilarity",
        "Dice",
        "Hinge",
        "Huber",
        "KLDivergence",
        "LogCosh",
        "MeanAbsoluteError",
        "MeanAbsolutePercentageError",
        "MeanSquaredError",
        "MeanSquaredLogarithmicError",
        "Poisson",
        "SparseCategoricalCrossentropy",
        "SquaredHinge",
        "Tversky",
    ]:
        x = tf.constant(p / p.sum(-1, keepdims=True))
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = getattr(keras.losses, name)()(np.array([0, 2, 1, 1]) if name in integers else q, x)
        found[name] = [loss, tape.gradient(loss, x)]
    options: dict[str, Any] = {
        "BinaryIoU": {"target_class_ids": [0]},
        "OneHotIoU": {"num_classes": 3, "target_class_ids": [0]},
        "OneHotMeanIoU": {"num_classes": 3},
        "PrecisionAtRecall": {"recall": 0.5},
        "RecallAtPrecision": {"precision": 0.5},
        "SensitivityAtSpecificity": {"specificity": 0.5},
        "SpecificityAtSensitivity": {"sensitivity": 0.5},
    }
    for name in [
        "AUC",
        "Accuracy",
        "BinaryAccuracy",
        "BinaryCrossentropy",
        "CategoricalAccuracy",
        "CategoricalCrossentropy",
        "CategoricalHinge",
        "ConcordanceCorrelation",
        "CosineSimilarity",
        "F1Score",
        "FBetaScore",
        "FalseNegatives",
        "FalsePositives",
        "Hinge",
        "KLDivergence",
        "LogCoshError",
        "MeanAbsoluteError",
        "MeanAbsolutePercentageError",
        "MeanSquaredError",
        "MeanSquaredLogarithmicError",
        "PearsonCorrelation",
        "Poisson",
        "Precision",
        "R2Score",
        "Recall",
        "RootMeanSquaredError",
        "SquaredHinge",
        "TopKCategoricalAccuracy",
        "TrueNegatives",
        "TruePositives",
        *options,
    ]:
        metric = getattr(keras.metrics, name)(**options.get(name, {}))
        metric.update_state(q, p)
        metric.update_state(q[:2], p[:2])
        found[f"metric {name}"] = metric.result()
    return found


# -- layers ------------------------------------------------------------------------------------------------------------


@program
def random_layers(tf: Any) -> Any:
    keras, x, found = tf.keras, numbers(4, 6), {}
    for layer in (
        keras.layers.Dropout(0.4, seed=3),
        keras.layers.GaussianNoise(0.5, seed=3),
        keras.layers.GaussianDropout(0.3, seed=3),
        keras.layers.AlphaDropout(0.3, seed=3),
    ):
        found[type(layer).__name__] = [layer(x, training=True), layer(x, training=True), layer(x)]
    image = np.abs(numbers(2, 6, 6, 3))
    for layer in (
        keras.layers.RandomFlip(seed=3),
        keras.layers.RandomContrast(0.5, seed=3, value_range=(0, 1)),
        keras.layers.RandomBrightness(0.3, value_range=(0, 1), seed=3),
        keras.layers.RandomCrop(4, 4, seed=3),
        keras.layers.RandomRotation(0.2, seed=3),
        keras.layers.RandomZoom(0.2, seed=3),
        keras.layers.RandomTranslation(0.2, 0.1, seed=3),
    ):
        found[type(layer).__name__] = layer(image, training=True)
    keras.utils.set_random_seed(11)
    found["normal"] = (
        keras.random.normal((3,)),
        keras.random.uniform((3,), seed=5),
        keras.random.shuffle(np.arange(6)),
    )
    found["drawn"] = [
        keras.random.categorical(numbers(2, 3), 4, seed=1),
        keras.random.gamma((3,), 2.0, seed=1),
        keras.random.truncated_normal((3,), seed=1),
        keras.random.randint((3,), 0, 9, seed=1),
        keras.random.binomial((3,), 5.0, 0.5, seed=1),
        keras.random.beta((3,), 1.0, 2.0, seed=1),
    ]
    for name in (
        "GlorotNormal",
        "HeUniform",
        "Orthogonal",
        "VarianceScaling",
        "TruncatedNormal",
        "RandomNormal",
    ):
        found[name] = getattr(keras.initializers, name)(seed=2)((3, 4))
    return found


@program
def preprocessing(tf: Any) -> Any:
    layers = tf.keras.layers
    words = tf.constant(["a b c", "b c d e", "A! b?"])
    vectorize = layers.TextVectorization(output_sequence_length=4)
    vectorize.adapt(["a b b", "c c c", "d"])
    lookup = layers.StringLookup(vocabulary=["x", "y"], num_oov_indices=2)
    integers = layers.IntegerLookup(output_mode="multi_hot")
    integers.adapt(np.array([[3], [5], [5], [7]]))
    normalize = layers.Normalization()
    normalize.adapt(numbers(20, 3))
    buckets = layers.Discretization(num_bins=3)
    buckets.adapt(numbers(30, 1))
    return {
        "vectorized": vectorize(words),
        "vocabulary": vectorize.get_vocabulary(),
        "lookup": lookup(tf.constant([["x", "q", "y", "r"]])),
        "inverted": layers.StringLookup(vocabulary=["x", "y"], invert=True)(tf.constant([0, 1, 2]))
        .numpy()
        .tolist(),
        "integers": integers(np.array([[5, 9], [3, 7]])),
        "normalized": normalize(numbers(4, 3, seed=2)),
        "buckets": buckets(numbers(5, 1, seed=3)),
        "hashed": layers.Hashing(7)(tf.constant(["a", "b", "c"])),
        "crossed": layers.HashedCrossing(5)((tf.constant(["a", "b"]), tf.constant([1, 2]))),
        "categories": layers.CategoryEncoding(4, output_mode="count")(np.array([[0, 1, 1], [3, 3, 3]])),
        "resized": layers.Resizing(3, 4)(np.abs(numbers(1, 5, 6, 2))),
        "rescaled": layers.Rescaling(0.5, 1.0)(numbers(2, 2)),
        "cropped": layers.CenterCrop(2, 2)(numbers(1, 5, 6, 2)),
        "mel": layers.MelSpectrogram(fft_length=64, sequence_stride=32, num_mel_bins=4)(numbers(1, 200)),
    }


@program
def mixed_float16(tf: Any) -> Any:
    x, y = regression()
    tf.keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        model = mlp(tf)
        found = fitted(tf, model, x, y)
        kinds = [
            str(model.layers[0].compute_dtype),
            str(model.layers[0].kernel.dtype),
            type(model.optimizer).__name__,
        ]
        return found["history"], kinds, model(x[:2]).dtype.name, float(model.optimizer.dynamic_scale)
    finally:
        tf.keras.mixed_precision.set_global_policy("float32")


@program
def mixed_bfloat16(tf: Any) -> Any:
    x, y = regression()
    tf.keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        return fitted(tf, mlp(tf), x, y)["history"]
    finally:
        tf.keras.mixed_precision.set_global_policy("float32")


# -- files -------------------------------------------------------------------------------------------------------------


@program
def saved_and_loaded(tf: Any) -> Any:
    keras = tf.keras
    x, y = regression()
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        model = mlp(tf)
        model.compile("adam", keras.losses.MeanSquaredError())
        model.fit(x, y, epochs=1, shuffle=False, verbose=0)
        for name in ("model.keras", "model.h5"):
            model.save(Path(folder) / name)
            again = keras.models.load_model(Path(folder) / name)
            found[name] = [again.predict(x[:3], verbose=0)]
            if name == "model.keras":
                found[name].append(again.fit(x, y, epochs=1, shuffle=False, verbose=0).history)
        model.save_weights(Path(folder) / "w.weights.h5")
        other = keras.models.clone_model(model)
        other.load_weights(Path(folder) / "w.weights.h5")
        found["weights"] = other.predict(x[:3], verbose=0)
        found["json"] = keras.models.model_from_json(model.to_json()).count_params()
        (Path(folder) / "no.keras").write_bytes(b"no zip")
        try:
            keras.models.load_model(Path(folder) / "no.keras")
        except Exception as error:
            found["no zip"] = type(error).__name__
    return found
