"""Tests of dashboards.alerts."""
