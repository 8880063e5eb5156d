# Makes a new, private data folder for a PostgreSQL server, says where, and keeps it until standard input closes. The pipe
# closes with the process that holds its other end, so the server ends, and its data goes, even when a test run is killed.
#
# usage: sh -c SCRIPT local-postgres BIN LOCALE [SETTING...]     (the administrator's password: $PASSWORD)
set -eu
bin=$1 locale=$2
shift 2

temporary=${TMPDIR:-/tmp}
[ -w "$temporary" ] || temporary=/tmp
folder=$(mktemp -d "$temporary/bmadserver-postgres-XXXXXX")
finish() {
  trap '' INT TERM HUP
  # SIGQUIT: the data is thrown away, so nothing is gained by an orderly shutdown.
  if server=$(head -n 1 "$folder/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$server" 2>/dev/null; then
    tries=100
    while [ "$tries" -gt 0 ] && [ -e "$folder/data/postmaster.pid" ]; do
      tries=$((tries - 1))
      sleep 0.1
    done
  fi
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

umask 077
printf '%s\n' "$PASSWORD" >"$folder/password"
"$bin/initdb" --pgdata="$folder/data" --username=postgres --pwfile="$folder/password" --encoding=UTF8 --locale="$locale" \
  --auth=scram-sha-256 --no-sync >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }
printf '%s\n' "$@" >>"$folder/data/postgresql.conf"
echo "$folder/data"
read -r _ || true
