"""Calls of tf.nn."""

from python_values.kinds import F, N, T, call, names

X, IMAGE, FILTER = F(2, 3), F(1, 3, 3, 2), F(2, 2, 2, 1)
SERIES, VOLUME = F(1, 4, 2), F(1, 2, 2, 2, 1)
ROW = F(3)
SAME = {"padding": "SAME"}

for name in names("""
    elu relu relu6 selu silu softplus softsign gelu crelu leaky_relu log_softmax softmax
"""):
    call(f"nn.{name}", _=[X])
call("nn.silu", label="beta", features=X, beta=N(2.0))
call("nn.leaky_relu", label="alpha", features=X, alpha=N(0.3))
call("nn.softmax", label="axis", logits=X, axis=N(0))
call("nn.l2_loss", t=X)
call("nn.bias_add", value=X, bias=ROW)
call("nn.dropout", x=X, rate=N(0.5), random=True)
call("nn.dropout", label="noise_shape", x=X, rate=N(0.5), noise_shape=N([2, 1]), random=True)
call("nn.experimental.stateless_dropout", x=X, rate=N(0.5), seed=T([1, 2]))
call("nn.batch_normalization", x=X, mean=ROW, variance=ROW, offset=ROW, scale=ROW, variance_epsilon=N(0.01))
call(
    "nn.batch_norm_with_global_normalization",
    input=IMAGE,
    mean=F(2),
    variance=F(2),
    beta=F(2),
    gamma=F(2),
    variance_epsilon=N(0.01),
    scale_after_normalization=True,
)
call("nn.lrn", input=IMAGE, depth_radius=N(1), bias=N(1.0), alpha=N(1.0), beta=N(0.5))
call("nn.moments", x=X, axes=N([0]))
call("nn.sufficient_statistics", x=X, axes=N([0]), shift=ROW)
call("nn.normalize_moments", counts=T(2.0), mean_ss=ROW, variance_ss=F(3, low=1.0, high=2.0), shift=ROW)
call("nn.weighted_moments", x=X, axes=N([0]), frequency_weights=F(2, 1))
call("nn.sigmoid_cross_entropy_with_logits", labels=X, logits=F(2, 3))
call("nn.softmax_cross_entropy_with_logits", labels=X, logits=F(2, 3))
call("nn.sparse_softmax_cross_entropy_with_logits", labels=T([0, 2]), logits=X)
call("nn.weighted_cross_entropy_with_logits", labels=X, logits=F(2, 3), pos_weight=N(2.0))
call("nn.log_poisson_loss", targets=X, log_input=F(2, 3))
call("nn.compute_average_loss", per_example_loss=ROW, sample_weight=ROW, global_batch_size=N(4))
call("nn.scale_regularization_loss", regularization_loss=T(1.0))
call("nn.embedding_lookup", params=F(3, 2), ids=T([0, 2]), max_norm=N(0.5))
call("nn.embedding_lookup", label="plain", params=F(3, 2), ids=T([0, 2]))
call(
    "nn.ctc_loss",
    labels=T([[1, 2]]),
    logits=F(4, 1, 3),
    label_length=T([2]),
    logit_length=T([4]),
    blank_index=N(0),
)
call("nn.ctc_unique_labels", labels=T([[1, 2, 1]]))

call("nn.conv1d", input=SERIES, filters=F(2, 2, 1), stride=N(1), padding="SAME")
call("nn.conv2d", input=IMAGE, filters=FILTER, strides=N([1, 1, 1, 1]), padding="SAME")
call(
    "nn.conv2d",
    label="dilations",
    input=IMAGE,
    filters=FILTER,
    strides=N(1),
    padding="SAME",
    dilations=N([1, 1]),
)
call("nn.conv3d", input=VOLUME, filters=F(2, 2, 2, 1, 1), strides=[1] * 5, padding="SAME")
call("nn.convolution", input=IMAGE, filters=FILTER, strides=N([1, 1]), padding="SAME")
call("nn.conv1d_transpose", input=F(1, 4, 1), filters=F(2, 2, 1), output_shape=N([1, 4, 2]), strides=N(1))
call("nn.conv2d_transpose", input=F(1, 3, 3, 1), filters=FILTER, output_shape=N([1, 3, 3, 2]), strides=N(1))
call(
    "nn.conv3d_transpose", input=VOLUME, filters=F(2, 2, 2, 1, 1), output_shape=N([1, 2, 2, 2, 1]), strides=1
)
call("nn.conv_transpose", input=F(1, 3, 3, 1), filters=FILTER, output_shape=N([1, 3, 3, 2]), strides=N(1))
call("nn.atrous_conv2d", value=IMAGE, filters=FILTER, rate=N(2), padding="SAME")
call(
    "nn.atrous_conv2d_transpose",
    value=F(1, 3, 3, 1),
    filters=FILTER,
    output_shape=N([1, 3, 3, 2]),
    rate=N(2),
    padding="SAME",
)
call("nn.depthwise_conv2d", input=IMAGE, filter=FILTER, strides=N([1, 1, 1, 1]), padding="SAME")
call(
    "nn.depthwise_conv2d_backprop_filter",
    input=IMAGE,
    filter_sizes=N([2, 2, 2, 1]),
    out_backprop=IMAGE,
    strides=[1, 1, 1, 1],
    padding="SAME",
)
call(
    "nn.depthwise_conv2d_backprop_input",
    input_sizes=N([1, 3, 3, 2]),
    filter=FILTER,
    out_backprop=IMAGE,
    strides=[1, 1, 1, 1],
    padding="SAME",
)
call(
    "nn.separable_conv2d",
    input=IMAGE,
    depthwise_filter=FILTER,
    pointwise_filter=F(1, 1, 2, 1),
    strides=N([1, 1, 1, 1]),
    padding="SAME",
)
for name, picture in (("dilation2d", "input"), ("erosion2d", "value")):
    call(
        f"nn.{name}",
        **{picture: IMAGE},
        filters=F(2, 2, 2),
        strides=[1, 1, 1, 1],
        padding="SAME",
        data_format="NHWC",
        dilations=[1, 1, 1, 1],
    )
for kind in ("avg", "max"):
    call(f"nn.{kind}_pool", input=IMAGE, ksize=N(2), strides=N(1), **SAME)
    call(f"nn.{kind}_pool1d", input=SERIES, ksize=N(2), strides=N(1), **SAME)
    call(f"nn.{kind}_pool2d", input=IMAGE, ksize=N([2, 2]), strides=N([1, 1]), **SAME)
    call(f"nn.{kind}_pool3d", input=VOLUME, ksize=N(2), strides=N(1), **SAME)
call("nn.max_pool_with_argmax", input=IMAGE, ksize=N(2), strides=N(1), **SAME)
call("nn.pool", input=IMAGE, window_shape=N([2, 2]), pooling_type="MAX", strides=N([1, 1]))
call("nn.depth_to_space", input=F(1, 1, 1, 4), block_size=N(2))
call("nn.space_to_depth", input=F(1, 2, 2, 1), block_size=N(2))
