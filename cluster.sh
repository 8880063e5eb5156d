#!/usr/bin/env bash
# Three nodes with PostgreSQL, Redis and nginx from this machine's own programs; see --help.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: ./cluster.sh [--port N] [--no-build]

Builds src/Web (Release) and starts what deploy/compose.cluster.yaml starts, without containers: PostgreSQL, Redis, three nodes
and nginx in front of them. Everything listens on 127.0.0.1 and keeps its data and logs in a folder of its own below TMPDIR. Once all
is ready it prints the address, and the process ids for whoever wants to end one of them. SIGUSR1 starts the nodes that have ended again.
Ctrl+C or SIGTERM ends everything in order, and the folder goes with it; after SIGKILL everything is left behind.

  --port N     where nginx listens, 8080 unless named; the other ports are free ones
  --no-build   uses what was built before

It needs the .NET SDK that global.json names, for the web app Node.js with npm (BuildClientApp=false in the environment leaves it
out), curl, PostgreSQL's own programs, redis-server and nginx. As root it runs PostgreSQL as the user postgres.

The exit code is 0 after Ctrl+C or SIGTERM, 1 when something does not start, 2 when a tool is missing or the arguments are wrong.
TEXT
}

fail() { # CODE LINE...
  local code=$1
  shift
  printf '%s\n' "$@" >&2
  exit "$code"
}

port=8080
build=yes
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help)
      usage
      exit
      ;;
    --port)
      [[ ${2:-} =~ ^[1-9][0-9]{0,4}$ ]] && [ "$2" -le 65535 ] || fail 2 '--port takes a number of 1 to 65535; see ./cluster.sh --help'
      port=$2
      shift
      ;;
    --no-build) build= ;;
    *) fail 2 "unknown argument $1; see ./cluster.sh --help" ;;
  esac
  shift
done

cd "$(dirname "${BASH_SOURCE[0]}")"
# Debian keeps nginx where only root looks.
PATH=$PATH:/usr/sbin:/sbin

