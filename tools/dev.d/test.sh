# Running tests and counting them. Sourced by tools/dev.

# Reads Bazel's output; prints 'N passed, N failed'. A target that could not be
# built has failed, and so has a run that ended before any result.
count_results() {
  awk '
    /^\/\/[^ ]+ +(\(cached\) )?(PASSED|FLAKY)/ { passed++; next }
    /^\/\/[^ ]+ +(\(cached\) )?(FAILED|TIMEOUT|NO STATUS|INCOMPLETE)/ { failed++ }
    END {
      if ('"$1"' != 0 && !failed) failed = 1
      printf "%d passed, %d failed\n", passed, failed
    }'
}

# run_tests [FLAG...] [TARGET...]: the last line printed is the count.
run_tests() {
  local -a flags=() targets=()
  local argument log status=0
  for argument in "$@"; do
    case $argument in
      -*) flags+=("$argument") ;;
      *) targets+=("$argument") ;;
    esac
  done
  [[ ${#targets[@]} -gt 0 ]] || targets=(//...)
  log=$(mktemp)
  # Bazel's exit status 4: the targets hold no test for this configuration.
  bazel test --keep_going --test_summary=short "${flags[@]}" -- \
    "${targets[@]}" 2>&1 | tee "$log" || status=$?
  [[ $status -ne 4 ]] || status=0
  count_results "$status" <"$log"
  rm -f "$log"
  return "$status"
}
