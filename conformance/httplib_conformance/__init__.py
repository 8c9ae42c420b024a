"""A conformance suite for the `httplib` client API as Python 2.7.10 documents it."""

__version__ = "0.1.0"
