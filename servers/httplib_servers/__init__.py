"""Local test servers that go in lock-step with the client under test."""
