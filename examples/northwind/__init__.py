"""Northwind: 830 orders of a food trader, read through column maps; the employee on each order owns its sales."""
