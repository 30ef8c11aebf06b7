"""Strings that TensorFlow decodes otherwise."""

import tfcompat_tape as tf


def test_broken_text_in_encodings_of_several_bytes():
    points = tf.strings.unicode_decode([b"a\xf0\x9f\x98\x8a"], "SHIFT_JIS")
    assert points.to_list() == [
        [97, 0xFFFD, 27837, 0xFFFD]
    ]  # TensorFlow: 57438 in place of the second and third
