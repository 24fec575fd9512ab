#!/usr/bin/env bash
# The whole suite under other draws, other machine code and other numbers of threads, as a table.
#   tests/shifts.sh [FOLDER OF LOGS]
# PYTHON names the interpreter (.venv/bin/python where left out). Exit code 1 where anything failed.
set -uo pipefail
cd "$(dirname "$0")/.."
logs=${1:-$(mktemp -d)}
mkdir -p "$logs"
failed=0

run() { # name, command with its variables
    local name=$1 start=$SECONDS
    shift
    env "$@" "${PYTHON:-.venv/bin/python}" -m pytest -m '' -rfE > "$logs/$name.log" 2>&1 || failed=1
    printf '%-10s %5d s  %s\n' "$name" $((SECONDS - start)) "$(tail -n 1 "$logs/$name.log")"
    grep -E '^(FAILED|ERROR) ' "$logs/$name.log"
}

for shift in 0 1000 2000 3000 4000; do
    run "$shift" BAYESGLMM_SEED_SHIFT="$shift"
done
run generic BAYESGLMM_SEED_SHIFT=5000 NUMBA_CPU_NAME=generic
run one BAYESGLMM_SEED_SHIFT=6000 NUMBA_NUM_THREADS=1 OMP_NUM_THREADS=1 taskset -c 0
run two BAYESGLMM_SEED_SHIFT=7000 NUMBA_NUM_THREADS=2 OMP_NUM_THREADS=2 taskset -c 0,1
echo "Logs: $logs"
exit $failed
