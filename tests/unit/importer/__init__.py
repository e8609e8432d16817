"""Tests: the importer, as far as it needs no database."""
