"""What scripts set at their start, and files and flags as version 1 spells them: answers of TensorFlow 2.21."""

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import tfcompat_tape as tf

v1 = tf.compat.v1


def test_options_of_the_optimizer_of_graphs(monkeypatch: pytest.MonkeyPatch) -> None:
    from tfcompat_tape.config.optimizer import settings

    monkeypatch.setattr(settings, "_options", {})
    monkeypatch.setattr(settings, "_jit", [])
    options = tf.config.optimizer
    assert options.get_jit() == ""
    for given, found in (
        (True, "autoclustering"),
        ("autoclustering", "autoclustering"),
        ("x", ""),
        (False, ""),
    ):
        options.set_jit(given)
        assert options.get_jit() == found
    assert options.get_experimental_options() == {
        "disable_model_pruning": False,
        "disable_meta_optimizer": False,
    }
    options.set_experimental_options(
        {"layout_optimizer": True, "min_graph_nodes": -1, "zz": 3, "remapping": "x"}
    )
    assert options.get_experimental_options() == {
        "layout_optimizer": True,
        "remapping": True,
        "disable_model_pruning": False,
        "disable_meta_optimizer": False,
        "min_graph_nodes": -1,
    }
    with pytest.raises(TypeError):
        options.set_experimental_options(3)
    assert v1.config.optimizer.get_jit() == ""


def test_the_logger_is_the_one_that_scripts_look_for() -> None:
    assert tf.get_logger() is logging.getLogger("tensorflow")
    assert v1.logging.get_verbosity() == tf.get_logger().getEffectiveLevel()


def test_how_it_was_built() -> None:
    info = tf.sysconfig.get_build_info()
    assert list(info)[:3] == ["is_cuda_build", "is_rocm_build", "is_tensorrt_build"]
    assert v1.sysconfig.CXX_VERSION == tf.sysconfig.CXX_VERSION == v1.CXX_VERSION
    assert v1.__version__ == v1.VERSION == "2.21.0"
    with pytest.raises(tf.NotCoveredError, match="compiled against TensorFlow"):
        tf.sysconfig.get_include()


def test_contexts_of_execution() -> None:
    with tf.experimental.async_scope(), tf.experimental.function_executor_type("SINGLE_THREADED_EXECUTOR"):
        assert tf.function(lambda: tf.constant(1) + 1)().numpy() == 2
    tf.config.experimental.set_synchronous_execution(False)
    assert tf.config.experimental.get_synchronous_execution() is False
    tf.config.experimental.set_synchronous_execution(True)


def test_names_of_devices_that_change() -> None:
    spec = v1.DeviceSpec(job="a")
    spec.job, spec.device_type, spec.task = "b", "gpu", "3"
    assert spec.to_string() == "/job:b/task:3/device:GPU:*"
    assert spec.parse_from_string("/gpu:3") is spec
    assert repr(spec) == "<DeviceSpec(job=None, replica=None, task=None, device_type=GPU, device_index=3)>"
    spec.merge_from(tf.DeviceSpec(job="c"))
    assert spec.to_string() == "/job:c/device:GPU:3"
    assert type(v1.DeviceSpec.from_string("/gpu:0")) is v1.DeviceSpec
    with pytest.raises(AttributeError):
        tf.DeviceSpec(job="a").job = "b"


def test_files_of_version_1(tmp_path: Path) -> None:
    gfile, folder = v1.gfile, str(tmp_path / "deep" / "er")
    gfile.MakeDirs(folder)
    with gfile.GFile(folder + "/a", "w") as file:
        file.write("text")
    gfile.Copy(folder + "/a", folder + "/b")
    gfile.Rename(folder + "/b", folder + "/c")
    assert sorted(gfile.ListDirectory(folder)) == ["a", "c"] and gfile.IsDirectory(folder)
    assert gfile.Glob(folder + "/*") == [folder + "/a", folder + "/c"]
    assert [sorted(names) for _, _, names in gfile.Walk(folder)] == [["a", "c"]]
    assert gfile.FastGFile(folder + "/c").read() == gfile.Open(folder + "/c").read() == "text"
    assert gfile.Stat(folder + "/a").length == 4
    gfile.Remove(folder + "/a")
    gfile.DeleteRecursively(folder)
    assert not gfile.Exists(folder)
    with pytest.raises(tf.errors.NotFoundError):
        gfile.ListDirectory(folder)


