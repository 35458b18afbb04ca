# shellcheck shell=sh disable=SC2154 # the variables are set by lines put before these
# One changed file put in place, and the server told to read it.
# The lines before this one define put_files and set: data, bin, etc.
set -eu
cd /
put_files
setpriv --reuid=postgres --regid=postgres --init-groups "$bin/psql" -XAtq -v ON_ERROR_STOP=1 -d postgres <<'SQL'
SELECT pg_reload_conf();
SELECT pg_sleep(0.1);
SELECT setting FROM pg_settings WHERE name = 'log_min_duration_statement';
SELECT error FROM pg_file_settings WHERE error IS NOT NULL;
SQL
