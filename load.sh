#!/usr/bin/env bash
# Builds the load program (Release) and runs it; see --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if ! command -v dotnet >/dev/null 2>&1 || ! dotnet --version >/dev/null; then
  echo 'The .NET SDK that global.json names is missing on this machine.' >&2
  exit 2
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Measuring takes the server and its API, not its web app.
if ! output=$(dotnet build tests/Load --configuration Release -p:BuildClientApp=false 2>&1); then
  printf '%s\n' "$output" >&2
  exit 1
fi

# What a socket received is handled by the thread that waits for sockets: less work for the client, which shares the machine with
# what it measures. The servers that it starts do not inherit it.
export DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1
exec dotnet tests/Load/bin/Release/net10.0/BmadServer.Load.dll "${@:-run}"
