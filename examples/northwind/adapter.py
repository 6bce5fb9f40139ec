"""Northwind as a source: orders joined with their lines, products and categories; up to three events an order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from examples.inputs import input_folder
from streams.codec import Rejected
from streams.column_map import ColumnMap, RowMapper, load_column_map
from streams.columns import CellFault, Rounding
from streams.record import Record, Source
from streams.sources.csv import CsvFile
from streams.table import Row, mapped, rejected

HERE = Path(__file__).resolve().parent
DEFINITIONS = HERE / "definitions"
DETAIL = ("order_id", "product_id", "unit_price", "quantity", "discount")


def source(folder: Path | None = None) -> Source:
    """The orders of Northwind in `folder`, the shared folder or the fixture."""
    return Northwind(input_folder("northwind", folder))


class Northwind:
    """One record for the placing, the payment and, where there is one, the shipping of each order, in file order.

    Positions count records. Broken detail rows, and those of unknown orders, come last as rejections. `rounding` tells
    what rounding each line to the cent has changed, once `records` is read to its end.
    """

    name = "northwind"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._maps = [load_column_map(HERE / f"{name}.toml") for name in ("placed", "paid", "shipped")]
        self.rounding = Rounding()

    def records(self, start: int) -> Iterator[Record]:
        """The records after position `start`; SourceError when a file or column is missing."""
        for position, record in enumerate(self._all(), start=1):
            if position > start:
                yield Record(record.raw, record.where, position, record.obj, record.rejected)

    def _all(self) -> Iterator[Record]:
        details = _Details(self._folder)
        needed = [name for name in self._maps[1].columns if "." not in name]
        table = CsvFile(self._folder / "orders.csv").table([*needed, "shipped_date"])
        orders = _Orders(self._maps, table.header, details)
        self.rounding = orders.rounding
        for row in table.rows:
            yield from orders.records(row)
        yield from details.left_over()


class _Details:
    """The lines of all orders, with the category of each product; 2,155 rows, held in memory for the join."""

    header = (*(f"detail.{name}" for name in DETAIL), "product.category_name")

    def __init__(self, folder: Path) -> None:
        categories = _columns(folder / "categories.csv", "category_id", "category_name")
        products = _columns(folder / "products.csv", "product_id", "category_id")
        self._categories = {product: categories.get(category) for product, category in products.items()}
        self._by_order: dict[str, list[Row]] = defaultdict(list)
        self._broken: list[Record] = []
        table = CsvFile(folder / "order_details.csv").table(DETAIL)
        places = [table.header.index(name) for name in DETAIL]
        for row in table.rows:
            if row.rejected is not None:
                self._broken.append(Record(row.raw, row.where, 0, None, row.rejected))
            else:
                cells = [row.cells[place] for place in places]
                self._by_order[cells[0]].append(Row(cells, row.raw, row.where, row.position))

    def take(self, order_id: str) -> list[Row]:
        """The lines of an order, each with its category; a Row that is rejected where the product is unknown."""
        return [self._with_category(row) for row in self._by_order.pop(order_id, [])]

    def left_over(self) -> Iterator[Record]:
        """Rejections for the rows that no order has taken."""
        yield from self._broken
        for order_id, rows in self._by_order.items():
            for row in rows:
                yield rejected(row, "UNKNOWN_PARENT", f"column order_id: orders.csv has no order {order_id}; add it")

    def _with_category(self, row: Row) -> Row:
        category = self._categories.get(row.cells[1])
        if category is not None:
            return Row([*row.cells, category], row.raw, row.where, row.position)
        detail = f"{row.where}: products.csv and categories.csv have no category of product {row.cells[1]}; add it"
        return Row([], row.raw, row.where, row.position, Rejected("UNKNOWN_PARENT", detail, row.raw, row.where))


class _Orders:
    """Makes the events of each order."""

    def __init__(self, maps: list[ColumnMap], header: tuple[str, ...], details: _Details) -> None:
        self._details = details
        self._no_line = [""] * len(details.header)
        self._place = header.index
        joined = (*header, *details.header)
        self._placed, self._paid, self._shipped = (columns.mapper(joined) for columns in maps)
        self.rounding: Rounding = self._paid.rounding

    def records(self, row: Row) -> Iterator[Record]:
        """The placing, payment and shipping of one order row; the row's own rejection when it has no cells."""
        if row.rejected is not None:
            yield mapped(row, self._placed)
            return
        yield self._record(row, self._placed)
        yield self._payment(row, self._details.take(row.cells[self._place("order_id")]))
        if row.cells[self._place("shipped_date")].strip():
            yield self._record(row, self._shipped)

    def _record(self, row: Row, mapper: RowMapper) -> Record:
        return mapped(Row([*row.cells, *self._no_line], row.raw, row.where, row.position), mapper)

    def _payment(self, row: Row, lines: list[Row]) -> Record:
        raw = b"\n".join([row.raw, *(line.raw for line in lines)])
        whole = Row(row.cells, raw, row.where, row.position)
        for line in lines:
            if line.rejected is not None:
                return rejected(whole, line.rejected.reason, line.rejected.detail)
        if not lines:
            return rejected(whole, "MISSING_FIELD", "order_details.csv has no line of this order; add them")
        joined = [[*row.cells, *line.cells] for line in lines]
        identity = self._paid.identity(joined[0])
        try:
            made = self._paid.object(joined[0], identity)
            made["lines"] += [self._paid.line(cells, identity) for cells in joined[1:]]
        except CellFault as fault:
            return rejected(whole, fault.reason, fault.detail)
        return Record(raw, row.where, row.position, made)


def _columns(path: Path, key: str, value: str) -> dict[str, str]:
    table = CsvFile(path).table([key, value])
    place, other = table.header.index(key), table.header.index(value)
    return {row.cells[place]: row.cells[other] for row in table.rows if row.rejected is None}