@pytest.mark.parametrize("kind", ["", "GZIP", "ZLIB"])
def test_records_are_read_up_to_where_they_are_damaged(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "records"
    written = [b"", b"one", b"x" * 100_000]
    with tf.io.TFRecordWriter(str(path), kind) as writer:
        for data in written:
            writer.write(data)
    options = tf.io.TFRecordOptions(kind)
    assert list(v1.python_io.tf_record_iterator(str(path), options)) == written
    with pytest.raises(tf.errors.NotFoundError):
        v1.io.tf_record_iterator(str(tmp_path / "none"))
    if kind:
        return
    whole = path.read_bytes()

    def read(data: bytes) -> tuple[list[bytes], str]:
        path.write_bytes(data)
        found: list[bytes] = []
        with pytest.raises(tf.errors.DataLossError) as caught:
            for one in v1.io.tf_record_iterator(str(path)):
                found.append(one)
        return found, str(caught.value)

    found, text = read(whole[:-3])
    assert found == written[:2] and "truncated record at 35" in text
    found, text = read(whole[:30] + b"?" + whole[31:])
    assert found == written[:1] and "corrupted record at 28" in text
    found, text = read(whole[:16] + b"?" + whole[17:])
    assert found == written[:1] and "corrupted record at 16" in text


def test_parsing_of_version_1() -> None:
    values = v1.decode_csv(["1,a", "2,b"], [[0], [""]])
    assert [value.numpy().tolist() for value in values] == [[1, 2], [b"a", b"b"]]
    assert v1.io.decode_csv(["NA"], [[7]], na_value="NA")[0].numpy().tolist() == [7]
    assert v1.decode_raw(bytes=b"\1\2", out_type=tf.uint8).numpy().tolist() == [1, 2]
    with pytest.raises(ValueError, match="Cannot specify both"):
        v1.decode_raw(b"", tf.uint8, bytes=b"")
    feature = tf.train.Feature(int64_list=tf.train.Int64List(value=[3]))
    data = tf.train.Example(features=tf.train.Features(feature={"n": feature})).SerializeToString()
    table = {"n": tf.io.FixedLenFeature([], tf.int64)}
    assert v1.parse_single_example(data, table)["n"].numpy() == 3
    assert v1.parse_example([data], table, "name", ["its name"])["n"].numpy().tolist() == [3]


SCRIPT = """
import tensorflow.compat.v1 as tf
tf.flags.DEFINE_integer("foo", 1, "help")
FLAGS = tf.app.flags.FLAGS
def main(argv):
    print(argv[1:], FLAGS.foo, tf.resource_loader.get_path_to_datafile("x"))
    return 3
if __name__ == "__main__":
    tf.app.run()
"""


def test_flags(tmp_path: Path) -> None:
    pytest.importorskip("absl")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, "-m", "tfcompat_tape", "run", str(script), "--foo=5", "--unknown=2", "rest"]
    ran: Any = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 3, ran.stderr
    assert ran.stdout == f"['--unknown=2', 'rest'] 5 {tmp_path / 'x'}\n"


@pytest.mark.parametrize(
    "name", ["Session", "InteractiveSession", "disable_eager_execution", "disable_v2_behavior"]
)
def test_what_to_do_without_a_session(name: str) -> None:
    with pytest.raises(
        tf.NotCoveredError, match=r"Leave the line out.*give it as arguments.*what Session\.run was"
    ):
        getattr(v1, name)()


def test_strings_of_version_1() -> None:
    found = v1.strings.split(["a b", "c"])
    assert found.indices.numpy().tolist() == [
        [0, 0],
        [0, 1],
        [1, 0],
    ] and found.dense_shape.numpy().tolist() == [2, 2]
    assert v1.strings.split("a b").dense_shape.numpy().tolist() == [1, 2]
    assert v1.strings.split(["a,b,c"], sep=",", maxsplit=1).values.numpy().tolist() == [b"a", b"b,c"]
    assert v1.strings.split(["a b", "c"], result_type="RaggedTensor").to_list() == [[b"a", b"b"], [b"c"]]
    with pytest.raises(ValueError, match="result_type must be 'RaggedTensor' or 'SparseTensor'"):
        v1.strings.split(["a"], result_type="x")
    found = v1.string_split(["a  b", "c"], " ", skip_empty=False)
    assert found.values.numpy().tolist() == [
        b"a",
        b"",
        b"b",
        b"c",
    ] and found.dense_shape.numpy().tolist() == [2, 3]
    assert v1.string_split(["a,b;c"], delimiter=",;").values.numpy().tolist() == [b"a", b"b", b"c"]
    assert v1.string_split(["abc"], "").values.numpy().tolist() == [b"a", b"b", b"c"]
    assert v1.string_split(["a b"], result_type="RaggedTensor").to_list() == [[b"a", b"b"]]
    with pytest.raises(tf.errors.InvalidArgumentError, match="input must be a vector"):
        v1.string_split("a b")


def test_tables_of_version_1() -> None:
    table = v1.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a"], [1]), -1)
    assert table.initializer is None
    assert table.lookup(tf.constant(["a", "z"])).numpy().tolist() == [1, -1]
    pairs = tf.lookup.KeyValueTensorInitializer(["a"], tf.constant([0], tf.int64))
    assert v1.lookup.StaticVocabularyTable(pairs, 2).initializer is None


def test_of_version_1_for_tests() -> None:
    assert Path(v1.test.get_temp_dir()).is_dir() and v1.test.get_temp_dir() == v1.test.get_temp_dir()
    assert v1.test.mock.patch and v1.test.test_src_dir_path("a/b").endswith("a/b")
    v1.test.experimental.sync_devices()
