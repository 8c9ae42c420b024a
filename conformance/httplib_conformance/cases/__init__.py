"""The cases: transcripts, and in Python what bytes cannot say."""
