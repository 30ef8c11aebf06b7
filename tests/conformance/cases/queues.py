"""tf.queue: queues, which eager code fills and empties; tf.CriticalSection."""

from conformance_kit import raises, script


def closed(queue):
    queue.close()
    return queue


@script("queue.FIFOQueue")
def _(tf):
    q = tf.queue.FIFOQueue(3, tf.float32, shapes=[[]])
    q.enqueue(1.0)
    q.enqueue([2.0])
    answers = {"size": q.size(), "dtypes": q.dtypes, "shapes": q.shapes, "names": q.names}
    answers["name"] = q.name
    answers["first"] = q.dequeue()
    q.enqueue_many([[3.0, 4.0]])
    answers["many"] = q.dequeue_many(2)
    answers["up to"] = raises(lambda: q.dequeue_up_to(1))
    answers["closed"] = q.is_closed()
    q.close()
    answers["closed then"] = q.is_closed()
    answers["enqueue"] = raises(lambda: q.enqueue(1.0))
    answers["dequeue"] = raises(lambda: q.dequeue())
    answers["close again"] = raises(lambda: q.close())
    answers["size then"] = q.size()
    return answers


@script("queue: components and names")
def _(tf):
    q = tf.queue.FIFOQueue(5, [tf.int32, tf.string], shapes=[[2], []], names=["n", "s"])
    q.enqueue({"n": [1, 2], "s": "a"})
    q.enqueue_many({"n": [[3, 4], [5, 6]], "s": ["b", "c"]})
    p = tf.queue.FIFOQueue(5, [tf.int32, tf.float32])
    p.enqueue((1, [2.0]))
    p.enqueue((1, [[2.0], [3.0]]))
    return {
        "one": q.dequeue(),
        "two": q.dequeue_many(2),
        "without a name": raises(lambda: q.enqueue({"n": [1, 2]})),
        "a list": raises(lambda: q.enqueue(([1, 2], "a"))),
        "shape": raises(lambda: q.enqueue({"n": [1, 2, 3], "s": "a"})),
        "dtype": raises(lambda: q.enqueue({"n": [1.5, 2.5], "s": "a"})),
        "tuple": p.dequeue(),
        "no shapes": p.dequeue(),
        "too few": raises(lambda: p.enqueue((1,))),
        "many without shapes": raises(lambda: p.dequeue_many(1)),
        "a dictionary without names": raises(lambda: p.enqueue({"a": 1, "b": 2.0})),
        "tensor of other dtype": raises(lambda: p.enqueue((tf.constant(1.5), 2.0))),
        "names": [q.names, p.names],
        "shapes": [q.shapes, p.shapes],
        "queue_ref": p.queue_ref.dtype,
    }


@script("queue: what does not fit")
def _(tf):
    q = tf.queue.FIFOQueue(3, tf.int32, shapes=[[]])
    q.enqueue_many([[1, 2]])
    return {
        "no shape, many": raises(lambda: tf.queue.FIFOQueue(3, tf.int32).dequeue_many(1)),
        "shapes for others": raises(lambda: tf.queue.FIFOQueue(3, [tf.int32, tf.int32], shapes=[[]])),
        "names for others": raises(lambda: tf.queue.FIFOQueue(3, tf.int32, names=["a", "b"])),
        "dtype": raises(lambda: tf.queue.FIFOQueue(3, "no")),
        "negative": raises(lambda: q.dequeue_many(-1)),
        "none": q.dequeue_many(0),
        "up to": raises(lambda: q.dequeue_up_to(2)),
        "too many of a closed one": raises(lambda: closed(q).dequeue_many(5)),
        "left": raises(lambda: q.dequeue_up_to(5)),
        "many of one": raises(lambda: tf.queue.FIFOQueue(3, tf.int32, shapes=[[]]).enqueue_many(1)),
        "partly known": raises(lambda: tf.queue.FIFOQueue(3, tf.int32, shapes=[[None]])),
        "capacity": raises(lambda: tf.queue.FIFOQueue("a", tf.int32)),
        "base": raises(lambda: tf.queue.QueueBase([tf.int32], [[]], None, None).dtypes),
        "is a": isinstance(q, tf.queue.QueueBase),
    }


@script("queue: up to what is left")
def _(tf):
    q = tf.queue.FIFOQueue(5, tf.int32, shapes=[[]])
    q.enqueue_many([[1, 2, 3]])
    q.close()
    return {
        "two": q.dequeue_up_to(2),
        "one": q.dequeue_up_to(2),
        "nothing": raises(lambda: q.dequeue_up_to(2)),
        "nothing wanted": raises(lambda: q.dequeue_up_to(0)),
    }


