"""``tf.experimental.extension_type``: functions of extension types."""

from typing import Any

from tfcompat_tape._coverage import namespace

__all__ = ["as_dict"]


def as_dict(value: Any) -> dict[str, Any]:
    """The fields of an extension type, or of its spec, by name; AttributeError for anything else.

    Source: `tf.experimental.extension_type.as_dict`.

    >>> import tfcompat_tape as tf
    >>> class Named(tf.experimental.ExtensionType):
    ...     name: str
    >>> tf.experimental.extension_type.as_dict(Named("a"))
    {'name': 'a'}
    """
    return {field.name: getattr(value, field.name) for field in value._tf_extension_type_fields()}


__getattr__ = namespace(globals(), "tf.experimental.extension_type")
