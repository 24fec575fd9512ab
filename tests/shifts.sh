#!/usr/bin/env bash
# The suite under other draws, other machine code and other numbers of threads, as a table.
#   tests/shifts.sh [FOLDER OF LOGS] [ARGUMENTS OF PYTEST]
# All tests, slow ones too; with "-m 'not slow'" the default ones. PYTHON names the interpreter
# (.venv/bin/python where left out). Exit code 1 where anything failed.
set -uo pipefail
cd "$(dirname "$0")/.."
logs=${1:-$(mktemp -d)}
mkdir -p "$logs"
selected=("${@:2}")
[ ${#selected[@]} -gt 0 ] || selected=(-m '')
both=(-n 2 --dist worksteal)
failed=0

run() { # name, command with its variables, "--", arguments of pytest
    local name=$1 start=$SECONDS command=()
    shift
    while [ "$1" != -- ]; do command+=("$1"); shift; done
    shift
    env "${command[@]}" "${PYTHON:-.venv/bin/python}" -m pytest -rfE "$@" "${selected[@]}" \
        > "$logs/$name.log" 2>&1 || failed=1
    printf '%-10s %5d s  %s\n' "$name" $((SECONDS - start)) "$(tail -n 1 "$logs/$name.log")"
    grep -E '^(FAILED|ERROR) ' "$logs/$name.log"
}

echo "Commit $(git rev-parse --short HEAD)"
for shift in 0 1000 2000 3000 4000; do
    run "$shift" BAYESGLMM_SEED_SHIFT="$shift" -- "${both[@]}"
done
run generic BAYESGLMM_SEED_SHIFT=5000 NUMBA_CPU_NAME=generic -- "${both[@]}"
run two BAYESGLMM_SEED_SHIFT=7000 NUMBA_NUM_THREADS=2 OMP_NUM_THREADS=2 taskset -c 0,1 -- "${both[@]}"
run one BAYESGLMM_SEED_SHIFT=6000 NUMBA_NUM_THREADS=1 OMP_NUM_THREADS=1 taskset -c 0 --
echo "Logs: $logs"
exit $failed
