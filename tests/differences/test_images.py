"""Images: what is decoded otherwise than by TensorFlow, and what is said where Pillow is missing."""

import sys

import numpy as np
import pytest

import tfcompat_tape as tf

PIXELS = (np.random.RandomState(0).rand(8, 8, 3) * 255).astype(np.uint8)


def test_jpeg_is_decoded_accurately_in_any_case() -> None:
    data = tf.image.encode_jpeg(PIXELS)
    accurate = tf.image.decode_jpeg(data, dct_method="INTEGER_ACCURATE").numpy()
    for method in ("", "INTEGER_FAST"):
        np.testing.assert_array_equal(tf.image.decode_jpeg(data, dct_method=method).numpy(), accurate)


def test_without_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    data = tf.image.encode_png(PIXELS)
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(tf.errors.UnimplementedError, match=r"pip install 'tfcompat_tape\[image\]'"):
        tf.image.decode_png(data)
    with pytest.raises(tf.errors.UnimplementedError, match="Pillow"):
        tf.image.encode_jpeg(PIXELS)


@pytest.mark.parametrize("filter_kind", range(5))
def test_png_of_16_bits_with_every_filter(filter_kind: int) -> None:
    from tfcompat_tape.ops.png import _unfiltered

    line, above = (np.random.RandomState(filter_kind).randint(0, 256, (2, 24))).astype(np.uint8)
    step, filtered = 6, []
    for i, value in enumerate(line.tolist()):
        left = int(line[i - step]) if i >= step else 0
        corner = int(above[i - step]) if i >= step else 0
        top = int(above[i])
        estimate = left + top - corner
        paeth = min((left, top, corner), key=lambda one: abs(estimate - one))
        filtered.append((value - (0, left, top, (left + top) // 2, paeth)[filter_kind]) % 256)
    found = _unfiltered(filter_kind, np.array(filtered, np.uint8), above, step)
    np.testing.assert_array_equal(found, line)
