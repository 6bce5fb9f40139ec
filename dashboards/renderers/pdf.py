"""Statements as PDF: the sections laid out for A4 by WeasyPrint."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboards.paper.numbers import money
from dashboards.paper.sections import Statement, head, sections
from dashboards.paper.words import APPEAL, TITLE, TOTAL, named

TEMPLATES = Path(__file__).parent / "templates"
HELP = (
    "PDF needs the extra `pdf` (pip install 'scoreline[pdf]') and, on Debian, "
    "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
)


@cache
def pdf_problem() -> str | None:
    """Why PDF can not be made here and what to install, or None when it can."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        return f"{HELP} ({error})"
    return None


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


def page(statement: Statement, language: str) -> str:
    """The statement as one HTML page with its print styles, also readable without any script."""
    company = named(statement["company"]["name"])
    values: dict[str, Any] = {
        "lang": "en" if language == "en" else "zh-Hans",
        "pick": lambda words: words.pick(language),
        "company": company.pick(language),
        "title": TITLE.pick(language),
        "total_label": TOTAL.pick(language),
        "total": f"{money(statement['total'])} {statement['currency']}",
        "person": named(statement["person"]["name"]).pick(language),
        "period": statement["period"]["key"],
        "head": head(statement),
        "sections": sections(statement),
        "appeal": APPEAL.pick(language),
        "digest": statement["digest"][:16],
        "css": (TEMPLATES / "statement.css").read_text("utf-8"),
    }
    return _environment().get_template("statement.html").render(values)


class PdfPaper:
    """A statement to print and sign."""

    suffix = ".pdf"

    def render(self, statement: Statement, language: str) -> bytes:
        """The PDF; RuntimeError with what to install when it can not be made here."""
        problem = pdf_problem()
        if problem:
            raise RuntimeError(problem)
        import weasyprint

        document = weasyprint.HTML(string=page(statement, language), base_url=str(TEMPLATES))
        return bytes(document.write_pdf(font_config=_fonts()))


@cache
def _fonts() -> Any:
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()
