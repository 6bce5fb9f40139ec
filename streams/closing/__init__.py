"""Closing: from a cut of the facts to a sealed settlement, and corrections of what was sealed."""

from __future__ import annotations

from streams.closing.service import SEALED, CloseError, Closing, DigestChanged, Draft, with_run

__all__ = ["SEALED", "CloseError", "Closing", "DigestChanged", "Draft", "with_run"]
