"""Write tfcompat_tape/facts/raw_*.json: the arguments, attributes and results of TensorFlow's ops.

Run it with the Python of an environment that has TensorFlow (the package itself never imports it):

    python tools/record_raw_ops.py

Each op has one line: `"Sum": "input axis keep_dims=False -> output"`. `@name` is an attribute without a default, what
has a default is an attribute as well, all else are tensors; `*` stands before lists of tensors, `&` before handles of
variables. Left out are ops with other state, and families of ops that have nothing to do with gradients.

raw_attrs.json says what each of these attributes is, by the names of `tf.raw_ops`: `"MaxPool": "ksize:list(int)>=4
padding:string=SAME|VALID|EXPLICIT"`. `>=` is the least value, or the least length of a list; behind `=` stands what is
allowed.

raw_inputs.json says which tensors have one dtype, whatever the others have: `"AvgPoolGrad": "orig_input_shape:int32"`.

op_defs.json says how graphs write these ops, and those that only graphs have: `"ConcatV2": "values:N*T axis:Tidx ->
output:T ; Tidx=int32"`. Behind `:` stands a dtype, or the attribute that says it; `N*` is a list of N tensors, `[T]` a
list of tensors whose dtypes are T. Behind `;` stand the attributes with default values that are dtypes.
"""

import importlib
import inspect
import json
import re
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "tfcompat_tape" / "facts"
# These count as having state, but are functions here.
FUNCTIONS = re.compile(
    "SampleDistorted|Random|Multinomial|TruncatedNormal|CheckNumerics|GuaranteeConst|CandidateSampler|Fractional"
)
LEFT_OUT = re.compile(
    "Quantized(?!Concat$)|QuantizeDown|Requant|Uniform(Quant|Deq|Req)|Xla|TPU|SparseCore|Boosted|Debug|(?<!Unicode)(?<!CTCGreedy)(?<!CTCBeamSearch)Decode(?!Png|Jpeg|Bmp|Gif|Image|WebP|AndCropJpeg|Wav)|(?<!Unicode)Encode(?!Png|Jpeg|Wav)|^String(?!SplitV2|NGrams)|Regex|"
    "TensorArray|Cudnn|Sdca|Parse|Serialize|UnicodeTranscode|Summary|Cudnn|CTCLossV2|Placeholder(?!WithDefault)|Bytes|"
    "^Batch(Matrix|Chol|FFT|IFFT|Svd|Self)|KMC2|Kmeans|Copy|Merge|Enter|Exit|NextIter|Switch|LoopCond"
)

# Ops on the handles of variables.
OF_VARIABLES = re.compile(
    "(Read|Assign|AssignAdd|AssignSub)VariableOp|VarIsInitializedOp|VariableShape|Resource(Gather|GatherNd|CountUpTo)|"
    "Resource(Sparse)?Apply.*|ResourceScatter.*|ResourceStridedSliceAssign|Rng(Skip|ReadAndSkip)|Assert|NoOp|Print|"
    "Stateful(StandardNormal|StandardNormalV2|TruncatedNormal|Uniform|UniformFullInt|UniformInt|RandomBinomial)"
)


def is_function(definition: Any) -> bool:
    """Say whether an op is a function of tensors or variables, without other state, without functions as attributes."""
    types = importlib.import_module("tensorflow.core.framework.types_pb2")
    values = [*definition.input_arg, *definition.output_arg]
    if OF_VARIABLES.fullmatch(definition.name):
        return True
    return (
        not any(value.type in (types.DT_RESOURCE, types.DT_VARIANT) or value.is_ref for value in values)
        and not any("func" in attr.type for attr in definition.attr)
        and (not definition.is_stateful or FUNCTIONS.search(definition.name) is not None)
        and LEFT_OUT.search(definition.name) is None
    )


def described(name: str, definition: Any, function: Any) -> str:
    """Return the line of one op."""
    attrs = {attr.name for attr in definition.attr}
    lists = {value.name for value in definition.input_arg if value.number_attr or value.type_list_attr}
    types = importlib.import_module("tensorflow.core.framework.types_pb2")
    handles = {value.name for value in definition.input_arg if value.type == types.DT_RESOURCE}
    words = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "name":
            continue
        if parameter.default is not parameter.empty:
            words.append(f"{parameter.name}={parameter.default!r}".replace(" ", ""))
        else:
            words.append(
                (
                    "@"
                    if parameter.name in attrs
                    else "*"
                    if parameter.name in lists
                    else "&"
                    if parameter.name in handles
                    else ""
                )
                + parameter.name
            )
    results = [
        ("*" if value.number_attr or value.type_list_attr else "") + value.name
        for value in definition.output_arg
    ]
    return " ".join([*words, "->", *results])


