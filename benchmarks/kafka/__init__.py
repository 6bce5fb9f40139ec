"""Benchmarks of the Kafka engine: real Kafka and PostgreSQL on loopback, workers as processes."""
