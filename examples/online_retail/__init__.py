"""UCI Online Retail: a UK web shop's year, read through column maps; country desks own the sales."""
