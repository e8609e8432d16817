"""Tests: what Discord sends becomes facts."""
