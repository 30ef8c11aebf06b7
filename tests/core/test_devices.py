"""Placement, device names and `tf.config`.

Names, answers and errors in the tables are TensorFlow 2.21's on a machine without a GPU. Machines with two GPUs are
played: `torch.device("cuda", 1)` is but a name, so nothing here needs one.
"""

import pickle
import threading

import pytest
import torch

from tfcompat_tape import config
from tfcompat_tape.config import LogicalDeviceConfiguration, PhysicalDevice, experimental
from tfcompat_tape.config import machine as machine_config
from tfcompat_tape.core import devices
from tfcompat_tape.core.devices import DeviceSpec, device
from tfcompat_tape.core.errors import InvalidArgumentError, NotFoundError

CPU = torch.device("cpu")
CUDA = [torch.device("cuda", 0), torch.device("cuda", 1)]
CPU_NAME = "/job:localhost/replica:0/task:0/device:CPU:0"


@pytest.fixture
def machine(monkeypatch):
    """Play a machine with a number of GPUs, in a process that has placed no tensor yet."""

    def play(gpus):
        monkeypatch.setattr(devices, "cuda_count", lambda: gpus)
        monkeypatch.setattr(devices, "_placement", devices._Placement())
        monkeypatch.setattr(devices, "blocks", devices._Blocks())
        monkeypatch.setattr(machine_config, "_configurations", {})

    monkeypatch.delenv("TFCOMPAT_DEVICE", raising=False)
    play(0)
    return play


def placed(name):
    with device(name):
        return devices.current()


# -- placement ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("gpus", "expected"), [(0, CPU), (1, CUDA[0]), (2, CUDA[0])])
def test_default(machine, gpus, expected):
    machine(gpus)
    assert not devices.initialized()
    assert devices.current() == expected
    assert devices.initialized()


@pytest.mark.parametrize(
    ("wished", "expected"),
    [
        ("cpu", CPU),
        ("/CPU:0", CPU),
        ("cuda", CUDA[0]),
        ("cuda:1", CUDA[1]),
        ("/GPU:1", CUDA[1]),
        ("GPU", CUDA[0]),
    ],
)
def test_environment(machine, monkeypatch, wished, expected):
    machine(2)
    monkeypatch.setenv("TFCOMPAT_DEVICE", wished)
    assert devices.current() == expected
    assert placed("/CPU:0") == CPU
    assert placed("/GPU:1") == CUDA[1]


@pytest.mark.parametrize(("wished", "error"), [("cuda:2", InvalidArgumentError), ("tofu", ValueError)])
def test_environment_that_cannot_be(machine, monkeypatch, wished, error):
    machine(2)
    monkeypatch.setenv("TFCOMPAT_DEVICE", wished)
    with pytest.raises(error):
        devices.current()


CPU_NAMES = [
    "/CPU:0", "CPU:0", "CPU", "cpu", "/cpu:0", "/device:CPU:0", "cpu:0", CPU_NAME, "/job:localhost",
    "/job:localhost/replica:0", "/GPU:0", "GPU", "/CPU:1", "/CPU:*", "/device:CPU:*", "", "//CPU:0", "/TPU:0",
    "/task:0/CPU:0", None, DeviceSpec(device_type="GPU", device_index=0),
    DeviceSpec(job="localhost", device_type="CPU"),
    devices.LogicalDevice("/device:CPU:0", "CPU"),
]  # fmt: skip


@pytest.mark.parametrize("name", CPU_NAMES, ids=str)
def test_names_without_a_gpu(machine, name):
    assert placed(name) == CPU


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("/GPU:0", CUDA[0]), ("gpu:1", CUDA[1]), ("/job:localhost/replica:0/task:0/device:GPU:1", CUDA[1]),
        ("GPU", CUDA[0]), ("/CPU:0", CPU), (None, CUDA[0]), ("/job:localhost", CUDA[0]), ("/GPU:7", CUDA[0]),
    ],
)  # fmt: skip
def test_names_with_two_gpus(machine, name, expected):
    machine(2)
    assert placed(name) == expected


