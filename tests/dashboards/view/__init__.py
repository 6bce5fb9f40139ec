"""Tests of dashboards.view."""
