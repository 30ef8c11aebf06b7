"""Ops of TensorFlow that `tf.raw_ops` does not have here, and why: by name, or by the family that a pattern names."""

from __future__ import annotations

import re

_NO_KERNEL = "TensorFlow 2.21 itself runs it neither eagerly nor on a CPU"
_REFERENCES = "it takes a reference to a variable of version 1, which eager execution refuses"
_LOOPS = "a part of a loop in a graph, without a gradient in eager execution"
_BRANCHES = "its branches are functions of a graph: use tf.cond, tf.case, tf.switch_case or tf.while_loop"
_VARIANTS = "its values are variants of TensorFlow's runtime, in whose place Python objects stand here"
_DEVICES = "it exchanges values between TensorFlow's own devices: torch.distributed runs several processes"
_ACCELERATORS = "it is for TPUs, or TensorFlow's compiler"
_FILES = "it reads files for a graph"
_TABLES = "tables of tf.lookup are Python objects, without handles"
_QUEUES = "queues of tf.queue are Python objects, without handles"
_STRINGS = "tf.strings computes it without an op"
_RAGGED = "tf.RaggedTensor computes it without an op: gather, tf.ragged.range, to_sparse, to_tensor, tf.math.bincount"
_BYTES = "tf.io takes bytes apart and puts them together without ops"
_IN_PLACE = "it writes into its input, and Tensors here never change: use tf.tensor_scatter_nd_update and kin"

_FAMILIES = {
    r"Batch(Cholesky|FFT|IFFT|Matrix(?!Mul)|SelfAdjointEig|Svd|NormWithGlobal).*": _NO_KERNEL,
    r"Segment(Sum|Prod|Min|Max)V2|I?R?FFTND|IRFFTND|Conv[23]DBackprop(Filter|Input)(V2)?": _NO_KERNEL,
    r"AccumulateNV2|AdjustContrast|CTCLossV2|GenerateBoundingBoxProposals|MaxPoolGradGradWithArgmax": _NO_KERNEL,
    r"QuantizeAndDequantize|RandomCrop|RandomPoisson|SelfAdjointEig|StatefulStandardNormal|TileGrad|TopK": _NO_KERNEL,
    r"Const": "its value is a message of protobuf, which eager execution refuses: use tf.constant",
    r"CudnnRNN.*|Nccl.*": "it is a kernel of cuDNN or NCCL, that TensorFlow has for GPUs alone",
    r"Ref[A-Z].*|DebugGradientRefIdentity|Assign(Add|Sub)?|Scatter(Nd)?(Add|Sub|Mul|Div|Update|Min|Max)": _REFERENCES,
    r"Enter|Exit|LoopCond|Merge|NextIteration|Switch": _LOOPS,
    r"(Stateless)?(Case|If|While)": _BRANCHES,
    r"TensorArray.*": "tf.TensorArray holds Tensors here; its ops take handles",
    r"TensorList.*": "lists are Python's here, and no values of a graph",
    r"CompositeTensorVariant.*|Optional.*|RaggedTensor(From|To)Variant": _VARIANTS,
    r"(Dense|SparseTensor)ToCSRSparseMatrix|CSRSparseMatrix.*|SparseMatrix.*": f"{_VARIANTS}: use tf.sparse",
    r"Debug.*": "it is for TensorFlow's debugger",
    r"AllToAll|CollectivePermute|CrossReplicaSum|CopyToMesh.*|Relayout.*": _DEVICES,
    r"Xla.*|TPU.*": _ACCELERATORS,
    r"EagerPyFunc|PyFunc(Stateless)?": "tf.py_function and tf.numpy_function call Python themselves",
    r"_EagerConst": "TensorFlow itself has it for its own use alone",
    r".*Reader(V2)?|Reader.*|MatchingFiles|ReadFile|Sharded.*": _FILES,
    r"(Mutable)?(Dense)?HashTable.*|LookupTable.*|InitializeTable.*": _TABLES,
    r"Queue.*": _QUEUES,
    r"(.*SessionHandle.*|.*SessionTensor)": "there are no sessions",
    r".*Summary(V2)?": "it makes a message for TensorBoard",
    r"Sdca.*": "it trains linear models from columns that a graph feeds",
    r"Stack(Close|Pop|Push)?": "it is a stack of a graph's runtime; a list in Python does the same",
    r"String.*|Regex.*|ReduceJoin|Substr|UnsortedSegmentJoin": _STRINGS,
    r"DecodeRaw|DecodePaddedRaw|(De|En)code(Base64|Proto.*)|ParseTensor|(Des|S)erialize.*": _BYTES,
    r".*SetOperation|SetSize": "tf.sets computes it without an op",
    r"Ragged(Gather|Range|TensorTo(Sparse|Tensor)|Bincount|CountSparseOutput)": _RAGGED,
    r"RaggedCross|SparseCross(V2|Hashed)?": "tf.ragged.cross and tf.sparse.cross compute it without an op",
    r"Fingerprint": "tf.fingerprint computes it without an op",
    r"ControlTrigger|FakeParam": "a part of a graph, which does nothing in eager execution",
    r"Fused(ResizeAnd)?PadConv2D": "made by optimizers of graphs: use tf.image.resize, tf.pad and tf.nn.conv2d",
    r"(GRU|LSTM)BlockCellGrad": "no gradient of TensorFlow calls it",
    r"Inplace.*": _IN_PLACE,
    r"ReduceDataset": "datasets are iterated over, not handed to ops",
    r"(Unb|B)atch(Grad)?": "it collects calls of a server's graph",
    r"AudioMicrofrontend": "it is a kernel of TensorFlow Lite",
    r"GenerateVocabRemapping|LoadAndRemapMatrix": "it reads checkpoints of version 1",
    r"Timestamp": "tf.timestamp tells the time without an op",
    r"CheckPinned": "memory is not pinned",
    r"ImmutableConst": "it maps a file into memory that TensorFlow's runtime holds",
    r"Abort": "it ends the process",
}


def op_reason(name: str) -> str | None:
    """Why the op `name` ("TensorArrayV3") is not there; `None` if it might be."""
    for pattern, why in _FAMILIES.items():
        if re.fullmatch(pattern, name):
            return why
    return None
