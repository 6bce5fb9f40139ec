# The embedded engine and its board in one container: no server beside it, state in one volume.
FROM python:3.11-slim

RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
      fontconfig fonts-wqy-microhei libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/scoreline
COPY requirements-demo.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements-demo.lock
COPY pyproject.toml README.md LICENSE ./
COPY scoring scoring
COPY streams streams
COPY dashboards dashboards
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

RUN useradd --system --home-dir /var/lib/scoreline --create-home scoreline
USER scoreline
WORKDIR /var/lib/scoreline
VOLUME /var/lib/scoreline
EXPOSE 8765
ENTRYPOINT ["scoreline"]
