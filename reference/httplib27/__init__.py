"""The `httplib` API that Python 2.7.10 documents, for Python 3: the reference implementation."""
