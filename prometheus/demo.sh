#!/bin/sh
# Starts the demo's Prometheus in its container, with the ports of the environment in a copy of prometheus.yml. A port may
# be a range, such as 8110-8112. 0: unknown, nothing is scraped there.
#   sh demo.sh <folder for the copy> [option of prometheus …]
# DEMO_PROMETHEUS: another program than prometheus.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
shift

# 8110-8111 becomes '127.0.0.1:8110', '127.0.0.1:8111'
targets() {
  port=${1%-*}
  all=
  while [ "$port" -ne 0 ] && [ "$port" -le "${1#*-}" ]; do
    all="$all${all:+, }'127.0.0.1:$port'"
    port=$((port + 1))
  done
  echo "$all"
}

sed -e "s|'127.0.0.1:9464'|$(targets "${PROMETHEUS_PORT:-9464}")|" \
  -e "s|'127.0.0.1:8001'|$(targets "${REMO_BACKEND_METRICS_PORT:-8001}")|" \
  -e "s|'127.0.0.1:9090'|$(targets "${REMO_PROMETHEUS_PORT:-9090}")|" \
  -e "s|- rules.yml|- $here/rules.yml|" \
  "$here/prometheus.yml" >"$folder/prometheus.yml"
exec "${DEMO_PROMETHEUS:-prometheus}" --config.file="$folder/prometheus.yml" "$@"
