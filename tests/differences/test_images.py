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


def test_boxes_of_equal_scores_come_in_their_order() -> None:
    boxes = tf.constant([[[[10.0 * i, 0.0, 10.0 * i + 1, 1.0]] for i in range(5)]])
    found = tf.image.combined_non_max_suppression(boxes, tf.fill([1, 5, 1], 0.5), 5, 5, clip_boxes=False)
    assert found.nmsed_boxes.numpy()[0, :, 0].tolist() == [0.0, 10.0, 20.0, 30.0, 40.0]


def test_frames_have_the_size_of_the_screen() -> None:
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, "GIF")
    data = bytearray(file.getvalue())
    data[8] = 9  # rows of the screen
    assert tf.image.decode_gif(bytes(data)).shape == (1, 9, 8, 3)
