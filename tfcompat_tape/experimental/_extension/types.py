"""`tf.experimental.ExtensionType`: the base of composite values with fields that users declare by annotations."""

from __future__ import annotations

import re
import sys
from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.experimental._extension import constructing
from tfcompat_tape.experimental._extension.fields import Field, fields_of
from tfcompat_tape.experimental._extension.specs import ExtensionTypeSpec
from tfcompat_tape.math.comparison import equal, logical_not
from tfcompat_tape.math.reductions import reduce_all

_REGISTERED: dict[str, type] = {}
_NAME = re.compile(r"^(\w+\.)+\w+$")


class ExtensionType(CompositeTensor):
    """A class of values that consist of Tensors and other fields, which TensorFlow's functions take as one value.

    A subclass declares its fields by annotations: int, float, bool, str, bytes, None, `tf.Tensor`, `tf.TensorShape`,
    `tf.DType`, classes of composite values (extension types, RaggedTensor, SparseTensor), and of these `Tuple[X, ...]`,
    `Tuple[X, Y]`, `Mapping[str, X]`, `Union[X, Y]` and `Optional[X]`. The constructor takes one argument for each, with
    the defaults in the class's body, and converts them; values never change afterwards. A class may have an
    `__init__` of its own, which sets all fields, and a `__validate__`, which is called after any constructor.

    Its values are leaves of `tf.nest` unless composites are expanded, can be arguments and results of `tf.function`,
    `tf.cond`, `tf.while_loop`, and are equal (`==` gives a Tensor) if their Tensors are. Tapes take them as targets and
    sources if the class has a `__composite_gradient__`.

    Raises:
      TypeError: an annotation that fields cannot have, or an argument that does not fit its field.
      ValueError: a reserved or missing annotation, or a constructor that leaves a field out.
      AttributeError: a field is set outside of the constructor.

    Source: `tf.experimental.ExtensionType`.

    >>> import tfcompat_tape as tf
    >>> class Masked(tf.experimental.ExtensionType):
    ...     values: tf.Tensor
    ...     mask: tf.Tensor
    ...     def filled(self, default):
    ...         return tf.where(self.mask, self.values, default)
    >>> Masked([1.0, 2.0], [True, False]).filled(0.0).numpy()
    array([1., 0.], dtype=float32)
    """

    Spec: type[ExtensionTypeSpec]
    _fields: tuple[Field, ...] = ()
    _spec_base: type[ExtensionTypeSpec] = ExtensionTypeSpec
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise AssertionError(
            f"Cannot create an instance of {type(self).__name__} because {type(self).__name__} is an abstract base "
            "class."
        )

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        bases = [base._fields for base in reversed(cls.__mro__[1:]) if issubclass(base, ExtensionType)]
        cls._fields = fields_of(cls, bases, sys._getframe(1))
        own_init = vars(cls).get("__init__")
        if own_init is None:
            cls.__init__ = constructing.constructor(cls, cls._fields, cls._finish, defaults=True)  # type: ignore[method-assign]
        else:
            cls.__init__ = constructing.wrapped(own_init, cls._finish)  # type: ignore[method-assign]
        cls.Spec = _spec_class(cls)
        name = vars(cls).get("__name__")
        if name is not None:
            _register(f"{name}.Spec", cls.Spec)

    def _finish(self) -> None:
        constructing.convert_fields(self, self._fields, type(self), of_spec=False)
        self.__validate__()

    def __validate__(self) -> None:
        """Raise an error if the fields do not go together; called after each constructor."""

    @classmethod
    def _tf_extension_type_fields(cls) -> tuple[Field, ...]:
        """The fields, in order."""
        return cls._fields

    @property
    def _type_spec(self) -> ExtensionTypeSpec:
        return self.Spec.from_value(self)

    def __setattr__(self, name: str, value: Any) -> None:
        constructing.set_field(self, name, value, self._fields, "ExtensionType")

    def __delattr__(self, name: str) -> None:
        constructing.check_mutable(self, name, self._fields, "ExtensionType")
        del self.__dict__[name]

    def __eq__(self, other: object) -> Any:
        if type(other) is not type(self) or self._type_spec != other._type_spec:
            return False
        pairs = zip(nest.flatten(self, True), nest.flatten(other, True), strict=True)
        return reduce_all([reduce_all(equal(x, y)) for x, y in pairs])

    def __ne__(self, other: object) -> Any:
        same = self.__eq__(other)
        return not same if isinstance(same, bool) else logical_not(same)

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__qualname__}({fields})"


def _spec_class(cls: type[ExtensionType]) -> type[ExtensionTypeSpec]:
    """The `Spec` of a class: the one in its body, on the base that it needs, or one made from its fields."""
    written = vars(cls).get("Spec")
    bases: tuple[type, ...] = (cls._spec_base,)
    if written is not None:
        bases = (written,) if issubclass(written, ExtensionTypeSpec) else (written, cls._spec_base)
    body = {
        "__module__": cls.__module__,
        "__qualname__": f"{cls.__qualname__}.Spec",
        "__doc__": getattr(written, "__doc__", None),
        "value_type": property(lambda self: cls),
        "_fields": cls._fields,
    }
    made: Any = type(f"{cls.__name__}.Spec", bases, body)

    def finish(spec: Any) -> None:
        constructing.convert_fields(spec, cls._fields, cls, of_spec=True)

    if written is not None and "__init__" in vars(written):
        made.__init__ = constructing.wrapped(written.__init__, finish)
    else:
        made.__init__ = constructing.constructor(made, cls._fields, finish, defaults=False)
    return made  # type: ignore[no-any-return]


def _register(name: str, cls: type) -> None:
    if not _NAME.match(name):
        raise ValueError(
            "Registered name must have the form '{project_name}.{type_name}' (e.g. 'my_project.MyTypeSpec'); "
            f"got {name!r}."
        )
    if name in _REGISTERED:
        raise ValueError(f"Name {name} has already been registered for class {_REGISTERED[name]}.")
    _REGISTERED[name] = cls
