"""Tests of dashboards.boards."""
