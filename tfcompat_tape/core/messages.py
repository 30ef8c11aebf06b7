"""Messages of protocol buffers, as far as TensorFlow's programs handle them, without protobuf.

A message is a class with a table of fields. Its bytes are those that protobuf writes, its text too. Reading a field
that is a message gives one that belongs to its parent: once something is put in, the parent has the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableSequence
from typing import Any, ClassVar, NamedTuple, Self

from tfcompat_tape.core.message_values import KINDS, text
from tfcompat_tape.core.wire import BYTES, DecodeError, block, fields, tag


class Field(NamedTuple):
    """One field: its name, its number, and the kind of its values."""

    name: str
    number: int
    kind: str  # of KINDS, or "message", or "map": messages by strings
    repeated: bool = False
    message: type[Message] | None = None
    oneof: str | None = None  # of the fields of one name, at most one is there
    names: dict[int, str] | None = None  # of an enumeration, for the text


class Descriptor:
    """What a message class is called, and its fields."""

    def __init__(self, full_name: str, table: tuple[Field, ...]) -> None:
        self.full_name = full_name
        self.name = full_name.rpartition(".")[2]
        self.fields = table
        self.fields_by_name = {field.name: field for field in table}


class Message:
    """The base of messages. Source: protobuf's `google.protobuf.message.Message`.

    Raises:
      ValueError: a field that there is not, or a number out of range. TypeError: a value of another kind.
    """

    DESCRIPTOR: ClassVar[Descriptor]
    __slots__ = ("__weakref__", "_held", "_tell", "_unknown")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _set(self, "_held", {})
        _set(self, "_tell", None)
        _set(self, "_unknown", b"")
        if args:
            raise TypeError("No positional arguments allowed")
        for name, value in kwargs.items():
            field = self._field(name)
            if value is None:
                continue
            if field.repeated or field.kind == "map":
                getattr(self, name)._fill(value)
            elif field.message:
                part = getattr(self, name)
                part._copy(field.message(**value) if isinstance(value, dict) else value)
                part._changed()
            else:
                setattr(self, name, value)

    def _field(self, name: str) -> Field:
        found = self.DESCRIPTOR.fields_by_name.get(name)
        if found is None:
            raise ValueError(f'Protocol message {self.DESCRIPTOR.name} has no "{name}" field.')
        return found

    def __getattr__(self, name: str) -> Any:
        field = self.DESCRIPTOR.fields_by_name.get(name)
        if field is None:
            raise AttributeError(name)
        held = self._held.get(name)
        if held is not None:
            return held
        if field.repeated or field.kind == "map":
            held = _Map(self, field) if field.kind == "map" else Repeated(self, field)
            self._held[name] = held
            return held
        if field.message:
            part = field.message()
            _set(part, "_tell", lambda: self._adopt(field, part))
            return part
        return KINDS[field.kind].default

    def __setattr__(self, name: str, value: Any) -> None:
        field = self.DESCRIPTOR.fields_by_name.get(name)
        if field is None:
            raise AttributeError(f'Protocol message {self.DESCRIPTOR.name} has no "{name}" field.')
        if field.repeated or field.kind == "map":
            raise AttributeError(
                f'Assignment not allowed to map, or repeated field "{name}" in protocol message object.'
            )
        if field.message:
            raise AttributeError(
                f'Assignment not allowed to message field "{name}" in protocol message object.'
            )
        checked = KINDS[field.kind].check(value, f"{self.DESCRIPTOR.full_name}.{name}")
        self._alone(field)
        self._held[name] = checked
        self._changed()

    def _alone(self, field: Field) -> None:
        """Let go of the others of which at most one is there."""
        if field.oneof:
            for other in self.DESCRIPTOR.fields:
                if other.oneof == field.oneof and other is not field:
                    self._held.pop(other.name, None)

    def _adopt(self, field: Field, part: Message) -> None:
        """A part that was read gets something put in: from here on it is there."""
        if self._held.get(field.name) is not part:
            self._alone(field)
            self._held[field.name] = part
        self._changed()

    def _changed(self) -> None:
        if self._tell is not None:
            self._tell()

    # -- what is there -------------------------------------------------------------------------------------------------

    def _is_there(self, field: Field) -> bool:
        held = self._held.get(field.name)
        if held is None:
            return False
        if field.repeated or field.kind == "map":
            return len(held) > 0
        return bool(field.message or field.oneof) or held != KINDS[field.kind].default

    def HasField(self, field_name: str) -> bool:
        """Whether a field that is a message, or one of several, is there."""
        field = self._field(field_name)
        if field.repeated or field.kind == "map" or not (field.message or field.oneof):
            raise ValueError(f"Field {self.DESCRIPTOR.full_name}.{field_name} does not have presence.")
        return self._is_there(field)

    def WhichOneof(self, oneof_group: str) -> str | None:
        """Which field of a group is there."""
        group = [field for field in self.DESCRIPTOR.fields if field.oneof == oneof_group]
        if not group:
            raise ValueError(f'Protocol message {self.DESCRIPTOR.name} has no "{oneof_group}" field.')
        return next((field.name for field in group if self._is_there(field)), None)

    def ListFields(self) -> list[tuple[Field, Any]]:
        """The fields that are there, by number, with their values."""
        table = sorted(self.DESCRIPTOR.fields, key=lambda field: field.number)
        return [(field, self._held[field.name]) for field in table if self._is_there(field)]

    def IsInitialized(self) -> bool:
        """True: no field is required."""
        return True

    def SetInParent(self) -> None:
        """Let the message that this one was read from have it, even if it is empty."""
        self._changed()

    # -- all of it -----------------------------------------------------------------------------------------------------

    def Clear(self) -> None:
        """Take everything out."""
        self._held.clear()
        _set(self, "_unknown", b"")
        self._changed()

    def ClearField(self, field_name: str) -> None:
        """Take one field out."""
        self._held.pop(self._field(field_name).name, None)
        self._changed()

    def CopyFrom(self, other_msg: Self) -> None:
        """Hold what the other message holds."""
        self._copy(other_msg)
        self._changed()

    def _copy(self, other: Message) -> None:
        self._alike(other, "CopyFrom")
        if other is not self:
            self._held.clear()
            _set(self, "_unknown", b"")
            self._merge(other.SerializeToString())

    def MergeFrom(self, other_msg: Self) -> None:
        """Take what the other message holds: lists are added to, the rest is replaced."""
        self._alike(other_msg, "MergeFrom")
        self._merge(other_msg.SerializeToString())
        self._changed()

    def _alike(self, other: Any, what: str) -> None:
        if type(other) is not type(self):
            raise TypeError(
                f"Parameter to {what}() must be instance of same class: expected {type(self)} got {type(other)}."
            )

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        mine, others = [
            {field.name: value for field, value in message.ListFields()} for message in (self, other)
        ]
        return mine == others and self._unknown == other._unknown

    def __deepcopy__(self, memo: Any) -> Self:
        return type(self).FromString(self.SerializeToString())

    def __reduce__(self) -> Any:
        return type(self).FromString, (self.SerializeToString(),)

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in self._lines())

    __repr__ = __str__

    def _lines(self) -> Iterator[str]:
        for field, value in self.ListFields():
            if field.kind == "map":
                for key, part in value.items():
                    yield f"{field.name} {{"
                    yield f"  key: {text('string', key)}"
                    yield "  value {"
                    yield from (f"    {line}" for line in part._lines())
                    yield from ("  }", "}")
                continue
            for one in value if field.repeated else [value]:
                if field.message:
                    yield f"{field.name} {{"
                    yield from (f"  {line}" for line in one._lines())
                    yield "}"
                else:
                    shown = (field.names or {}).get(one) if field.names else None
                    yield f"{field.name}: {shown or text(field.kind, one)}"

    # -- bytes ---------------------------------------------------------------------------------------------------------

    def SerializeToString(self, *, deterministic: bool = False) -> bytes:
        """The message as bytes.

        deterministic: whether maps are written in the order of their keys; else in that in which they were filled.
        """
        written = [_written(field, value, deterministic) for field, value in self.ListFields()]
        unknown: bytes = self._unknown
        return b"".join(written) + unknown

    SerializePartialToString = SerializeToString

    def ByteSize(self) -> int:
        """How many bytes the message takes."""
        return len(self.SerializeToString())

    @classmethod
    def FromString(cls, s: bytes) -> Self:
        """The message that these bytes are.

        Raises:
          DecodeError: they are none. TypeError: no bytes.
        """
        message = cls()
        message.MergeFromString(s)
        return message

    def ParseFromString(self, serialized: bytes) -> int:
        """Hold what these bytes say, and nothing else; gives how many they are. Errors: as `FromString`."""
        self.Clear()
        return self.MergeFromString(serialized)

    def MergeFromString(self, serialized: bytes) -> int:
        """Take what these bytes say; gives how many they are. Errors: as `FromString`."""
        if not isinstance(serialized, (bytes, bytearray, memoryview)):
            raise TypeError(f"expected bytes, {type(serialized).__name__} found")
        data = bytes(serialized)
        try:
            self._merge(data)
        except DecodeError as error:
            raise DecodeError(
                f"Error parsing message with type '{self.DESCRIPTOR.full_name}': {error}"
            ) from None
        self._changed()
        return len(data)

    def _merge(self, data: bytes) -> None:
        known = {field.number: field for field in self.DESCRIPTOR.fields}
        for number, kind, value, whole in fields(data):
            field = known.get(number)
            if field is None or not self._read(field, kind, value):
                _set(self, "_unknown", self._unknown + whole)

    def _read(self, field: Field, kind: int, value: Any) -> bool:
        """Take one field that was read; False if it is written in a way that this field is not."""
        if field.message:
            if kind != BYTES:
                return False
            if field.kind == "map":
                entry = {number: part for number, _, part, _ in fields(value)}
                key = KINDS["string"].read(entry.get(1, b""))
                part = getattr(self, field.name)._new(key)
                part._merge(entry.get(2, b""))
            elif field.repeated:
                getattr(self, field.name)._new()._merge(value)
            else:
                part = getattr(self, field.name)
                part._merge(value)
                self._adopt(field, part)
            return True
        form = KINDS[field.kind]
        if field.repeated and kind == BYTES and form.wire != BYTES:
            getattr(self, field.name)._items.extend(form.unpack(value))
        elif kind != form.wire:
            return False
        elif field.repeated:
            getattr(self, field.name)._items.append(form.read(value))
        else:
            self._alone(field)
            self._held[field.name] = form.read(value)
        return True


_set = object.__setattr__


def _written(field: Field, value: Any, deterministic: bool) -> bytes:
    if field.kind == "map":
        entries = sorted(value.items()) if deterministic else value.items()
        return b"".join(
            block(
                field.number,
                block(1, key.encode()) + block(2, part.SerializeToString(deterministic=deterministic)),
            )
            for key, part in entries
        )
    if field.message:
        parts = value if field.repeated else [value]
        return b"".join(
            block(field.number, part.SerializeToString(deterministic=deterministic)) for part in parts
        )
    form = KINDS[field.kind]
    if not field.repeated:
        data: bytes = form.write(value)
        return tag(field.number, form.wire) + data
    if form.wire != BYTES:
        return block(field.number, form.pack(value))
    return b"".join(tag(field.number, BYTES) + form.write(one) for one in value)


class Repeated(MutableSequence[Any]):
    """The values of a repeated field: a list that takes nothing else."""

    __slots__ = ("_field", "_items", "_parent")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, parent: Message, field: Field) -> None:
        self._parent = parent
        self._field = field
        self._items: list[Any] = []

    def _checked(self, value: Any) -> Any:
        if self._field.message is None:
            return KINDS[self._field.kind].check(
                value, f"{self._parent.DESCRIPTOR.full_name}.{self._field.name}"
            )
        if type(value) is not self._field.message:
            raise TypeError(f"Expected a message object, but got {value!r}.")
        copy = self._field.message()
        copy._copy(value)
        return self._owned(copy)

    def _owned(self, message: Message) -> Message:
        _set(message, "_tell", self._parent._changed)
        return message

    def _new(self) -> Message:
        assert self._field.message is not None
        self._items.append(self._owned(self._field.message()))
        last: Message = self._items[-1]
        return last

    def _fill(self, values: Iterable[Any]) -> None:
        if not hasattr(values, "__iter__"):
            raise TypeError("must assign iterable")
        if self._field.message is None and hasattr(values, "dtype") and hasattr(values, "tolist"):
            if values.dtype.kind in "iu" and self._field.kind != "bool":
                values = values.tolist()  # the same integers, and faster
        made: Callable[..., Any] | None = self._field.message
        values = [made(**value) if made and isinstance(value, dict) else value for value in values]
        self.extend(values)

    def add(self, **kwargs: Any) -> Message:
        """A new message at the end."""
        message = self._new()
        if kwargs:
            message.CopyFrom(type(message)(**kwargs))
        self._parent._changed()
        return message

    def append(self, value: Any) -> None:
        self._items.append(self._checked(value))
        self._parent._changed()

    def extend(self, values: Iterable[Any]) -> None:
        self._items.extend([self._checked(value) for value in values])
        self._parent._changed()

    MergeFrom = extend

    def insert(self, index: int, value: Any) -> None:
        self._items.insert(index, self._checked(value))
        self._parent._changed()

    def sort(self, **options: Any) -> None:
        """Put the values in order, as `list.sort`."""
        self._items.sort(**options)

    def __getitem__(self, index: Any) -> Any:
        return self._items[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        if self._field.message is not None:
            raise TypeError("does not support assignment")
        whole = isinstance(index, slice)
        self._items[index] = [self._checked(one) for one in value] if whole else self._checked(value)
        self._parent._changed()

    def __delitem__(self, index: Any) -> None:
        del self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return self._items == (other._items if isinstance(other, Repeated) else other)

    def __repr__(self) -> str:
        return repr(self._items)


class _Map(dict[str, Any]):
    """Messages by strings; asking for one that is not there makes it."""

    def __init__(self, parent: Message, field: Field) -> None:
        super().__init__()
        self._parent = parent
        self._field = field

    def _new(self, key: str) -> Message:
        assert self._field.message is not None
        message = self._field.message()
        _set(message, "_tell", self._parent._changed)
        dict.__setitem__(self, key, message)
        return message

    def _fill(self, values: Any) -> None:
        made: Callable[..., Any] = self._field.message or Message
        for key, value in values.items():
            self[key]._copy(made(**value) if isinstance(value, dict) else value)
        self._parent._changed()

    def __missing__(self, key: Any) -> Message:
        if not isinstance(key, str):
            raise TypeError("bad argument type for built-in operation")
        message = self._new(key)
        self._parent._changed()
        return message

    def get_or_create(self, key: str) -> Message:
        """The message of a key, which is made if it is not there."""
        found: Message = self[key]
        return found

    def __setitem__(self, key: Any, value: Any) -> None:
        raise ValueError("Message objects may not be assigned")

    def update(self, *args: Any, **kwargs: Any) -> None:
        raise ValueError("Message objects may not be assigned")

    def setdefault(self, key: Any, default: Any = None) -> Any:
        raise ValueError("Message objects may not be assigned")

    def MergeFrom(self, other: Any) -> None:
        """Take what another map holds."""
        self._fill(other)
