"""Online Retail as a source: every row of the file is one event or one rejection, whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from examples.inputs import input_folder
from examples.online_retail.returns import Key, Origin, Return, Sale, match_returns
from streams.column_map import ColumnMap, RowMapper, load_column_map
from streams.columns import CellFault, Rounding
from streams.record import Record, Source, SourceError
from streams.sources.csv import CsvFile
from streams.table import Row, Table, mapped, rejected

HERE = Path(__file__).resolve().parent
DEFINITIONS = HERE / "definitions"
FILES = ("online_retail.csv.gz", "online_retail.csv")


def source(folder: Path | None = None) -> Source:
    """The rows of Online Retail in `folder`, the shared folder or the fixture; SourceError when the file is missing."""
    place = input_folder("online_retail", folder)
    path = next((place / name for name in FILES if (place / name).is_file()), None)
    if path is None:
        raise SourceError(f"{place}: has none of {', '.join(FILES)}; name the folder that holds one")
    return OnlineRetail(path)


class OnlineRetail:
    """Three passes: the cancellation rows, the sales that they may take back, and then one record a row.

    The first two keep the cancellations (2 % of the rows) and the sales of the same customer and article.
    """

    name = "online_retail"

    def __init__(self, path: Path) -> None:
        self._sales = load_column_map(HERE / "sales.toml")
        self._refunds = load_column_map(HERE / "refunds.toml")
        self._file = CsvFile(path, self._sales.encoding, self._sales.delimiter)
        self.rounding = Rounding()

    def records(self, start: int) -> Iterator[Record]:
        """One record a row after row `start`; `rounding` tells what rounding to the penny has changed."""
        origins = self._origins()
        table = self._table()
        rows = _Rows(table, self._sales, self._refunds)
        self.rounding = rows.sales.rounding
        for row in table.rows:
            if row.position > start:
                yield rows.record(row, origins)
            elif row.rejected is None:
                rows.mapper(row.cells).identity(row.cells)

    def _table(self) -> Table:
        return self._file.table(self._sales.columns)

    def _origins(self) -> dict[str, Origin]:
        table = self._table()
        rows = _Rows(table, self._sales, self._refunds)
        returns = [found for row in table.rows if (found := rows.as_return(row))]
        keys = {found.key for found in returns}
        table = self._table()
        rows = _Rows(table, self._sales, self._refunds)
        return match_returns(returns, rows.as_sales(table.rows, keys))


class _Rows:
    """Reads the rows of one pass."""

    def __init__(self, table: Table, sales: ColumnMap, refunds: ColumnMap) -> None:
        self.sales = sales.mapper(table.header)
        self.refunds = refunds.mapper(table.header)
        place = table.header.index
        self._invoice, self._code, self._qty = place("InvoiceNo"), place("StockCode"), place("Quantity")
        self._price, self._customer, self._at = place("UnitPrice"), place("CustomerID"), place("InvoiceDate")

    def mapper(self, cells: Sequence[str]) -> RowMapper:
        """The mapper whose rows this one is counted among."""
        return self.refunds if cells[self._invoice].startswith("C") else self.sales

    def record(self, row: Row, origins: Mapping[str, Origin]) -> Record:
        """The row as an event or a rejection."""
        if row.rejected is not None:
            return mapped(row, self.sales)
        cells = row.cells
        is_return = cells[self._invoice].startswith("C")
        dirt = self._dirt(cells, is_return)
        if dirt:
            self.mapper(cells).identity(cells)
            return rejected(row, *dirt)
        return self._refund(row, origins) if is_return else mapped(row, self.sales)

    def as_return(self, row: Row) -> Return | None:
        """The row as a return that may take back a sale; None for all others."""
        cells = row.cells
        if row.rejected is not None or not cells[self._invoice].startswith("C"):
            return None
        identity = self.refunds.identity(cells)
        if self._dirt(cells, is_return=True) or not cells[self._customer]:
            return None
        try:
            made = self.refunds.object(cells, identity)
        except CellFault:
            return None
        qty, pence = made["refund_qty"], _pence(made["refund_amt"])
        return Return(identity, cells[self._invoice], self._key(cells), cells[self._at], cells[self._price], qty, pence)

    def as_sales(self, rows: Iterator[Row], keys: set[Key]) -> Iterator[tuple[Key, Sale]]:
        """The sales of the customers and articles in `keys`."""
        for row in rows:
            cells = row.cells
            if row.rejected is not None or self._key(cells) not in keys or cells[self._invoice].startswith("C"):
                continue
            identity = self.sales.identity(cells)
            if self._dirt(cells, is_return=False):
                continue
            try:
                line = self.sales.line(cells, identity)
            except CellFault:
                continue
            sold = Sale(identity, cells[self._invoice], cells[self._at], cells[self._price], line["qty"], 0)
            sold.pence = _pence(line["paid_amt"])
            yield self._key(cells), sold

    def _key(self, cells: Sequence[str]) -> Key:
        return cells[self._customer], cells[self._code]

    def _refund(self, row: Row, origins: Mapping[str, Origin]) -> Record:
        identity = self.refunds.identity(row.cells)
        origin = origins.get(identity)
        if origin is None:
            return rejected(row, "NO_ORIGINAL_LINE", self._unmatched(row))
        try:
            made = self.refunds.object(row.cells, identity)
        except CellFault as fault:
            return rejected(row, fault.reason, fault.detail)
        made["order_id"], made["line_id"] = origin.order_id, origin.line_id
        return Record(row.raw, row.where, row.position, made)

    def _unmatched(self, row: Row) -> str:
        customer, code = self._key(row.cells)
        if not customer:
            return (
                f"column CustomerID: is empty, so no earlier sale of {code} can be this customer's; name the customer"
            )
        return (
            f"no single sale of {code} to this customer up to {row.cells[self._at]} has "
            f"{row.cells[self._qty].lstrip('-')} pieces and their amount left; send a refund for each line of the sale"
        )

    def _dirt(self, cells: Sequence[str], is_return: bool) -> tuple[str, str] | None:
        invoice, qty, price = cells[self._invoice], cells[self._qty], cells[self._price]
        if not (invoice.isascii() and invoice[is_return:].isdecimal()):
            return (
                "UNKNOWN_INVOICE_KIND",
                f"column InvoiceNo: {invoice!r} is neither digits nor C and digits; book it by hand",
            )
        if not cells[self._code].strip():
            return "MISSING_STOCK_CODE", "column StockCode: is empty; name the article"
        taken_back = qty.startswith("-")
        if is_return and not taken_back:
            return (
                "POSITIVE_CANCELLATION",
                f"column Quantity: {qty} on a cancellation; write what came back as a negative",
            )
        if not is_return and (taken_back or not qty.strip("0")):
            return (
                "NEGATIVE_QUANTITY",
                f"column Quantity: {qty} on a sale; write returns on an invoice that begins with C",
            )
        if price.startswith("-") or not price.strip("0."):
            return (
                "NOT_POSITIVE_PRICE",
                f"column UnitPrice: {price} is no price of a sale; book gifts and write-offs elsewhere",
            )
        return None


def _pence(amount: str) -> int:
    return int(amount.replace(".", ""))
