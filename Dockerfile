# Scoreline with everything it can run with: the embedded engine alone (deploy/compose.embedded.yml) or a worker, a board
# or a close over Kafka, PostgreSQL and Redis (docker-compose.yml). It writes to its home and /tmp only.
FROM python:3.11-slim

RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
      fontconfig fonts-wqy-microhei libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/scoreline
COPY deploy/requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY scoring scoring
COPY streams streams
COPY dashboards dashboards
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

# A fixed number, so that docker-compose.yml can give it a home in memory. A volume put there takes its owner from here.
RUN groupadd --gid 10001 scoreline \
 && useradd --uid 10001 --gid scoreline --no-log-init --home-dir /var/lib/scoreline --create-home scoreline
USER scoreline
WORKDIR /var/lib/scoreline
EXPOSE 8765 9101
ENTRYPOINT ["scoreline"]
