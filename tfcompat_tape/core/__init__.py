"""The ground floor: values, the Wengert list, the op registry and dispatch. Nothing here knows an op."""
