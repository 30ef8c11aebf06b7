"""What traces of a `tf.function` do differently where its signature leaves sizes open (docs/differences.md)."""

from __future__ import annotations

import tfcompat_tape as tf


def test_sizes_with_which_kernels_go_another_way_are_traced_again() -> None:
    traced = []

    @tf.function(input_signature=[tf.TensorSpec([None]), tf.TensorSpec([None])])
    def f(x, y):
        traced.append(x.shape.as_list())
        return x + y

    found = [f(tf.ones([m]), tf.ones([n])).shape.as_list() for m, n in ((3, 3), (5, 5), (1, 4), (1, 6))]
    assert found == [[3], [5], [4], [6]]
    assert traced == [[None], [None]]
    assert f.experimental_get_tracing_count() == 1


def test_what_is_the_same_for_no_elements_has_its_gradient() -> None:
    f = tf.function(lambda x: tf.reduce_max(x, 0), input_signature=[tf.TensorSpec([None, 3])])
    for n in (0, 2):
        x = tf.ones([n, 3])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        assert tape.gradient(y, x).shape == [n, 3]
