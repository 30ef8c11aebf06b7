"""Objects that track what is assigned to their attributes, and the lists, tuples and dicts that take part."""
