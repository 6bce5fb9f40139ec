#!/usr/bin/env bash
# Run once, by the superuser, on a new cluster: makes the role that owns scoreline's database and tables. It may make
# logins (CREATEROLE) but is no superuser; `scoreline migrate` does the rest with it.
# The password comes from the environment, never by an argument: other processes can read arguments.
set -euo pipefail

psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" <<'SQL'
\getenv secret SCORELINE_PASSWORD_MIGRATE
\getenv database POSTGRES_DB
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
CREATE ROLE scoreline_migrate LOGIN CREATEROLE PASSWORD :'secret';
ALTER DATABASE :"database" OWNER TO scoreline_migrate;
SQL