ERRORS = [
    ("/job:foo/device:CPU:0", InvalidArgumentError, "/job:foo/replica:0/task:0/device:CPU:0 unknown device."),
    ("/job:worker", InvalidArgumentError, "/job:worker/replica:0/task:0/device:CPU:0 unknown device."),
    ("/CPU:-1", InvalidArgumentError, "Malformed device specification"),
    ("foo", ValueError, "Unknown attribute 'foo' is encountered while parsing the device spec: 'foo'."),
    ("/FOO:0", ValueError, "Unknown attribute 'FOO' is encountered while parsing the device spec: '/FOO:0'."),
    ("cuda:0", ValueError, "Unknown attribute 'cuda'"),
    ("CPU:0:1", ValueError, "Unknown attribute 'CPU'"),
    (
        "/CPU:0/CPU:0",
        ValueError,
        "Multiple device types are not allowed while parsing the device spec: /CPU:0/CPU:0.",
    ),
    ("/CPU:x", ValueError, "invalid literal for int() with base 10: 'x'"),
    (3, ValueError, "Expecting a string device name. Got <class 'int'>(3)"),
    ([], ValueError, "Expecting a string device name."),
    (PhysicalDevice("/physical_device:CPU:0", "CPU"), ValueError, "Expecting a string device name."),
    (lambda op: "/CPU:0", RuntimeError, "tf.device does not support functions."),
]


@pytest.mark.parametrize(("name", "error", "message"), ERRORS)
def test_errors(machine, name, error, message):
    with pytest.raises(error) as caught:
        placed(name)
    assert message in str(caught.value)
    assert devices.current() == CPU


def test_without_soft_placement(machine):
    config.set_soft_device_placement(False)
    assert not config.get_soft_device_placement()
    for name in ("/GPU:0", "/CPU:1", "/TPU:0", "GPU"):
        with pytest.raises(
            InvalidArgumentError, match=r"^Could not satisfy device specification '/job:localhost"
        ):
            placed(name)
    assert placed("/CPU:0") == CPU
    machine(1)
    assert config.get_soft_device_placement()
    assert placed("/GPU:0") == CUDA[0]


def test_blocks_nest_and_merge(machine):
    machine(2)
    inner = device("/GPU:1")
    with device("/CPU:0"):
        with inner:
            assert devices.current() == CUDA[1]
            with inner, device("/job:localhost"):  # one block twice, and a name that leaves the device open
                assert devices.current() == CUDA[1]
            with device(None):
                assert devices.current() == CUDA[0]
            assert devices.current() == CUDA[1]
        assert devices.current() == CPU
    assert devices.current() == CUDA[0]
    with inner:
        assert devices.current() == CUDA[1]


def test_an_exception_ends_the_block(machine):
    machine(2)
    with pytest.raises(KeyError), device("/GPU:1"):
        raise KeyError
    assert devices.current() == CUDA[0]


def test_each_thread_has_its_own_block(machine):
    machine(2)
    seen = []
    with device("/GPU:1"):
        thread = threading.Thread(target=lambda: seen.append(devices.current()))
        thread.start()
        thread.join()
    assert seen == [CUDA[0]]


def test_device_string(machine):
    assert devices.device_string(CPU) == devices.device_string(torch.zeros(1).device) == CPU_NAME
    machine(2)
    assert devices.device_string(CUDA[1]) == "/job:localhost/replica:0/task:0/device:GPU:1"
    assert devices.device_string(torch.device("cuda")) == "/job:localhost/replica:0/task:0/device:GPU:0"
    for where in (CPU, *CUDA):
        assert placed(devices.device_string(where)) == where


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_real_gpu():
    gpu, *_ = config.list_physical_devices("GPU")
    assert gpu == PhysicalDevice("/physical_device:GPU:0", "GPU")
    assert set(experimental.get_device_details(gpu)) == {"compute_capability", "device_name"}
    with device("/GPU:0"):
        held = torch.zeros(1 << 20, device=devices.current())
    assert devices.device_string(held.device).endswith("/device:GPU:0")
    info = experimental.get_memory_info("GPU:0")
    assert info["peak"] >= info["current"] >= held.nbytes


# -- DeviceSpec -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "string"),
    [
        ("/job:a/replica:1/task:2/device:GPU:3", "/job:a/replica:1/task:2/device:GPU:3"),
        ("/GPU:0", "/device:GPU:0"),
        ("gpu:0", "/device:GPU:0"),
        ("GPU", "/device:GPU:*"),
        ("/CPU:*", "/device:CPU:*"),
        ("", ""),
        ("/device:FPGA:2", "/device:FPGA:2"),
        ("/CUSTOM:0", "/device:CUSTOM:0"),
        ("/EPU:0", "/device:EPU:0"),
        ("/job:a/job:b", "/job:b"),
    ],
)
def test_spec_from_string(name, string):
    assert DeviceSpec.from_string(name).to_string() == string
    assert DeviceSpec.from_string(string) == DeviceSpec().parse_from_string(name)


