"""Tests of dashboards.web."""
