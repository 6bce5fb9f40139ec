"""Statements as PDF: the sections laid out for A4 by WeasyPrint."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboards.paper.numbers import money
from dashboards.paper.sections import Statement, head, sections
from dashboards.paper.words import APPEAL, DATE, DRAFT, SIGNATURE, TITLE, TOTAL, named
from dashboards.renderers.base import visible
from scoring.money import exponent_of

TEMPLATES = Path(__file__).parent / "templates"
_IN_NUMBER = re.compile(r"(?<=\d) (?=\d)", re.ASCII)
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
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.filters["kept"] = kept
    return environment


def kept(text: str) -> str:
    """A text in which "18 809.62" stays on one line."""
    return _IN_NUMBER.sub("\N{NO-BREAK SPACE}", text)


def page(statement: Statement, language: str) -> str:
    """The statement as one HTML page with its print styles, also readable without any script."""
    statement = visible(statement)
    company, places = named(statement["company"]["name"]), exponent_of(statement["currency"])
    values: dict[str, Any] = {
        "language": language,
        "lang": "en" if language == "en" else "zh-Hans",
        "pick": lambda words: words.pick(language),
        "company": company.pick(language),
        "title": TITLE,
        "total_label": TOTAL,
        "total": f"{money(statement['total'], places, places)} {statement['currency']}",
        "draft": DRAFT if statement["run"]["status"] == "draft" else None,
        "signature": SIGNATURE,
        "date": DATE,
        "person": named(statement["person"]["name"]).pick(language),
        "period": statement["period"]["key"],
        "head": head(statement),
        "sections": sections(statement),
        "appeal": APPEAL,
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

        document = weasyprint.HTML(string=page(statement, language), url_fetcher=_refused)
        identifier = statement["digest"].encode()
        return bytes(document.write_pdf(font_config=_fonts(), pdf_identifier=identifier, pdf_tags=True))


def _refused(url: str, *_: object, **__: object) -> Any:
    """A paper is complete in itself: nothing is fetched, from no file and no host."""
    raise ValueError(f"a statement refers to nothing outside it, but its page asks for {url}")


@cache
def _fonts() -> Any:
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()
