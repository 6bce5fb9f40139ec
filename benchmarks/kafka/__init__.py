"""Benchmarks of the Kafka engine: real Kafka and PostgreSQL on loopback, workers as processes, figures and no verdict."""