def attributes(tf: Any, definition: Any, line: str) -> str:
    """Return what the attributes in the line of one op are."""
    words = []
    attrs = {attr.name: attr for attr in definition.attr}
    for word in line.split(" -> ")[0].split():
        name = word.lstrip("@*").partition("=")[0]
        attr = attrs.get({("Squeeze", "axis"): "squeeze_dims"}.get((definition.name, name), name))
        if attr is None or not (word.startswith("@") or "=" in word):
            continue
        least = f">={attr.minimum}" if attr.has_minimum else ""
        listed = attr.allowed_values.list
        allowed = [*(text.decode() for text in listed.s), *(tf.as_dtype(one).name for one in listed.type)]
        words.append(f"{name}:{attr.type}{least}" + ("=" + "|".join(allowed) if allowed else ""))
    return " ".join(words)


def fixed_inputs(tf: Any, definition: Any) -> str:
    """Return which tensors of one op have a dtype of their own."""
    return " ".join(
        f"{value.name}:{tf.as_dtype(value.type).name}"
        for value in definition.input_arg
        if value.type and tf.as_dtype(value.type) not in (tf.resource, tf.variant)
    )


# Ops of graphs that `is_function` leaves out.
OF_GRAPHS = [
    "Case",
    "If",
    "PartitionedCall",
    "StatefulPartitionedCall",
    "StatelessCase",
    "StatelessIf",
    "StatelessWhile",
    "While",
    "EmptyTensorList",
    "TensorListConcatV2",
    "TensorListFromTensor",
    "TensorListGetItem",
    "TensorListLength",
    "TensorListPushBack",
    "TensorListReserve",
    "TensorListResize",
    "TensorListSetItem",
    "TensorListStack",
    "Const",
    "IdentityN",
    "HashTableV2",
    "LookupTableFindV2",
    "LookupTableImportV2",
    "LookupTableSizeV2",
    "Placeholder",
    "PrintV2",
    "StringFormat",
    "VarHandleOp",
    "RandomUniform",
    "RandomStandardNormal",
    "RandomUniformInt",
    "TruncatedNormal",
    "RestoreV2",
    "AnonymousHashTable",
    "AnonymousMutableHashTable",
    "AnonymousMutableHashTableOfTensors",
    "DecodeBase64",
    "DecodeCSV",
    "DecodeJSONExample",
    "DecodeRaw",
    "EncodeBase64",
    "InitializeTableFromTextFileV2",
    "LookupTableExportV2",
    "LookupTableInsertV2",
    "LookupTableRemoveV2",
    "MergeV2Checkpoints",
    "MutableDenseHashTableV2",
    "MutableHashTableOfTensorsV2",
    "MutableHashTableV2",
    "ParseExampleV2",
    "RegexFullMatch",
    "RegexReplace",
    "SaveV2",
    "StaticRegexFullMatch",
    "StaticRegexReplace",
    "StringJoin",
    "StringLength",
    "StringLower",
    "StringStrip",
    "StringToHashBucket",
    "StringToHashBucketFast",
    "StringToHashBucketStrong",
    "StringToNumber",
    "StringUpper",
    "UnicodeTranscode",
]


def written(tf: Any, definition: Any) -> str:
    """Return how graphs write an op."""

    def kind(value: Any) -> str:
        if value.type_list_attr:
            return f"[{value.type_list_attr}]"
        found = value.type_attr or tf.as_dtype(value.type).name
        return f"{value.number_attr}*{found}" if value.number_attr else found

    given = [f"{value.name}:{kind(value)}" for value in definition.input_arg]
    found = [f"{value.name}:{kind(value)}" for value in definition.output_arg]
    defaults = [
        f"{attr.name}={tf.as_dtype(attr.default_value.type).name}"
        for attr in definition.attr
        if attr.type == "type" and attr.HasField("default_value")
    ]
    return " ".join([*given, "->", *found, *([";", *defaults] if defaults else [])])


def write(name: str, table: dict[str, str]) -> None:
    """Write a table, one line for each op."""
    rows = ",\n".join(f"{json.dumps(op)}: {json.dumps(line)}" for op, line in table.items())
    (DATA / name).write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")
    print(f"{DATA / name}: {len(table)} ops")


def main() -> None:
    tf = importlib.import_module("tensorflow")
    registry = importlib.import_module("tensorflow.python.framework.op_def_registry")
    table, kinds, inputs, forms = {}, {}, {}, {}
    for name in sorted(dir(tf.raw_ops)):
        definition = registry.get(name)
        if definition is not None and is_function(definition):
            table[name] = described(name, definition, getattr(tf.raw_ops, name))
            kinds[name] = attributes(tf, definition, table[name])
            inputs[name] = fixed_inputs(tf, definition)
            forms[name] = written(tf, definition)
    write("raw_ops.json", table)
    write("raw_attrs.json", {name: line for name, line in kinds.items() if line})
    for name in OF_GRAPHS:
        forms[name] = written(tf, registry.get(name))
    write("op_defs.json", dict(sorted(forms.items())))
    write("raw_inputs.json", {name: line for name, line in inputs.items() if line})


if __name__ == "__main__":
    main()
