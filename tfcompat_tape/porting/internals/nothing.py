"""Private modules that code imports and then asks nothing of that is here: their names raise the error that says so."""

__all__: list[str] = []