@pytest.mark.parametrize(
    "name",
    ["/foo:0", "/device:CPU", "/job", "/job:a:b", "/JOB:a", "/Device:CPU:0", "/replica:", "/CPU:", "/task:a",
     " /CPU:0", "/XLA_GPU:0", "/TPU_SYSTEM:0"],
)  # fmt: skip
def test_spec_from_bad_string(name):
    with pytest.raises(ValueError, match=r"Unknown attribute|invalid literal"):
        DeviceSpec.from_string(name)


def test_spec():
    spec = DeviceSpec(job="a", replica="1", device_type="gpu")
    assert (spec.job, spec.replica, spec.task, spec.device_type, spec.device_index) == (
        "a",
        1,
        None,
        "GPU",
        None,
    )
    assert repr(spec) == "<DeviceSpec(job=a, replica=1, task=None, device_type=GPU, device_index=None)>"
    assert spec.replace(job="b", device_index=2).to_string() == "/job:b/replica:1/device:GPU:2"
    assert (
        spec.make_merged_spec(DeviceSpec(job="b", task=1)).to_string()
        == "/job:b/replica:1/task:1/device:GPU:*"
    )
    assert DeviceSpec(job="a") != "/job:a"
    assert DeviceSpec(job=3).job == "3"
    assert DeviceSpec(device_index=1).to_string() == ""
    assert pickle.loads(pickle.dumps(spec)) == spec
    assert len({spec, DeviceSpec("a", 1, None, "GPU", None)}) == 1
    with pytest.raises(AttributeError):
        spec.job = "b"
    with pytest.raises(ValueError, match="invalid literal"):
        DeviceSpec(replica="x")


# -- tf.config ------------------------------------------------------------------------------------

CPU0 = PhysicalDevice("/physical_device:CPU:0", "CPU")
GPU0 = PhysicalDevice("/physical_device:GPU:0", "GPU")
GPU1 = PhysicalDevice("/physical_device:GPU:1", "GPU")


def test_lists_of_devices(machine):
    assert repr(config.list_physical_devices()) == f"[{CPU0!r}]"
    assert repr(CPU0) == "PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')"
    assert config.list_physical_devices("GPU") == config.list_physical_devices("cpu") == []
    machine(2)
    assert config.list_physical_devices() == [CPU0, GPU0, GPU1]
    assert config.list_physical_devices("GPU") == config.get_visible_devices("GPU") == [GPU0, GPU1]
    assert not devices.initialized()
    assert [one.name for one in config.list_logical_devices()] == [
        "/device:CPU:0",
        "/device:GPU:0",
        "/device:GPU:1",
    ]
    assert devices.initialized()


def test_visible_devices(machine):
    machine(2)
    config.set_visible_devices(GPU1, "GPU")
    assert config.get_visible_devices() == [CPU0, GPU1]
    assert [one.name for one in config.list_logical_devices("GPU")] == ["/device:GPU:0"]
    assert devices.current() == placed("/GPU:0") == placed("/GPU:1") == CUDA[1]
    assert devices.device_string(CUDA[1]) == "/job:localhost/replica:0/task:0/device:GPU:0"
    config.set_visible_devices([GPU1], "GPU")  # no change, so it may come late
    for wanted, kind in (([GPU0, GPU1], "GPU"), ([CPU0], None), ([], "GPU"), ([], "CPU")):
        with pytest.raises(
            RuntimeError, match=r"^Visible devices cannot be modified after being initialized"
        ):
            config.set_visible_devices(wanted, kind)


def test_no_visible_gpu(machine):
    machine(2)
    config.set_visible_devices([], "GPU")
    assert config.get_visible_devices() == [CPU0]
    assert devices.current() == placed("/GPU:0") == CPU


def test_visible_devices_that_cannot_be(machine):
    for wanted, kind in (
        ([GPU0], None),
        ("x", None),
        (None, None),
        ((CPU0,), "CPU"),
        (CPU0, "GPU"),
        ([CPU0], "cpu"),
    ):
        with pytest.raises(ValueError, match=r"^Unrecognized device: "):
            config.set_visible_devices(wanted, kind)
    with pytest.raises(NotFoundError, match=r"No CPU devices are available in this process"):
        config.set_visible_devices([])


