"""Arrays that are written here arrive in PostgreSQL as psycopg's own lists would."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.stores.postgres_arrays import array_of, taught
from streams.stores.postgres_link import connect

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
COLUMNS = {
    "text": TEXTS | st.sampled_from(["", "NULL", "null", '"', "\\", '\\"', "{}", "a,b", " ", "汉风", '","']),
    "bytea": st.binary(max_size=20),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "bool": st.booleans(),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_what_is_sent_comes_back(kind: str, postgres_database: str) -> None:
    """Values of every type that a column has, empty lists and NULLs among them, come back as they went, in order."""
    with connect(postgres_database) as connection:
        cursor = taught(connection.cursor(binary=True))

        @given(st.lists(st.none() | COLUMNS[kind], max_size=8) | st.lists(COLUMNS[kind], max_size=8))
        @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        def agree(values: list[object]) -> None:
            query = f"SELECT n FROM unnest(%s::{kind}[]) WITH ORDINALITY AS t(n, place) ORDER BY place"
            assert [value for (value,) in cursor.execute(query, [array_of(values)]).fetchall()] == values

        agree()


def test_types_that_no_column_has_are_refused() -> None:
    """A float never gets into a query by way of an array."""
    with pytest.raises(TypeError, match="float"):
        array_of([1.5])
