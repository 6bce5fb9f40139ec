"""Tests of the `scoreline` command."""
