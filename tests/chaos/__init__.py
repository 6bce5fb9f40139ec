"""Kills everything that can be killed while a month is read, by a schedule that a seed decides."""
