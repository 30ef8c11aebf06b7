"""`tf.distribute` with one replica: what TensorFlow 2.21 answers on a machine with one CPU."""

from __future__ import annotations

import pytest

import tfcompat_tape as tf

D = tf.distribute
STRATEGIES = {
    "mirrored": lambda: D.MirroredStrategy(),
    "mirrored on the CPU": lambda: D.MirroredStrategy(devices=["CPU:0"]),
    "one device": lambda: D.OneDeviceStrategy("/cpu:0"),
    "workers": lambda: D.MultiWorkerMirroredStrategy(),
}


def here() -> tuple[bool, bool]:
    return D.has_strategy(), D.in_cross_replica_context()


@pytest.fixture(params=STRATEGIES)
def strategy(request):  # type: ignore[no-untyped-def]
    return STRATEGIES[request.param]()


def test_contexts(strategy) -> None:  # type: ignore[no-untyped-def]
    assert strategy.num_replicas_in_sync == 1
    assert here() == (False, False) and D.get_strategy() is not strategy
    with strategy.scope():
        assert here() == (True, True) and D.get_strategy() is strategy and D.get_replica_context() is None

    def replica(x: float) -> float:
        context = D.get_replica_context()
        assert here() == (True, False) and context.num_replicas_in_sync == 1
        assert context.replica_id_in_sync_group.numpy() == 0 and context.strategy is strategy
        merged = context.merge_call(lambda s, y: (here(), s is strategy, y), args=(1,))
        assert merged == ((True, True), True, 1)
        return x + 1.0

    assert strategy.run(replica, args=(2.0,)) == 3.0
    assert here() == (False, False)
    with pytest.raises(ZeroDivisionError):
        strategy.run(lambda: 1 / 0)
    assert here() == (False, False)
    with (
        pytest.raises(RuntimeError, match="Mixing different"),
        strategy.scope(),
        D.MirroredStrategy().scope(),
    ):
        pass
    assert here() == (False, False)


def test_a_training_loop(strategy) -> None:  # type: ignore[no-untyped-def]
    with strategy.scope():
        weight = tf.Variable(1.0)
        seen = tf.Variable(
            0.0,
            trainable=False,
            synchronization=tf.VariableSynchronization.ON_READ,
            aggregation=tf.VariableAggregation.SUM,
        )
    dataset = strategy.experimental_distribute_dataset(tf.data.Dataset.range(4).batch(2))

    def step(x: tf.Tensor) -> tf.Tensor:
        x = tf.cast(x, tf.float32)
        with tf.GradientTape() as tape:
            loss = tf.nn.compute_average_loss((weight * x - 2.0 * x) ** 2, global_batch_size=2)
        weight.assign_sub(0.1 * tape.gradient(loss, weight))
        seen.assign_add(tf.reduce_sum(x))
        return loss

    @tf.function
    def whole_step(x: tf.Tensor) -> tf.Tensor:
        return strategy.reduce(D.ReduceOp.SUM, strategy.run(step, args=(x,)), axis=None)

    losses = [whole_step(x).numpy() for x in dataset]
    assert losses == pytest.approx([0.5, 0.81 * 6.5])
    assert seen.numpy() == 6.0


def test_values_of_replicas(strategy) -> None:  # type: ignore[no-untyped-def]
    assert strategy.reduce("MEAN", tf.constant([1.0, 2.0]), axis=0).numpy() == 1.5
    (one,) = strategy.experimental_local_results(tf.constant(1.0))
    assert one.numpy() == 1.0
    assert strategy.gather(tf.constant([1.0]), axis=0).numpy() == [1.0]
    assert strategy.run(lambda: D.get_replica_context().all_reduce("SUM", tf.constant(2.0))).numpy() == 2.0
    made = strategy.distribute_datasets_from_function(
        lambda context: tf.data.Dataset.range(4).batch(context.get_per_replica_batch_size(2))
    )
    assert [x.numpy().tolist() for x in made] == [[0, 1], [2, 3]]


