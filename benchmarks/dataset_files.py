"""Pipelines of `tf.data` that read files, strings and images, beside TensorFlow's.

    python benchmarks/dataset_files.py --tensorflow PYTHON
    python benchmarks/dataset_files.py --only csv         # this library alone, some of the pipelines
    python benchmarks/dataset_files.py --quick            # a tenth of the elements

Each pipeline runs with each library in a process of its own, the libraries in turns, and each turn gives the best of
several runs. A row is printed when its turns are over: the median of the processor time, in microseconds per element,
so that what else the machine does disturbs little, and what several threads do is added up. With `--wall` it is the
time on the clock.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

TURNS, RUNS = 3, 2


class Size:
    """By how much the sizes below are divided."""

    divisor = 1


def sized(count: int) -> int:
    return max(1, count // Size.divisor)


def images(count: int, size: int, channels: int = 3) -> Any:
    """Pictures that are smooth, with some noise, as photographs are."""
    random = np.random.RandomState(0)
    rows, columns = np.mgrid[:size, :size] / size
    waves = np.sin(6 * rows + random.rand(count, 1, 1) * 6) + np.cos(
        5 * columns + random.rand(count, 1, 1) * 6
    )
    whole = 127 + 50 * waves[..., None] + 8 * random.standard_normal((count, size, size, channels))
    return whole.clip(0, 255).astype(np.uint8)


def examples(tf: Any, count: int) -> list[bytes]:
    """Messages with a vector, a label, a text, and a list of numbers whose length differs."""
    random = np.random.RandomState(0)
    found = []
    for i in range(count):
        numbers = random.standard_normal(16).astype(np.float32).tolist()
        ids = random.randint(0, 100_000, random.randint(1, 12)).tolist()
        feature = {
            "x": tf.train.Feature(float_list=tf.train.FloatList(value=numbers)),
            "y": tf.train.Feature(int64_list=tf.train.Int64List(value=[i % 10])),
            "name": tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"example %d" % i])),
            "ids": tf.train.Feature(int64_list=tf.train.Int64List(value=ids)),
        }
        found.append(tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString())
    return found


def features(tf: Any) -> Any:
    return {
        "x": tf.io.FixedLenFeature([16], tf.float32),
        "y": tf.io.FixedLenFeature([], tf.int64),
        "name": tf.io.FixedLenFeature([], tf.string),
        "ids": tf.io.VarLenFeature(tf.int64),
    }


def records(tf: Any, folder: str, count: int) -> Any:
    path = os.path.join(folder, "examples.tfrecord")
    if not os.path.exists(path):
        with tf.io.TFRecordWriter(path) as writer:
            for one in examples(tf, count):
                writer.write(one)
    return tf.data.TFRecordDataset(path)


def pictures(tf: Any, folder: str, kind: str) -> Any:
    from PIL import Image

    names = []
    for i, picture in enumerate(images(sized(200), 96)):
        names.append(os.path.join(folder, f"{i}.{kind}"))
        if not os.path.exists(names[-1]):
            data = io.BytesIO()
            Image.fromarray(picture).save(data, kind)
            Path(names[-1]).write_bytes(data.getvalue())
    return tf.data.Dataset.from_tensor_slices(names).map(tf.io.read_file)


def text(folder: str) -> str:
    path = os.path.join(folder, "lines.txt")
    if not os.path.exists(path):
        words = [
            "The",
            "Quick",
            "brown",
            "Fox",
            "jumps",
            "over",
            "A",
            "lazy",
            "dog",
            "And",
            "then",
            "some",
            "More",
        ]
        random = np.random.RandomState(0)
        lines = (" ".join(words[j] for j in random.randint(0, len(words), 9)) for _ in range(sized(20_000)))
        Path(path).write_text("\n".join(lines))
    return path


def table(folder: str) -> str:
    path = os.path.join(folder, "table.csv")
    if not os.path.exists(path):
        random = np.random.RandomState(0)
        with open(path, "w") as file:
            file.write("a,b,c,d,e\n")
            for i in range(sized(20_000)):
                file.write(f"{random.rand():.5f},{random.rand():.5f},{i},{i % 7},word{i % 100}\n")
    return path


def csv(tf: Any, folder: str) -> Any:
    return (
        tf.data.experimental.make_csv_dataset(
            table(folder), 100, label_name="d", num_epochs=1, shuffle=False, num_rows_for_inference=100
        )
        .unbatch()
        .batch(100)
    )


def csv_records(tf: Any, folder: str) -> Any:
    return tf.data.experimental.CsvDataset(
        table(folder), [tf.float32, tf.float32, tf.int64, tf.int64, tf.string], header=True
    ).batch(100)


def crops(tf: Any, folder: str) -> Any:
    def crop(x: Any) -> Any:
        x = tf.image.random_crop(x, [28, 28, 3])
        return tf.image.random_flip_left_right(x)

    return tf.data.Dataset.from_tensor_slices(images(sized(2000), 32)).map(crop).batch(50)


def lengths(tf: Any) -> Any:
    return tf.data.Dataset.range(sized(20_000)).map(lambda i: tf.range(i % 50 + 1))


PIPELINES: dict[str, tuple[str, int, Callable[[Any, str], Any]]] = {
    "records": ("records read, in batches", 10_000, lambda tf, f: records(tf, f, sized(10_000)).batch(100)),
    "examples": (
        "records, parse_example of batches",
        10_000,
        lambda tf, f: (
            records(tf, f, sized(10_000)).batch(100).map(lambda x: tf.io.parse_example(x, features(tf)))
        ),
    ),
    "single": (
        "records, parse_single_example of each",
        10_000,
        lambda tf, f: (
            records(tf, f, sized(10_000))
            .map(lambda x: tf.io.parse_single_example(x, features(tf)))
            .batch(100)
        ),
    ),
    "png": (
        "PNG files of 96 x 96 decoded",
        200,
        lambda tf, f: pictures(tf, f, "png").map(lambda x: tf.io.decode_png(x, 3)).batch(20),
    ),
    "jpeg": (
        "JPEG files of 96 x 96 decoded",
        200,
        lambda tf, f: pictures(tf, f, "jpeg").map(lambda x: tf.io.decode_jpeg(x, 3)).batch(20),
    ),
    "crops": ("random crops and flips of 32 x 32", 2000, crops),
    "padded": ("padded_batch of ranges", 20_000, lambda tf, f: lengths(tf).padded_batch(50)),
    "buckets": (
        "bucket_by_sequence_length of ranges",
        20_000,
        lambda tf, f: lengths(tf).bucket_by_sequence_length(
            lambda x: tf.shape(x)[0], [10, 20, 30, 40], [50, 50, 50, 50, 50]
        ),
    ),
    "csv": ("a table, CsvDataset, in batches", 20_000, csv_records),
    "made csv": ("the same by make_csv_dataset, unbatched and batched", 20_000, csv),
    "lower": (
        "lines of text in lower case",
        20_000,
        lambda tf, f: tf.data.TextLineDataset(text(f)).map(tf.strings.lower).batch(100),
    ),
    "split": (
        "lines of text in batches, split",
        20_000,
        lambda tf, f: tf.data.TextLineDataset(text(f)).batch(100).map(tf.strings.split),
    ),
    "one hot": (
        "casts and one-hot labels, shuffle, batch",
        20_000,
        lambda tf, f: (
            tf.data.Dataset.from_tensor_slices((images(sized(20_000), 8, 1), np.arange(sized(20_000)) % 10))
            .map(lambda x, y: (tf.cast(x, tf.float32) / 255.0, tf.one_hot(y, 10)))
            .shuffle(1000, seed=1)
            .batch(100)
        ),
    ),
}


def worker(library: str, names: list[str], folder: str, clock: Callable[[], float]) -> None:
    """Print the seconds of the best run of each pipeline."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    if library == "tensorflow":
        import tensorflow as tf
    else:
        import tfcompat_tape as tf

    found = {}
    for name in names:
        made = PIPELINES[name][2](tf, folder)
        best = float("inf")
        for _ in range(RUNS):
            began = clock()
            for _ in made:
                pass
            best = min(best, clock() - began)
        found[name] = best
    print(json.dumps(found))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tensorflow", metavar="PYTHON", help="a Python that has TensorFlow, and Pillow")
    parser.add_argument("--only", metavar="NAME", action="append", choices=[*PIPELINES])
    parser.add_argument("--turns", type=int, default=TURNS)
    parser.add_argument("--quick", action="store_true", help="a tenth of the elements")
    parser.add_argument("--wall", action="store_true", help="the clock's time, not the processor's")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    names = options.only or [*PIPELINES]
    Size.divisor = 10 if options.quick else 1
    if options.worker:
        clock = time.perf_counter if options.wall else time.process_time
        worker(options.worker[0], names, options.worker[1], clock)
        return
    pythons = {"tfcompat_tape": sys.executable}
    if options.tensorflow:
        pythons["tensorflow"] = options.tensorflow
    root = str(Path(__file__).resolve().parent.parent)
    kind = "time on the clock" if options.wall else "processor time"
    print(f"{f'microseconds of {kind} per element':54}" + "".join(f"{library:>15}" for library in pythons))
    flags = [flag for flag, given in (("--quick", options.quick), ("--wall", options.wall)) if given]
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            times: dict[str, list[float]] = {library: [] for library in pythons}
            for _ in range(options.turns):
                for library, python in pythons.items():
                    environment = {
                        **os.environ,
                        "PYTHONPATH": root if library == "tfcompat_tape" else "",
                        "OMP_NUM_THREADS": "1",
                    }
                    command = [python, __file__, "--worker", library, folder, "--only", name, *flags]
                    found = subprocess.run(
                        command, stdout=subprocess.PIPE, text=True, check=True, env=environment, cwd=root
                    )
                    times[library].append(json.loads(found.stdout.splitlines()[-1])[name])
            title, count, _ = PIPELINES[name]
            medians = [statistics.median(times[library]) / sized(count) * 1e6 for library in pythons]
            ratio = f"   {medians[0] / medians[1]:.2f}x" if len(medians) > 1 else ""
            print(f"{title:54}" + "".join(f"{value:15.2f}" for value in medians) + ratio, flush=True)


if __name__ == "__main__":
    main()
