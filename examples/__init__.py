"""Examples that run: one shop as files, and real files read through column maps."""
