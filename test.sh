#!/usr/bin/env bash
# Installs what the tests need, builds, runs every test and prints "N passed, N failed" last.
# Arguments are passed on to both test programs, e.g. ./test.sh -class '*Wizard*'.
set -uo pipefail
cd "$(dirname "$0")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

install_packages() { # needs apt; elsewhere the person is told what is missing
  local missing=()
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium fonts-dejavu-core)
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing+=(postgresql)
  command -v npm >/dev/null || missing+=(npm)
  [ ${#missing[@]} = 0 ] && return 0
  echo "Installing ${missing[*]}"
  if ! command -v apt-get >/dev/null; then
    echo "Please install: ${missing[*]}" >&2
    return 1
  fi
  as_root apt-get update -qq || as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null \
    || { as_root apt-get -f install -y -qq >/dev/null; as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null; }
}

run() { # run PROJECT ARGS: one test program; its own closing line is read for the sum
  local project=$1 log
  shift
  log=$(mktemp)
  dotnet "$project/bin/Release/net10.0/$project.dll" -noColor "$@" 2>&1 | tee "$log"
  local line
  line=$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+' "$log" | tail -1)
  rm -f "$log"
  if [ -z "$line" ]; then
    echo "$project ended without a result" >&2
    failed=$((failed + 1))
    return
  fi
  local total errors bad skipped
  total=$(sed -E 's/.*Total: ([0-9]+).*/\1/' <<<"$line")
  errors=$(sed -E 's/.*Errors: ([0-9]+).*/\1/' <<<"$line")
  bad=$(sed -E 's/.*Failed: ([0-9]+).*/\1/' <<<"$line")
  skipped=$(sed -E 's/.*Skipped: ([0-9]+).*/\1/;t;s/.*/0/' <<<"$line")
  failed=$((failed + bad + errors))
  passed=$((passed + total - bad - skipped))
}

passed=0
failed=0
install_packages || exit 1
dotnet build -c Release -v quiet || { echo "0 passed, 1 failed"; exit 1; }
run Gateflow.Tests "$@"
run Gateflow.E2E "$@"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
