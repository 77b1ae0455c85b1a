#!/usr/bin/env bash
# Fuzzes each target (all, or those named) for so many seconds, one after the other:
#   fuzz/run.sh SECONDS [TARGET...]
# RUNS=N: so many runs instead, always the same ones.
# PROFILE=smoke builds faster what runs slower.
# Needs cargo and a C++ compiler, nothing else: coverage comes from LLVM's pass, by the flags that cargo-fuzz passes too,
# which stable takes as well as nightly. There is no address sanitizer: what is fuzzed has no `unsafe`, and runs about
# twice as fast without.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:?"usage: fuzz/run.sh SECONDS [TARGET...]"}
shift
profile=${PROFILE:-release}
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
  for target in fuzz_targets/*.rs; do
    targets+=("$(basename "$target" .rs)")
  done
fi

host=$(rustc -vV | sed -n 's/^host: //p')
# With --target, these flags are not for build scripts.
RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares" \
  cargo build --quiet --profile "$profile" --locked --target "$host"

for target in "${targets[@]}"; do
  mkdir -p "corpus/$target" "artifacts/$target"
  log=$(mktemp)
  dictionary=()
  if [ -e "seeds/$target.dict" ]; then
    dictionary=(-dict="seeds/$target.dict")
  fi
  # New inputs go to the first directory; the others are only read, with all that is below them.
  limit=(-max_total_time="$seconds")
  if [ -n "${RUNS:-}" ]; then
    limit+=(-runs="$RUNS" -seed=1)
  fi
  if ! "target/$host/$profile/$target" "${limit[@]}" -timeout=10 -rss_limit_mb=2048 -verbosity=1 -max_len=4096 \
    -artifact_prefix="artifacts/$target/" "${dictionary[@]}" \
    "corpus/$target" "seeds/$target" ../fixtures >"$log" 2>&1; then
    tail -n 100 "$log"
    echo "fuzz: $target failed; the input is in fuzz/artifacts/$target" >&2
    exit 1
  fi
  echo "$target: $(grep -E '^Done [0-9]+ runs' "$log")"
  rm "$log"
done