postgres=$(ls -d "$(pg_config --bindir 2>/dev/null || true)" /usr/lib/postgresql/*/bin 2>/dev/null | sort --version-sort | while read -r folder; do
  [ ! -x "$folder/initdb" ] || echo "$folder"
done | tail -n 1)
missing=()
command -v dotnet >/dev/null || missing+=('dotnet: the .NET SDK that global.json names')
command -v curl >/dev/null || missing+=('curl: on Debian or Ubuntu, apt-get install curl')
[ -n "$postgres" ] || missing+=('initdb: apt-get install postgresql')
command -v redis-server >/dev/null || missing+=('redis-server: apt-get install redis-server')
command -v nginx >/dev/null || missing+=('nginx: apt-get install nginx')
[ ${#missing[@]} = 0 ] || fail 2 'Missing on this machine:' "${missing[@]/#/  }"

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
! listens "$port" || fail 1 "Something listens on 127.0.0.1:$port already; name another port with --port."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
program=$PWD/src/Web/bin/Release/net10.0/BmadServer.Web.dll
if [ -n "$build" ]; then
  echo 'Building src/Web'
  output=$(dotnet build src/Web --configuration Release 2>&1) || fail 1 "$output"
fi
[ -f "$program" ] || fail 1 "There is no $program; build it, or leave out --no-build."

# Others may pass through it, as PostgreSQL's user does, and see nothing.
folder=$(mktemp -d "${TMPDIR:-/tmp}/bmadserver-cluster-XXXXXX")
chmod 711 "$folder"
umask 077

declare -A ended=()
nodes=()
postgres_pid= redis_pid= nginx_pid=

# Each service has a session of its own, so that Ctrl+C reaches this script alone, and they end one after the other.
launch() { # LOG COMMAND...
  local log=$1
  shift
  setsid "$@" >>"$folder/$log" 2>&1 </dev/null &
}

end() { # SIGNAL PID...
  local signal=$1 pid
  shift
  for pid in "$@"; do
    # The number of one that has ended may be another process' by now.
    [ -n "${ended[$pid]:-}" ] || kill "-$signal" "$pid" 2>/dev/null || true
  done
  for pid in "$@"; do
    wait "$pid" 2>/dev/null || true
  done
}

finish() {
  trap '' INT TERM HUP
  echo 'Ending everything'
  # First the nodes, whose clients are told to come back; a PostgreSQL whose data is thrown away needs no order.
  end TERM ${nodes[@]+"${nodes[@]}"}
  end TERM $nginx_pid $redis_pid
  end QUIT $postgres_pid
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 0' INT TERM
trap 'exit 1' HUP

taken=" $port "
free_port() {
  local candidate
  while true; do
    candidate=$((20000 + RANDOM % 12000))
    if [[ $taken != *" $candidate "* ]] && ! listens "$candidate"; then
      taken+="$candidate "
      found_port=$candidate
      return
    fi
  done
}

secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

give_up() { # WHAT LOG
  tail -n 20 "$folder/$2" >&2
  fail 1 "$1 does not start; the end of its log is above."
}

await() { # WHAT LOG PID COMMAND...
  local what=$1 log=$2 pid=$3 deadline=$((SECONDS + 60))
  shift 3
  until "$@" >/dev/null 2>&1; do
    { kill -0 "$pid" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ]; } || give_up "$what" "$log"
    sleep 0.1
  done
}

answers() { curl --silent --fail --max-time 5 --output /dev/null "http://127.0.0.1:$1/health/ready"; }

echo 'Starting PostgreSQL and Redis'
free_port
postgres_port=$found_port
postgres_password=$(secret)
mkdir "$folder/postgres"
printf '%s\n' "$postgres_password" >"$folder/postgres/password"
as_postgres=()
if [ "$(id -u)" = 0 ]; then
  # PostgreSQL refuses to be root.
  chown -R postgres "$folder/postgres"
  as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups)
  "${as_postgres[@]}" test -r "$folder/postgres/password" || fail 1 "The user postgres cannot get into $folder; name another folder in TMPDIR."
fi
(cd "$folder/postgres" && "${as_postgres[@]}" "$postgres/initdb" --pgdata="$folder/postgres/data" --username=bmadserver \
  --pwfile="$folder/postgres/password" --encoding=UTF8 --locale=C.UTF-8 --auth=scram-sha-256 --no-sync) >"$folder/postgres.log" 2>&1 ||
  give_up PostgreSQL postgres.log
launch postgres.log "${as_postgres[@]}" "$postgres/postgres" -D "$folder/postgres/data" -p "$postgres_port" \
  -c listen_addresses=127.0.0.1 -c unix_socket_directories=
postgres_pid=$!
await PostgreSQL postgres.log "$postgres_pid" "$postgres/pg_isready" --quiet --host=127.0.0.1 --port="$postgres_port"

free_port
redis_port=$found_port
redis_password=$(secret)
printf '%s\n' "port $redis_port" 'bind 127.0.0.1' "requirepass $redis_password" 'save ""' 'appendonly no' "dir $folder" >"$folder/redis.conf"
launch redis.log redis-server "$folder/redis.conf"
redis_pid=$!
await Redis redis.log "$redis_pid" listens "$redis_port"

# As deploy/compose.cluster.yaml has it.
export ConnectionStrings__bmadserver="Host=127.0.0.1;Port=$postgres_port;Database=bmadserver;Username=bmadserver;Password=$postgres_password"
export ConnectionStrings__redis="127.0.0.1:$redis_port,password=$redis_password"
Jwt__SigningKey=$(head -c 32 /dev/urandom | base64 --wrap=0)
export Jwt__SigningKey
export ASPNETCORE_FORWARDEDHEADERS_ENABLED=true

echo 'Starting three nodes and nginx'
Data__Directory=$folder/data dotnet "$program" migrate >"$folder/migrate.log" 2>&1 </dev/null || give_up 'The database' migrate.log
node_ports=()
start_node() { # NUMBER
  ASPNETCORE_URLS=http://127.0.0.1:${node_ports[$1 - 1]} Data__Directory=$folder/data launch "node$1.log" dotnet "$program"
  nodes[$1 - 1]=$!
}
for number in 1 2 3; do
  free_port
  node_ports+=("$found_port")
  start_node "$number"
done
for number in 1 2 3; do
  await "Node $number" "node$number.log" "${nodes[number - 1]}" answers "${node_ports[number - 1]}"
done

edit=(-e "s|listen 8080;|listen 127.0.0.1:$port;|" -e "s|/tmp/nginx|$folder/nginx|" -e "s|/dev/stdout|$folder/nginx-access.log|")
for number in 1 2 3; do
  edit+=(-e "s|node$number:5080|127.0.0.1:${node_ports[number - 1]}|")
done
sed "${edit[@]}" deploy/nginx.conf >"$folder/nginx.conf"
launch nginx.log nginx -e stderr -p "$folder" -c "$folder/nginx.conf" -g 'daemon off;'
nginx_pid=$!
await nginx nginx.log "$nginx_pid" answers "$port"

start_again=
trap 'start_again=yes' USR1

cat <<TEXT

bmadServer on three nodes is ready: http://localhost:$port

$(for number in 1 2 3; do printf '  node %d      process %-7d http://127.0.0.1:%d\n' "$number" "${nodes[number - 1]}" "${node_ports[number - 1]}"; done)
  nginx       process $nginx_pid
  Redis       process $redis_pid
  PostgreSQL  process $postgres_pid

The logs are in $folder. Kill a node with \`kill -9 PROCESS\`, or let it take its leave with \`kill PROCESS\`;
\`kill -USR1 $$\` starts it again. Ctrl+C ends everything.
TEXT

report() { # WHAT PID
  if [ -z "${ended[$2]:-}" ] && ! kill -0 "$2" 2>/dev/null; then
    ended[$2]=yes
    local status=0
    wait "$2" 2>/dev/null || status=$?
    echo "$1 has ended (exit code $status)."
  fi
}
while true; do
  for number in 1 2 3; do
    report "Node $number" "${nodes[number - 1]}"
    if [ -n "$start_again" ] && [ -n "${ended[${nodes[number - 1]}]:-}" ]; then
      start_node "$number"
      echo "Node $number starts again: process ${nodes[number - 1]}."
    fi
  done
  start_again=
  report nginx "$nginx_pid"
  report Redis "$redis_pid"
  report PostgreSQL "$postgres_pid"
  # Not the foreground: a signal is to be heard at once.
  sleep 0.5 &
  wait $! 2>/dev/null || true
done