def test_more_than_one_replica_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(tf.errors.UnimplementedError, match="2 devices"):
        D.MirroredStrategy(["CPU:0", "CPU:1"])
    monkeypatch.setenv("TF_CONFIG", "{")
    with pytest.raises(ValueError, match="TF_CONFIG"):
        D.MultiWorkerMirroredStrategy()
    two = '"cluster": {"worker": ["a:1", "b:1"]}'
    for malformed, told in (
        ("[1]", "not an object"),
        ('{"cluster": ["a:1", "b:1"]}', "objects"),
        ('{"cluster": {"worker": "a:1"}}', "have to be a list"),
        ('{"cluster": {"worker": ["a:1", "b"]}, "task": {"type": "worker", "index": 0}}', "no address"),
        ('{"cluster": {"worker": ["a:1", "a:1"]}, "task": {"type": "worker", "index": 0}}', "same address"),
        (f'{{{two}, "task": {{"type": "worker", "index": 2}}}}', "not in the cluster"),
        (f"{{{two}}}", "not in the cluster"),
    ):
        monkeypatch.setenv("TF_CONFIG", malformed)
        with pytest.raises(ValueError, match=told):
            D.MultiWorkerMirroredStrategy()
    monkeypatch.setenv("TF_CONFIG", f'{{{two}, "task": {{"type": "worker", "index": 1}}}}')
    monkeypatch.setenv("TFCOMPAT_RANK_TIMEOUT", "a while")
    with pytest.raises(ValueError, match="TFCOMPAT_RANK_TIMEOUT"):
        D.MultiWorkerMirroredStrategy()
    for wrong in (
        '"type": "ps", "index": 0',
        '"type": "evaluator", "index": 0',
        '"type": "worker", "index": 4',
    ):
        monkeypatch.setenv("TF_CONFIG", f'{{"cluster": {{"worker": ["a:1"]}}, "task": {{{wrong}}}}}')
        with pytest.raises(ValueError, match="not in the cluster"):
            D.MultiWorkerMirroredStrategy()
    monkeypatch.setenv("TF_CONFIG", '{"cluster": {"worker": ["a:1"]}}')
    assert D.MultiWorkerMirroredStrategy().num_replicas_in_sync == 1


def test_resolvers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CONFIG", "{}")
    alone = D.MultiWorkerMirroredStrategy().cluster_resolver
    assert (alone.task_type, alone.task_id, alone.master()) == (None, None, "")
    assert alone.cluster_spec().as_dict() == {} and not alone.cluster_spec()
    monkeypatch.setenv(
        "TF_CONFIG", '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 0}}'
    )
    communication = D.experimental.CommunicationOptions(
        implementation=D.experimental.CommunicationImplementation.RING
    )
    one = D.MultiWorkerMirroredStrategy(communication_options=communication).cluster_resolver
    assert (one.task_type, one.task_id, one.master()) == ("worker", 0, "a:1")
    assert D.experimental.MultiWorkerMirroredStrategy().num_replicas_in_sync == 1
    config = (
        '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 1}, "rpc_layer": "grpc"}'
    )
    monkeypatch.setenv("TF_CONFIG", config)
    found = D.cluster_resolver.TFConfigClusterResolver()
    assert (found.master(), found.master("worker", 0)) == ("grpc://b:1", "grpc://a:1")
    assert repr(found.cluster_spec()) == "ClusterSpec({'worker': ['a:1', 'b:1']})"
    cluster = tf.train.ClusterSpec({"worker": ["a:1", "b:1"], "ps": {3: "c:1"}})
    assert cluster == tf.train.ClusterSpec(cluster) and cluster.jobs == ["worker", "ps"]
    assert cluster.as_dict() == {"worker": ["a:1", "b:1"], "ps": {3: "c:1"}}
    assert cluster.job_tasks("ps") == [None, None, None, "c:1"] and cluster.task_indices("worker") == [0, 1]
    for wrong, error, told in (
        (lambda: cluster.num_tasks("x"), ValueError, "No such job in cluster: 'x'"),
        (lambda: cluster.task_address("worker", 9), ValueError, "No task with index 9 in job 'worker'"),
        (lambda: tf.train.ClusterSpec([1]), TypeError, "must be a dictionary"),
        (lambda: tf.train.ClusterSpec({"a": "b:1"}), TypeError, "must be a list or a dictionary"),
        (lambda: tf.train.ClusterSpec({"a": [3]}), TypeError, "Task address 3 must be bytes or unicode"),
        (
            lambda: D.experimental.CommunicationOptions(bytes_per_pack=-1),
            ValueError,
            "must be >=0, Received -1",
        ),
    ):
        with pytest.raises(error, match=told):
            wrong()
    simple = D.cluster_resolver.SimpleClusterResolver
    assert simple(cluster).master("worker", 1) == "b:1" and simple(cluster, "m").master() == "m"
    with pytest.raises(TypeError, match="cluster_spec must be a `tf"):
        simple({"worker": []})


def test_the_default_strategy() -> None:
    default = D.get_strategy()
    assert default.run(lambda: here()) == (False, False)
    with default.scope():
        assert here() == (False, False)
    strategy = D.MirroredStrategy()
    D.experimental_set_strategy(strategy)
    assert here() == (True, True) and D.get_strategy() is strategy
    D.experimental_set_strategy(None)
    assert here() == (False, False) and D.get_strategy() is default


def test_options_are_checked() -> None:
    D.MirroredStrategy(cross_device_ops=D.HierarchicalCopyAllReduce(num_packs=2))
    with pytest.raises(ValueError, match="num_packs"):
        D.NcclAllReduce(num_packs=-1)