def test_memory(machine):
    assert (
        experimental.get_memory_info("CPU:0")
        == experimental.get_memory_info(CPU_NAME)
        == {"current": 0, "peak": 0}
    )
    assert experimental.get_memory_usage("/CPU:0") == 0
    experimental.reset_memory_stats("/device:CPU:0")
    for name in ("GPU:0", "CPU:1", "/job:foo/device:CPU:0"):
        with pytest.raises(ValueError, match=rf"^No matching devices found for '{name}'$"):
            experimental.get_memory_info(name)
    for name in ("CPU", "GPU:*", "foo"):
        with pytest.raises(ValueError, match=r"^Failed parsing device name: "):
            experimental.get_memory_usage(name)
    with pytest.raises(TypeError):
        experimental.get_memory_info(3)


def test_memory_growth(machine):
    with pytest.raises(ValueError, match=r"^Cannot set memory growth on non-GPU"):
        experimental.set_memory_growth(CPU0, True)
    with pytest.raises(KeyError):
        experimental.get_memory_growth(CPU0)
    for unknown in (GPU0, "GPU:0"):
        with pytest.raises(ValueError, match=r"^Unrecognized device: "):
            experimental.get_memory_growth(unknown)
    machine(1)
    experimental.set_memory_growth(GPU0, True)
    assert experimental.get_memory_growth(GPU0)
    with pytest.warns(UserWarning, match="growth cannot be turned off"):
        experimental.set_memory_growth(GPU0, False)


def test_memory_limit(machine, monkeypatch):
    limits = []
    machine(2)
    monkeypatch.setattr(
        torch.cuda, "get_device_properties", lambda number: type("P", (), {"total_memory": 2**32})
    )
    monkeypatch.setattr(torch.cuda, "set_per_process_memory_fraction", lambda *call: limits.append(call))
    configuration = LogicalDeviceConfiguration(memory_limit=1024)
    assert config.get_logical_device_configuration(GPU1) is None
    config.set_logical_device_configuration(GPU1, [configuration])
    assert config.get_logical_device_configuration(GPU1) == [configuration]
    assert limits == [(0.25, 1)]
    with pytest.raises(ValueError, match=r"^Setting memory limit on CPU"):
        config.set_logical_device_configuration(CPU0, [configuration])
    with pytest.raises(ValueError, match=r"^Unrecognized device: 'x'"):
        config.set_logical_device_configuration("x", [])
    with pytest.raises(ValueError, match="cannot split"):
        config.set_logical_device_configuration(GPU0, [configuration, configuration])
    devices.default()
    config.set_logical_device_configuration(GPU1, [configuration])
    with pytest.raises(RuntimeError, match=r"^Virtual devices cannot be modified after being initialized"):
        config.set_logical_device_configuration(GPU0, [configuration])


def test_device_details(machine):
    assert experimental.get_device_details(CPU0) == {}
    with pytest.raises(ValueError, match="PhysicalDevice, but got: x"):
        experimental.get_device_details("x")


def test_run_functions_eagerly():
    assert config.functions_run_eagerly() is False
    config.run_functions_eagerly(1)
    assert config.functions_run_eagerly() is config.experimental_functions_run_eagerly() is True
    config.experimental_run_functions_eagerly(False)
    assert config.functions_run_eagerly() is False


def test_threads():
    before = torch.get_num_threads()
    try:
        config.threading.set_intra_op_parallelism_threads(before + 1)
        assert config.threading.get_intra_op_parallelism_threads() == torch.get_num_threads() == before + 1
    finally:
        torch.set_num_threads(before)
        config.threading.set_intra_op_parallelism_threads(0)


def test_numerics():
    assert experimental.tensor_float_32_execution_enabled() is torch.backends.cuda.matmul.allow_tf32
    cudnn = torch.backends.cudnn.allow_tf32
    try:
        experimental.enable_tensor_float_32_execution(True)
        assert torch.backends.cuda.matmul.allow_tf32 is torch.backends.cudnn.allow_tf32 is True
        experimental.enable_op_determinism()
        assert torch.are_deterministic_algorithms_enabled()
    finally:
        experimental.enable_tensor_float_32_execution(False)
        torch.backends.cudnn.allow_tf32 = cudnn
        torch.use_deterministic_algorithms(False)
