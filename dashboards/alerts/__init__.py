"""Alerts: threshold rules evaluated on event time, with hysteresis, and an outbox of what was said about them."""
