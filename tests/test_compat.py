"""`tf.compat.v1`: the same objects where the versions agree, errors that say so where they do not."""

import pytest

import tfcompat_tape as tf
from tfcompat_tape.compat._v1.places import PLACES
from tfcompat_tape.coverage.names import version_1_names

v1 = tf.compat.v1


def test_names_that_mean_the_same_in_both_versions() -> None:
    assert v1.GradientTape is tf.GradientTape
    assert v1.float32 is tf.float32
    assert v1.log is tf.math.log
    assert v1.nn.relu is tf.nn.relu
    assert v1.linalg.cholesky is tf.linalg.cholesky
    assert v1.raw_ops is tf.raw_ops
    assert v1.nn is v1.nn
    assert tf.compat.v2 is tf


def test_every_name_that_is_the_same_is_ours_or_says_that_it_is_not_covered() -> None:
    covered = 0
    for space, names in version_1_names().items():
        namespace = v1
        for part in space.split(".")[3:]:
            namespace = getattr(namespace, part)
        for name, home in names.items():
            try:
                getattr(namespace, name)
            except tf.NotCoveredError as error:
                assert error.symbol == f"{space}.{name}"
            else:
                covered += home is not None
    assert covered > 500


@pytest.mark.parametrize(
    "name", ["Session", "ConfigProto", "disable_v2_behavior", "TextLineReader", "layers"]
)
def test_what_only_graphs_can_do(name: str) -> None:
    with pytest.raises(tf.NotCoveredError, match=rf"tf\.compat\.v1\.{name} is in TensorFlow"):
        getattr(v1, name)


def test_the_reason_is_in_the_error() -> None:
    with pytest.raises(
        tf.NotCoveredError, match=r"It has no meaning here: ops run at once\. Leave the line out"
    ):
        _ = v1.Session


def test_what_version_1_has_of_its_own_is_what_tensorflow_has() -> None:
    names = version_1_names()
    for space, modules in PLACES.items():
        known = names[f"tf.compat.v1.{space}".rstrip(".")]
        for words in modules.values():
            for word in words.split():
                assert known[word.partition("=")[0]] is None, word


def test_functions_of_version_1_know_their_names() -> None:
    for space, name in (
        ("", "reduce_sum"),
        ("", "scatter_add"),
        ("losses", "mean_squared_error"),
        ("", "to_float"),
    ):
        function = getattr(getattr(v1, space) if space else v1, name)
        assert (
            function.__name__ == name
            and f"tf.compat.v1.{f'{space}.' if space else ''}{name}" in function.__doc__
        )


def test_partitioned_variables_are_refused() -> None:
    with pytest.raises(NotImplementedError, match="in one piece"):
        v1.get_variable("v", [4], partitioner=lambda **kwargs: [2])


def test_names_that_neither_has() -> None:
    for namespace in (v1, v1.nn):
        with pytest.raises(AttributeError) as caught:
            _ = namespace.no_such_name
        assert not isinstance(caught.value, tf.NotCoveredError)


def test_dir() -> None:
    assert {"get_default_graph", "Session", "abs"} <= set(dir(v1))
    assert "relu" in dir(v1.nn)


def test_eager_execution_is_on() -> None:
    assert v1.enable_eager_execution() is None
    assert v1.enable_v2_behavior() is None
    assert v1.executing_eagerly() is True


def test_print_of_version_1_says_it_as_often_as_asked(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        v1.Print(1.0, [2.0, [1, 2, 3, 4]], first_n=2, message="twice: ")
        v1.Print(1.0, [2.0], first_n=0, message="never")
        v1.Print(1.0, [2.0], first_n=-1)
    said = capsys.readouterr().err.split("\n")
    assert said.count("twice: [2][1 2 3...]") == 2
    assert said.count("[2]") == 3
    assert len(said) == 6


def test_print_of_version_1_writes_elements_as_tensorflow_does(capsys: pytest.CaptureFixture[str]) -> None:
    said = {
        "[0.333333343 1e+10 nan -0 0.1]": [1 / 3, 1e10, float("nan"), -0.0, 0.1],
        "[0.33333333333333331 0.1]": tf.constant([1 / 3, 0.1], tf.float64),
        "[0.333251953]": tf.constant([1 / 3], tf.float16),
        "[1 0]": [True, False],
        "[ab c\\n\\000\\377]": [b"ab", b"c\n\x00\xff"],
        "[[1 2][3 4]]": [[1, 2], [3, 4]],
        "[?]": [1j],
        "[]": tf.zeros([0, 2]),
        "[s]": "s",
    }
    for value in said.values():
        v1.Print(1.0, [value], summarize=5)
    for limit in (1, 2, 3, 6):
        v1.Print(1.0, [[[1, 2], [3, 4], [5, 6]]], summarize=limit)
    shortened = ["[[1...]...]", "[[1 2]...]", "[[1 2][3...]...]", "[[1 2][3 4][5 6]]"]
    assert capsys.readouterr().err.splitlines() == [*said, *shortened]
