"""The Kafka engine: Faust joins the group and fetches; partitions are read into the store exactly once."""
