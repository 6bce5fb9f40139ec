"""The family of statement renderers: by kind, how a statement becomes a file."""

from __future__ import annotations

from dashboards.renderers.base import Renderer
from dashboards.renderers.csv import CsvPaper
from dashboards.renderers.json import JsonPaper
from dashboards.renderers.pdf import PdfPaper, pdf_problem
from dashboards.renderers.text import TextPaper
from dashboards.renderers.xlsx import XlsxPaper

RENDERERS: dict[str, Renderer] = {
    "text": TextPaper(),
    "json": JsonPaper(),
    "csv": CsvPaper(),
    "xlsx": XlsxPaper(),
    "pdf": PdfPaper(),
}

__all__ = ["RENDERERS", "Renderer", "pdf_problem"]
