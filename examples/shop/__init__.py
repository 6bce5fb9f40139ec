"""Hanfeng, one apparel shop as files: its definitions, and a seeded simulator of a month of its events."""
