"""Tests of dashboards.notifiers."""
