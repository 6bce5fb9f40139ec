"""Starts the `scoreline` command: `python -m dashboards`."""

from dashboards.cli import main

main()
