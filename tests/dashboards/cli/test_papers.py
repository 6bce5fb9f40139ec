"""`statement`: for one or all, on the screen or as files in five formats."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dashboards.renderers import pdf_problem
from tests.conftest import absent
from tests.dashboards.cli.shell import MONTH, Shell

SUFFIXES = ("txt", "json", "csv", "xlsx", "pdf")


def test_on_the_screen(full: Shell) -> None:
    """A draft is printed as text for the person asked for, and says that it is a draft."""
    digest = full.draft()
    told = full.ok("statement", "--period", MONTH, "--person", "p01")
    assert "张伟 Zhang Wei (p01)" in told
    assert "10,080.00" in told
    assert "草稿 draft · 1" in told
    assert digest in told
    assert "p02" not in told


def test_languages(full: Shell) -> None:
    """In one language the other is not there."""
    full.draft()
    english = full.ok("statement", "--period", MONTH, "--language", "en")
    chinese = full.ok("statement", "--period", MONTH, "--language", "zh")
    assert "Pay statement" in english
    assert "薪酬结算单" not in english
    assert "薪酬结算单" in chinese
    assert "Pay statement" not in chinese


def test_as_json(full: Shell) -> None:
    """The statements are listed with their run, and the totals are those of the close: 10,080 and 9,360."""
    digest = full.seal()
    papers = full.json("statement", "--period", MONTH)
    assert [(paper["person"]["id"], paper["total"]) for paper in papers] == [("p01", "10080.00"), ("p02", "9360.00")]
    assert {paper["digest"] for paper in papers} == {digest}
    assert papers[0]["run"] == {"period": MONTH, "run": 1, "status": "sealed"}


def test_five_formats(full: Shell, tmp_path: Path) -> None:
    """One file a person and format; the JSON is the statement, the PDF is a PDF, the workbook a zip."""
    if pdf_problem():
        absent(str(pdf_problem()))
    full.seal()
    folder = tmp_path / "papers"
    told = full.ok("statement", "--period", MONTH, "--format", "text,json,csv,xlsx,pdf", "--out", folder)
    assert f"Wrote 10 files to {folder}." in told
    names = {path.name for path in folder.iterdir()}
    assert names == {f"{MONTH}-{person}.{suffix}" for person in ("p01", "p02") for suffix in SUFFIXES}
    assert json.loads((folder / f"{MONTH}-p02.json").read_bytes())["total"] == "9360.00"
    assert (folder / f"{MONTH}-p01.pdf").read_bytes().startswith(b"%PDF-")
    assert (folder / f"{MONTH}-p01.xlsx").read_bytes().startswith(b"PK")
    assert "9,360.00" in (folder / f"{MONTH}-p02.txt").read_text("utf-8")
    assert ",9360.00" in (folder / f"{MONTH}-p02.csv").read_text("utf-8-sig")


def test_the_same_again(full: Shell, tmp_path: Path) -> None:
    """Written twice, every file but the PDF has the same bytes."""
    full.seal()
    for folder in ("one", "two"):
        words = ("--format", "text,json,csv,xlsx", "--person", "p01", "--out", tmp_path / folder)
        full.ok("statement", "--period", MONTH, *words)
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two
    assert len(one) == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--format", "doc"), "known formats: text, json, csv, xlsx, pdf"),
        (("--language", "fr"), "known languages: zh, en, both"),
        (("--person", "p77"), "'p77' has no statement"),
    ],
)
def test_wrong_words(full: Shell, words: tuple[str, ...], said: str) -> None:
    """An unknown format, language or person is wrong use, and the known ones are named."""
    full.draft()
    ended = full.at_home("statement", "--period", MONTH, *words)
    assert ended.code == 2
    assert said in ended.err


def test_before_any_close(full: Shell) -> None:
    """Without a draft there is no statement, and the message says how to make one."""
    ended = full.at_home("statement", "--period", MONTH)
    assert ended.code == 2
    assert f"run `scoreline close --period {MONTH} --by NAME` first" in ended.err
