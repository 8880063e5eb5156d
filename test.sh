#!/usr/bin/env bash
# Builds everything once and runs every test suite; see --help. The last line is `N passed, N failed, N skipped`.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: ./test.sh [SUITE]

Builds bmadServer.sln (Release) and runs the test projects under tests/, or only SUITE, for example

  ./test.sh Domain.UnitTests

It needs the .NET SDK that global.json names, node with npm, and curl. The suites that need PostgreSQL look for it in
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
case ${1:-} in
  -h | --help)
    usage
    exit
    ;;
  -*) fail "unknown option $1; see ./test.sh --help" ;;
  *) only=${1:-} ;;
esac
[ $# -le 1 ] || fail 'only one suite can be named; see ./test.sh --help'

cd "$(dirname "${BASH_SOURCE[0]}")"

missing=()
command -v dotnet >/dev/null 2>&1 || missing+=('dotnet: the .NET SDK that global.json names')
command -v node >/dev/null 2>&1 || missing+=('node: Node.js 20 or newer')
command -v npm >/dev/null 2>&1 || missing+=('npm: comes with Node.js')
command -v curl >/dev/null 2>&1 || missing+=("curl: the documentation's examples are run")
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
# The client library's tests are run by npm.
fast+=(ClientApp)
suites=(${fast[@]+"${fast[@]}"} ${slow[@]+"${slow[@]}"})
if [ -n "$only" ]; then
  case " ${suites[*]-} " in
    *" $only "*) ;;
    *) fail "There is no suite $only. There are:" "${suites[@]/#/  }" ;;
  esac
  suites=("$only")
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
results=$(mktemp -d "${TMPDIR:-/tmp}/bmadserver-tests-XXXXXX")
trap 'rm -rf "$results"' EXIT

passed=0
failed=0
skipped=0
broken=()

finish() {
  local suite
  for suite in ${broken[@]+"${broken[@]}"}; do
    echo "Without a result, counted as a failure: $suite"
  done
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
  exit
}

if ! dotnet build bmadServer.sln --configuration Release; then
  failed=1
  broken=('the build')
  finish
fi

counter() { # FILE NAME
  local value
  value=$(sed -n 's/.*<Counters[^>]* '"$2"'="\([0-9][0-9]*\)".*/\1/p' "$1" | head -n 1)
  echo "${value:-0}"
}

run_client_app() { # The type check is one more thing that can fail.
  local report=$results/ClientApp.json status=0 counts total suite_passed suite_failed
  (
    cd src/Web/ClientApp
    npm ci --no-audit --no-fund --loglevel=error && npm run --silent typecheck &&
      npx --no-install vitest run --reporter=default --reporter=json --outputFile.json="$report"
  ) </dev/null || status=$?
  counts=$(node -e '
    const { numTotalTests, numPassedTests, numFailedTests } = JSON.parse(require("fs").readFileSync(process.argv[1]));
    console.log(numTotalTests, numPassedTests, numFailedTests);
  ' "$report" 2>/dev/null) || counts="0 0 0"
  read -r total suite_passed suite_failed <<<"$counts"
  passed=$((passed + suite_passed))
  failed=$((failed + suite_failed))
  skipped=$((skipped + total - suite_passed - suite_failed))
  if [ "$total" = 0 ] || { [ "$status" != 0 ] && [ "$suite_failed" = 0 ]; }; then
    failed=$((failed + 1))
    broken+=(ClientApp)
  fi
}

for suite in ${suites[@]+"${suites[@]}"}; do
  echo
  echo "=== $suite"
  if [ "$suite" = ClientApp ]; then
    run_client_app
    continue
  fi

  trx=$results/$suite.trx
  status=0
  # A test that hangs is ended, and its suite with it, so that the others still get their turn.
  dotnet test "tests/$suite" --configuration Release --no-build --results-directory "$results" \
    --logger "trx;LogFileName=$suite.trx" --logger 'console;verbosity=normal' \
    --blame-hang-timeout 10m --blame-hang-dump-type none </dev/null || status=$?

  total=0
  if [ -s "$trx" ]; then
    total=$(counter "$trx" total)
    suite_passed=$(counter "$trx" passed)
    suite_failed=0
    for name in failed error timeout aborted; do
      suite_failed=$((suite_failed + $(counter "$trx" "$name")))
    done
    passed=$((passed + suite_passed))
    failed=$((failed + suite_failed))
    # The file's own counter for skipped tests stays 0.
    skipped=$((skipped + total - suite_passed - suite_failed))
  fi
  if [ "$total" = 0 ] || { [ "$status" != 0 ] && [ "$suite_failed" = 0 ]; }; then
    failed=$((failed + 1))
    broken+=("$suite")
  fi
done

echo
finish
