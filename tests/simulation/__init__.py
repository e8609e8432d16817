"""Whole communities acting at random, held against what must always be true."""
