"""What the fused kernels save against the composed form (matmul, softmax, matmul), forward and gradient together.

    python benchmark.py [--device GPU:0] [--dtype float32] [--lengths 256,512,1024,2048,4096] [--repeats 7]

Both are measured in one process, in turns; the times are medians. Peak memory is that of the process above what it had
before the call (Linux; on a GPU, torch's own count).
"""

import argparse
import ctypes
import statistics
import time
from functools import partial

import torch
from tfcompat_fused_attention import scaled_dot_product_attention

import tfcompat_tape as tf


def composed(query, key, value, is_causal):
    scores = tf.matmul(query, key, transpose_b=True) * query.shape[-1] ** -0.5
    if is_causal:
        ones = tf.ones([query.shape[-2], key.shape[-2]], tf.bool)
        scores = tf.where(tf.linalg.band_part(ones, -1, 0), scores, tf.constant(float("-inf"), scores.dtype))
    return tf.matmul(tf.nn.softmax(scores), value)


def fused(query, key, value, is_causal):
    return scaled_dot_product_attention(query, key, value, is_causal=is_causal)


def forward_and_gradient(attention, inputs, is_causal):
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        loss = tf.reduce_sum(attention(*inputs, is_causal))
    return tape.gradient(loss, inputs)


def seconds(function, device):
    start = time.perf_counter()
    function()
    if device.startswith("GPU"):
        torch.cuda.synchronize()
    return time.perf_counter() - start


def _status(field):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(field + ":")) * 1024


def peak(function, device):
    """The most bytes that `function` has in use at a time."""
    if device.startswith("GPU"):
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        function()
        torch.cuda.synchronize()
        return torch.cuda.max_memory_allocated() - before
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the high-water mark starts anew
    before = _status("VmRSS")
    function()
    return _status("VmHWM") - before


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--device", default="CPU:0")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--lengths", default="256,512,1024,2048,4096")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--heads", type=int, default=8)
    parser.add_argument("--depth", type=int, default=64)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    device = options.device
    threads = torch.get_num_threads()
    print(
        f"batch {options.batch}, {options.heads} heads, depth {options.depth}, {options.dtype}, {device}, ",
        end="",
    )
    print(f"torch {torch.__version__} with {threads} threads\n")
    print("| length | causal | composed ms | fused ms | faster | composed MiB | fused MiB | smaller |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for length in map(int, options.lengths.split(",")):
        for is_causal in (False, True):
            shape = (options.batch, options.heads, length, options.depth)
            with tf.device(device):
                inputs = [tf.cast(tf.random.normal(shape, seed=i), options.dtype) for i in range(3)]
            runs = [partial(forward_and_gradient, f, inputs, is_causal) for f in (composed, fused)]
            for run in runs:
                run()
            times = [[], []]
            for i in range(options.repeats):
                for j in (0, 1) if i % 2 else (1, 0):
                    times[j].append(seconds(runs[j], device))
            slow, fast = [1e3 * statistics.median(one) for one in times]
            large, small = [statistics.median(peak(run, device) for _ in range(3)) / 2**20 for run in runs]
            print(
                f"| {length} | {'yes' if is_causal else 'no'} | {slow:.1f} | {fast:.1f} | {slow / fast:.1f}x "
                f"| {large:.1f} | {small:.1f} | {large / max(small, 0.1):.1f}x |",
                flush=True,
            )


if __name__ == "__main__":
    main()
