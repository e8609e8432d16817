"""Unit tests: one given/then example and more for each read model."""
