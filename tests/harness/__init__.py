"""Tests of the harness: agent, engine, transcripts, plugin, command line."""
