"""A small real cluster for tests: a topic, a database, worker processes, and ways to harm them."""
