#!/usr/bin/env bash
# Builds everything once and runs every test suite, or the long form of the recovery or the fuzz suite; see --help. The last line is
# `N passed, N failed, N skipped`.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: ./test.sh [SUITE]
       ./test.sh recovery [--minutes N] [--seed S]
       ./test.sh fuzz [--inputs N] [--seed S] [--target T [--from I]]

Builds bmadServer.sln (Release) and runs the test projects under tests/, or only SUITE, for example

  ./test.sh Domain.UnitTests

Two suites are not .NET's: `ClientApp` is the web app and its client library, `e2e` the web app in Chromium against the real
server. Only a run with `e2e` builds the web app.

`recovery` runs only the long form of the recovery suite: N minutes (30 unless named) of kills, outages and drops with
everything checked, from a random seed unless one is named, then the measured scenarios in full size, and prints a table.
It prints the seed and how to repeat a round that failed. docs/testing.md explains it.

`fuzz` runs only the long form of the fuzz suite: N generated inputs (1,000,000 unless named) for the hub, the parsers of messages
and the REST API, from a random seed unless one is named, and prints a table. `--target` sends all of them to one target,
`--from` begins with another input than the first: so an input that failed is sent again. docs/testing.md explains it.

It needs the .NET SDK that global.json names, Node.js 20.19 or newer (or 22.12 or newer) with npm, curl, and for `e2e` the
Chromium that PLAYWRIGHT_CHROMIUM names or that is on the PATH. The suites that need PostgreSQL look for it in
BMADSERVER_TEST_POSTGRES (an administrator's connection string), then in Docker, then among the local binaries.

It ends with the line "N passed, N failed, N skipped", over all suites. A suite that did not come to an end counts as a
failure. The exit code is 0 when nothing failed and at least one test ran, 1 otherwise, 2 when a tool is missing or the
arguments are wrong.
TEXT
}

fail() {
  printf '%s\n' "$@" >&2
  exit 2
}

