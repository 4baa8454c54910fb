# Exploring with libFuzzer. Sourced by tools/dev.

# The files of a fuzz target's corpus.
corpus_of() {
  bazel query --noshow_progress --ui_event_filters=-info \
    "kind('source file', labels(data, $1))" 2>/dev/null |
    sed 's#^//##; s#:#/#; s#^/##'
}

# explore TARGET SECONDS: what it finds new is kept beside the corpus only when
# it fails, in fuzz-findings/.
explore() {
  local binary=bazel-bin/${1#//} corpus
  binary=${binary/://}
  corpus=$(mktemp -d)
  corpus_of "$1" | xargs -r cp -t "$corpus"
  mkdir -p fuzz-findings
  say "fuzzing $1 for $2 s"
  local status=0
  "$binary" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=0 -verbosity=0 -artifact_prefix="fuzz-findings/" \
    "$corpus" || status=$?
  rm -rf "$corpus"
  rmdir --ignore-fail-on-non-empty fuzz-findings
  return "$status"
}

# fuzz [--seconds N] [TARGET...]: the last line printed is the count.
fuzz() {
  local seconds=10 passed=0 failed=0 target
  if [[ ${1:-} == --seconds ]]; then
    seconds=${2:?--seconds needs a number}
    shift 2
  fi
  local -a targets=("$@")
  [[ $# -gt 0 ]] || mapfile -t targets < <(bazel query --noshow_progress \
    --ui_event_filters=-info 'attr(tags, "\bfuzz\b", tests(//...))' 2>/dev/null)
  bazel build --config=fuzz -- "${targets[@]}"
  for target in "${targets[@]}"; do
    if explore "$target" "$seconds"; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
      say "$target failed; its input is in fuzz-findings/"
    fi
  done
  echo "$passed passed, $failed failed"
  [[ $failed -eq 0 ]]
}
