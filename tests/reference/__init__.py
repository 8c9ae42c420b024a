"""The reference's own tests. A test's docstring states the requirement that it checks."""
