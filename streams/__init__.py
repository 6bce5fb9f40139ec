"""Moves: takes events in, keeps facts, cells and quarantine, runs the engine and the close."""