@script("queue.PaddingFIFOQueue")
def _(tf):
    q = tf.queue.PaddingFIFOQueue(9, [tf.int32, tf.string], shapes=[[None], [None, 2]])
    q.enqueue(([1], [["a", "b"]]))
    q.enqueue(([1, 2, 3], [["c", "d"], ["e", "f"]]))
    q.enqueue(([], tf.constant([], tf.string, [0, 2])))
    q.enqueue(([7], [["g", "h"]]))
    q.enqueue(([8, 9], [["g", "h"]]))
    return {
        "three": q.dequeue_many(3),
        "one": q.dequeue(),
        "shapes": q.shapes,
        "wrong": raises(lambda: q.enqueue(([1], [["a"]]))),
        "rank": raises(lambda: q.enqueue(([[1]], [["a", "b"]]))),
        "unknown rank": raises(lambda: tf.queue.PaddingFIFOQueue(3, tf.int32, shapes=[None])),
        "for others": raises(lambda: tf.queue.PaddingFIFOQueue(3, [tf.int32, tf.int32], shapes=[[]])),
    }


@script("queue.PriorityQueue")
def _(tf):
    q = tf.queue.PriorityQueue(9, [tf.string], shapes=[[]])
    q.enqueue((tf.constant(3, tf.int64), "c"))
    q.enqueue((tf.constant(1, tf.int64), "a"))
    q.enqueue_many((tf.constant([2, 1, -7], tf.int64), ["b", "a2", "z"]))
    answers = {"size": q.size(), "one": q.dequeue(), "dtypes": q.dtypes, "shapes": q.shapes}
    answers["equal"] = sorted(q.dequeue_many(2)[1].numpy().tolist())
    answers["rest"] = q.dequeue_many(2)
    answers["int32"] = raises(lambda: q.enqueue((tf.constant(3), "c")))
    answers["too few"] = raises(lambda: q.enqueue(("c",)))
    return answers


@script("queue.RandomShuffleQueue")
def _(tf):
    q = tf.queue.RandomShuffleQueue(9, 2, tf.int32, shapes=[[]], seed=3)
    q.enqueue_many([[1, 2, 3, 4]])
    two = q.dequeue_many(2).numpy().tolist()
    q.close()
    rest = q.dequeue_many(2).numpy().tolist()
    return {
        "all": sorted(two + rest),
        "size": q.size(),
        "empty": raises(lambda: q.dequeue()),
        "too many kept": raises(lambda: tf.queue.RandomShuffleQueue(2, 3, tf.int32)),
        "negative": raises(lambda: tf.queue.RandomShuffleQueue(2, -3, tf.int32)),
    }


@script("queue.QueueBase.from_list")
def _(tf):
    def make(dtype, **options):
        q = tf.queue.FIFOQueue(3, dtype, **{"shapes": [[]], **options})
        return q

    one, two = make(tf.int32), make(tf.int32)
    one.enqueue(1)
    two.enqueue(2)
    return {
        "chosen": raises(lambda: tf.queue.QueueBase.from_list(1, [one, two]).dequeue()),
        "dtypes": raises(lambda: tf.queue.QueueBase.from_list(0, [one, make(tf.float32)])),
        "none": raises(lambda: tf.queue.QueueBase.from_list(0, [])),
        "no queue": raises(lambda: tf.queue.QueueBase.from_list(0, [1])),
        "names": raises(lambda: tf.queue.QueueBase.from_list(0, [one, make(tf.int32, names=["a"])])),
    }


@script("CriticalSection")
def _(tf):
    section = tf.CriticalSection(name="mine")
    v = tf.Variable(0)

    def more(by=1):
        return v.assign_add(by).read_value()

    return {
        "name": raises(lambda: section.name),
        "once": section.execute(more),
        "again": section.execute(lambda: (more(2), "x", [more(3)])),
        "nothing": section.execute(lambda: None),
        "exclusive": section.execute(lambda: 3, exclusive_resource_access=False),
        "in a function": tf.function(lambda: section.execute(more))(),
        "not callable": raises(lambda: section.execute(3)),
        "raises": raises(lambda: section.execute(lambda: 1 // 0)),
        "within": raises(lambda: section.execute(lambda: section.execute(lambda: 1))),
        "after that": section.execute(lambda: 4),
        "definition": raises(lambda: tf.CriticalSection(critical_section_def=3)),
        "shared": raises(lambda: tf.CriticalSection(shared_name="a").execute(lambda: 1)),
    }
