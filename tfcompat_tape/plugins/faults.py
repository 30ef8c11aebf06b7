"""What can be wrong with a plugin, said so that its author or user knows whose fault it is and what to do."""

from __future__ import annotations

from dataclasses import dataclass


class PluginError(Exception):
    """A plugin cannot be loaded, or something that it brought does not do what it should.

    >>> import tfcompat_tape as tf
    >>> try:
    ...     tf.plugins.load("no_such_plugin")
    ... except tf.plugins.PluginError as error:
    ...     print(str(error).partition(":")[0])
    plugin 'no_such_plugin'
    """


class PluginGradientError(PluginError, ValueError):
    """A gradient rule of a plugin returned gradients of the wrong number, shape or dtype.

    >>> import tfcompat_tape as tf
    >>> class Wrong:
    ...     @tf.plugins.hookimpl
    ...     def tfcompat_ops(self):
    ...         next_ = lambda x: x + 1.0
    ...         return [tf.plugins.OpDefinition("DocWrong", next_, "x", gradient=lambda op, dy: (dy, dy))]
    >>> x = tf.Variable(2.0)
    >>> with tf.plugins.load(Wrong()), tf.GradientTape() as tape:
    ...     y = tf.plugins.ops.DocWrong(x)
    >>> try:
    ...     tape.gradient(y, x)
    ... except tf.plugins.PluginGradientError as error:
    ...     print("DocWrong" in str(error))
    True
    """


class PluginWarning(UserWarning):
    """A plugin that was found by itself could not be loaded; everything else works."""


@dataclass(frozen=True)
class Origin:
    """Which plugin something belongs to.

    Attributes:
      name: the name of the plugin.
      version: of its distribution or module, "" where nobody knows.
      file: where its code is, "" where nobody knows.
      distribution: the installed distribution that it belongs to, "" if there is none.
      found: how it was found: "entry point", "TFCOMPAT_PLUGINS" or "tf.plugins.load".
    """

    name: str
    version: str = ""
    file: str = ""
    distribution: str = ""
    found: str = "tf.plugins.load"

    def __str__(self) -> str:
        words = [f"plugin {self.name!r}"]
        if self.version:
            words.append(f"{self.distribution} {self.version}" if self.distribution else self.version)
        if self.file:
            words.append(f"({self.file})")
        return " ".join(words)

    def error(self, what: str, to_do: str = "") -> PluginError:
        """The error that says of this plugin what is wrong and what to do."""
        return PluginError(self.message(what, to_do))

    def message(self, what: str, to_do: str = "") -> str:
        """The text of that error."""
        return f"{self}: {what.rstrip('.')}." + (f" {to_do.rstrip('.')}." if to_do else "")
