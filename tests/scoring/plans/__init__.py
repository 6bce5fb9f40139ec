"""Tests of the pay functions."""
