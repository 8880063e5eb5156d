# Runs a PostgreSQL server with a new, private data folder on 127.0.0.1 until standard input closes. The pipe closes with
# the process that holds its other end, so the server ends, and its data goes, even when a test run is killed.
#
# usage: sh -c SCRIPT local-postgres BIN PORT LOCALE [SETTING...]     (the administrator's password: $PASSWORD)
set -eu
bin=$1 port=$2 locale=$3
shift 3

temporary=${TMPDIR:-/tmp}
[ -w "$temporary" ] || temporary=/tmp
folder=$(mktemp -d "$temporary/bmadserver-postgres-XXXXXX")
server=
reader=
finish() {
  trap '' INT TERM HUP
  # SIGQUIT: the data is thrown away, so nothing is gained by an orderly shutdown.
  [ -z "$server" ] || { kill -QUIT "$server" 2>/dev/null && wait "$server"; } || true
  [ -z "$reader" ] || kill "$reader" 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

umask 077
printf '%s\n' "$PASSWORD" >"$folder/password"
"$bin/initdb" --pgdata="$folder/data" --username=postgres --pwfile="$folder/password" --encoding=UTF8 --locale="$locale" \
  --auth=scram-sha-256 --no-sync >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }
printf '%s\n' "$@" >>"$folder/data/postgresql.conf"

"$bin/postgres" -D "$folder/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= >&2 &
server=$!

# A background job's own standard input is empty, hence the copy.
exec 3<&0
(read -r _ <&3 || true; kill -QUIT "$server") &
reader=$!
wait "$server"
