"""Several logical CPUs: their names, and where values say they are. As a TensorFlow with three of them answers."""

import pytest

import tfcompat_tape as tf
from tfcompat_tape.config import _logical as logical
from tfcompat_tape.config import machine
from tfcompat_tape.core import devices

NAME = "/job:localhost/replica:0/task:0/device:CPU:"


@pytest.fixture
def three(monkeypatch):
    """A process that has placed no tensor yet, and whose CPU counts as three devices."""
    monkeypatch.delenv("TFCOMPAT_DEVICE", raising=False)
    monkeypatch.setattr(devices, "cuda_count", lambda: 0)
    monkeypatch.setattr(devices, "_placement", devices._Placement())
    monkeypatch.setattr(machine, "_configurations", {})
    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 3)
    yield cpu
    logical.split_cpu(1)


def test_there_are_three_until_the_end(three):
    names = [one.name for one in tf.config.list_logical_devices("CPU")]
    assert names == ["/device:CPU:0", "/device:CPU:1", "/device:CPU:2"]
    same = [tf.config.LogicalDeviceConfiguration()] * 3
    tf.config.set_logical_device_configuration(three, same)
    with pytest.raises(RuntimeError, match="Virtual devices cannot be modified after being initialized"):
        tf.config.set_logical_device_configuration(three, same[:2])
    assert tf.config.get_logical_device_configuration(three) == same
    assert len(tf.config.list_physical_devices("CPU")) == 1


def test_values_are_where_their_block_is(three):
    with tf.device("/CPU:2"):
        x, v = tf.constant([1.0, 2.0]), tf.Variable([1.0, 2.0])
        assert [one.device for one in (x, v, x * 2, x + v, v.read_value())] == [NAME + "2"] * 5
        with tf.device("CPU:1"):
            assert (x + 1).device == NAME + "1"
        with tf.device(None):
            assert tf.constant(1.0).device == NAME + "0"
    assert [x.device, v.device, tf.convert_to_tensor(x).device] == [NAME + "2"] * 3
    assert v.assign(x).device == NAME + "2"
    for y in (tf.constant(1.0), x * 2, v + 1.0, tf.identity(x), x[0], tf.reshape(x, [2, 1])):
        assert y.device == NAME + "0"
    with tf.device(tf.config.list_logical_devices("CPU")[1]):
        assert tf.constant(1.0).device == NAME + "1"
        assert tf.function(lambda x: x + 1.0)(x).device == NAME + "1"
        assert tf.constant(["text"]).device == NAME + "1"


def test_gradients_cross_devices(three):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        with tf.device("/CPU:1"):
            y = x * x
        with tf.device("/CPU:2"):
            z = y * x
    grad = tape.gradient(z, x)
    assert (y.device, z.device, grad.device) == (NAME + "1", NAME + "2", NAME + "0")
    assert grad.numpy().tolist() == [3.0, 12.0]


def test_a_device_that_there_is_not(three):
    with tf.device("/CPU:7"):
        assert tf.constant(1.0).device == NAME + "0"
    tf.config.set_soft_device_placement(False)
    with tf.device("/CPU:2"):
        assert tf.constant(1.0).device == NAME + "2"
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"device:CPU:7'.*device:CPU:2"):
        tf.device("/CPU:7").__enter__()


@pytest.mark.parametrize("name", ["memory_limit", "experimental_priority", "experimental_device_ordinal"])
def test_logical_cpus_have_no_settings(three, name):
    with pytest.raises(ValueError, match="on CPU virtual devices is currently not supported"):
        tf.config.set_logical_device_configuration(three, [tf.config.LogicalDeviceConfiguration(**{name: 1})])


def test_tapes_that_explain_themselves_go_on(three):
    with tf.device("/CPU:1"), tf.GradientTape(explain=True) as tape:
        v = tf.Variable(2.0)
        y = v * v
    assert tape.gradient(y, v).numpy() == 4.0
    with tf.device("/CPU:1"):
        assert (y + 1.0).device == NAME + "1"


def test_one_device_is_the_ordinary_state():
    with tf.device("/CPU:0"):
        assert tf.constant(1.0).device == tf.Variable(1.0).device == NAME + "0"
    assert tf.Tensor.__init__ is logical._make_tensor