only=
minutes=30
inputs=1000000
target=
from=0
seed=$((RANDOM * 32768 + RANDOM))
case ${1:-} in
  -h | --help)
    usage
    exit
    ;;
  recovery)
    only=recovery
    shift
    while [ $# -gt 0 ]; do
      case $1:${2:-} in
        --minutes:*[!0-9]* | --minutes: | --seed:*[!0-9]* | --seed:) fail "$1 takes a whole number; see ./test.sh --help" ;;
        --minutes:*) minutes=$2 ;;
        --seed:*) seed=$2 ;;
        *) fail "unknown option $1; see ./test.sh --help" ;;
      esac
      shift 2
    done
    ;;
  fuzz)
    only=fuzz
    shift
    while [ $# -gt 0 ]; do
      case $1:${2:-} in
        --target:) fail "$1 takes a name; see docs/testing.md" ;;
        --target:*) target=$2 ;;
        --inputs:*[!0-9]* | --inputs: | --seed:*[!0-9]* | --seed: | --from:*[!0-9]* | --from:)
          fail "$1 takes a whole number; see ./test.sh --help"
          ;;
        --inputs:*) inputs=$2 ;;
        --seed:*) seed=$2 ;;
        --from:*) from=$2 ;;
        *) fail "unknown option $1; see ./test.sh --help" ;;
      esac
      shift 2
    done
    ;;
  -*) fail "unknown option $1; see ./test.sh --help" ;;
  *)
    only=${1:-}
    [ $# -le 1 ] || fail 'only one suite can be named; see ./test.sh --help'
    ;;
esac

cd "$(dirname "${BASH_SOURCE[0]}")"

missing=()
command -v dotnet >/dev/null 2>&1 || missing+=('dotnet: the .NET SDK that global.json names')
node -e '
  const [major, minor] = process.versions.node.split(".").map(Number);
  process.exit((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22 ? 0 : 1);
' >/dev/null 2>&1 || missing+=('node: Node.js 20.19 or newer, or 22.12 or newer')
command -v npm >/dev/null 2>&1 || missing+=('npm: comes with Node.js')
command -v curl >/dev/null 2>&1 || missing+=("curl: the documentation's examples are run")
case ${only:-e2e} in
  e2e)
    [ -n "${PLAYWRIGHT_CHROMIUM:-}" ] || command -v chromium >/dev/null 2>&1 ||
      missing+=('chromium: the browser, or another name for it in PLAYWRIGHT_CHROMIUM')
    ;;
esac
[ ${#missing[@]} = 0 ] || fail 'Missing on this machine:' "${missing[@]/#/  }"
dotnet --version >/dev/null || fail 'No installed .NET SDK satisfies global.json.'

# What is cheap comes first, so that a broken rule shows before the suites that start servers.
fast=()
slow=()
for project in tests/*/*.csproj; do
  suite=$(basename "$(dirname "$project")")
  case $suite in
    *UnitTests | Architecture.Tests) fast+=("$suite") ;;
    *Tests) slow+=("$suite") ;;
  esac
done
# These are run by npm.
fast+=(ClientApp)
slow+=(e2e)
suites=(${fast[@]+"${fast[@]}"} ${slow[@]+"${slow[@]}"})
if [ "$only" = recovery ]; then
  suites=(Recovery.Tests)
elif [ "$only" = fuzz ]; then
  suites=(Fuzz.Tests)
elif [ -n "$only" ]; then
  case " ${suites[*]-} " in
    *" $only "*) ;;
    *) fail "There is no suite $only. There are:" "${suites[@]/#/  }" ;;
  esac
  suites=("$only")
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
results=$(mktemp -d "${TMPDIR:-/tmp}/bmadserver-tests-XXXXXX")
trap 'rm -rf "$results"' EXIT

# Minutes.
hang=10
filter='TestCategory!=Long'
settings=()
if [ "$only" = recovery ]; then
  hang=$((minutes + 10))
  filter='TestCategory=Long|TestCategory=Figures|FullyQualifiedName~Recovery.Tests.Scenarios'
  # Else a test that is only run when asked for is not run beside others, even when it is asked for.
  settings=(-- NUnit.ExplicitMode=Relaxed)
  export BMADSERVER_RECOVERY_MINUTES=$minutes BMADSERVER_RECOVERY_SEED=$seed BMADSERVER_RECOVERY_FULL=1
  export BMADSERVER_RECOVERY_RESTART_CLIENTS=2000 BMADSERVER_RECOVERY_AWAY_EVENTS=10000 BMADSERVER_RECOVERY_REVOCATIONS=50
  export BMADSERVER_RECOVERY_CATCH_UPS=300 BMADSERVER_RECOVERY_IDLE_WORKFLOWS=1000 BMADSERVER_RECOVERY_IDLE_SECONDS=20
  export BMADSERVER_RECOVERY_NEIGHBOUR_ROUNDS=5 BMADSERVER_RECOVERY_NEIGHBOUR_SECONDS=10
  export BMADSERVER_RECOVERY_NODE_CLIENTS=1000 BMADSERVER_RECOVERY_NODE_SECONDS=60 BMADSERVER_RECOVERY_NODE_SENDS_PER_SECOND=200
  export BMADSERVER_RECOVERY_FIGURES=$results/figures.md
  echo "Recovery, the long form: ./test.sh recovery --minutes $minutes --seed $seed"
fi

if [ "$only" = fuzz ]; then
  # Some 150 inputs a second are the least that a slow machine manages.
  hang=$((inputs / 9000 + 15))
  filter='FullyQualifiedName~Fuzz.Tests.LongForm'
  settings=(-- NUnit.ExplicitMode=Relaxed)
  export BMADSERVER_FUZZ_INPUTS=$inputs BMADSERVER_FUZZ_SEED=$seed BMADSERVER_FUZZ_TARGET=$target BMADSERVER_FUZZ_FROM=$from
  export BMADSERVER_FUZZ_TABLE=$results/fuzz.md BMADSERVER_FUZZ_UNDER_WAY=$results/under-way
  echo "Fuzzing, the long form: ./test.sh fuzz --inputs $inputs --seed $seed${target:+ --target $target --from $from}"
fi

passed=0
failed=0
skipped=0
broken=()
failures=()

# Once more, since whoever reads a long log begins at its end.
finish() {
  local suite failure
  for failure in ${failures[@]+"${failures[@]}"}; do
    echo "Failed: $failure"
  done
  for suite in ${broken[@]+"${broken[@]}"}; do
    echo "Without a result, counted as a failure: $suite"
  done
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
  exit
}

build_client_app=false
case " ${suites[*]} " in
  *' e2e '*) build_client_app=true ;;
esac
if ! dotnet build bmadServer.sln --configuration Release "-p:BuildClientApp=$build_client_app"; then
  failed=1
  broken=('the build')
  finish
fi

# Adds what a suite's report says to the sums.
count_suite() { # SUITE STATUS REPORT
  local total suite_passed suite_failed failure
  {
    read -r total suite_passed suite_failed
    while IFS= read -r failure; do
      failures+=("$1: $failure")
    done
  } < <(node tests/report.mjs "$3")
  passed=$((passed + suite_passed))
  failed=$((failed + suite_failed))
  skipped=$((skipped + total - suite_passed - suite_failed))
  if [ "$total" = 0 ] || { [ "$2" != 0 ] && [ "$suite_failed" = 0 ]; }; then
    failed=$((failed + 1))
    broken+=("$1")
  fi
}

install_packages() { # Only when the lock file is newer than what is installed; npm writes that file last.
  [ node_modules/.package-lock.json -nt package-lock.json ] ||
    { npm ci --include=dev --no-audit --no-fund --loglevel=error && touch node_modules/.package-lock.json; }
}

run_client_app() {
  local report=$results/ClientApp.json status=0
  (
    cd src/Web/ClientApp
    install_packages && npm run --silent typecheck &&
      npx --no-install vitest run --reporter=default --reporter=json --outputFile.json="$report"
  ) </dev/null || status=$?
  # The type check is one more thing that can fail.
  count_suite ClientApp "$status" "$report"
}

run_e2e() {
  local report=$results/e2e.json status=0
  (
    cd tests/e2e
    install_packages && npm run --silent typecheck &&
      PLAYWRIGHT_JSON_OUTPUT_NAME=$report npx --no-install playwright test --reporter=list,json
  ) </dev/null || status=$?
  count_suite e2e "$status" "$report"
}

for suite in ${suites[@]+"${suites[@]}"}; do
  echo
  echo "=== $suite"
  case $suite in
    ClientApp)
      run_client_app
      continue
      ;;
    e2e)
      run_e2e
      continue
      ;;
  esac

  trx=$results/$suite.trx
  status=0
  # A test that hangs is ended, and its suite with it, so that the others still get their turn.
  dotnet test "tests/$suite" --configuration Release --no-build --results-directory "$results" \
    --logger "trx;LogFileName=$suite.trx" --logger 'console;verbosity=normal' \
    --blame-hang-timeout "${hang}m" --blame-hang-dump-type none \
    --filter "$filter" ${settings[@]+"${settings[@]}"} </dev/null || status=$?

  count_suite "$suite" "$status" "$trx"
done

if [ -s "${BMADSERVER_RECOVERY_FIGURES:-}" ]; then
  printf '\n| what | measured | goal |\n| --- | --- | --- |\n'
  cat "$BMADSERVER_RECOVERY_FIGURES"
fi

if [ -s "${BMADSERVER_FUZZ_TABLE:-}" ]; then
  echo
  cat "$BMADSERVER_FUZZ_TABLE"
fi
# Of a run that an input has ended, or that was ended: it was one of the last.
case " ${broken[*]-} " in
  *' Fuzz.Tests '*)
    if [ -s "${BMADSERVER_FUZZ_UNDER_WAY:-}" ]; then
      printf '\nUnder way when the run ended, the newest last:\n'
      tail -n 30 "$BMADSERVER_FUZZ_UNDER_WAY"
    fi
    ;;
esac

echo
finish
