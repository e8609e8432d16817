"""Tests: the command line without a database."""
