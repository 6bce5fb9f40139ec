"""`python -m benchmarks.kafka`: the lanes of the Kafka engine."""

from __future__ import annotations

import argparse

from benchmarks.kafka.ground import ground
from benchmarks.kafka.throughput import throughput


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--repeats", type=int, default=3)
    given = arguments.parse_args()
    with ground() as place:
        for line in throughput(place, given.repeats):
            print(line, flush=True)


if __name__ == "__main__":
    main()
