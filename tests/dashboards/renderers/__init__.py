"""Tests of dashboards.renderers and dashboards.paper."""
