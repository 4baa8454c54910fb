# Exploring with libFuzzer. Sourced by tools/dev.

# The files of a fuzz target's corpus.
corpus_of() {
  bazel query --noshow_progress --ui_event_filters=-info \
    "kind('source file', labels(data, $1))" 2>/dev/null |
    sed 's#^//##; s#:#/#; s#^/##'
}

# explore TARGET SECONDS FOLDER: starts from a copy of the corpus. An input that
# fails the target is kept in fuzz-findings/.
explore() {
  local name=${1//[:\/]/_} corpus status=0
  corpus=$(mktemp -d -p "$3")
  corpus_of "$1" | xargs -r cp -t "$corpus"
  mkdir -p fuzz-findings
  "$3/$name" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="fuzz-findings/${name}-" "$corpus" \
    >"$3/$name.log" 2>&1 || status=$?
  rmdir --ignore-fail-on-non-empty fuzz-findings
  if [[ $status -eq 0 ]]; then
    say "$1: $(grep -oE '^Done [0-9]+ runs' "$3/$name.log" || true)"
  else
    tail -n 60 "$3/$name.log" >&2
    say "$1 failed; its input is in fuzz-findings/"
  fi
  return "$status"
}

# fuzz [--seconds N] [TARGET...]: the last line printed is the count.
fuzz() {
  local seconds=10 passed=0 failed=0 target folder
  if [[ ${1:-} == --seconds ]]; then
    seconds=${2:?--seconds needs a number}
    shift 2
  fi
  local -a targets=("$@")
  [[ $# -gt 0 ]] || mapfile -t targets < <(bazel query --noshow_progress \
    --ui_event_filters=-info 'attr(tags, "\bfuzz\b", tests(//...))' 2>/dev/null)
  [[ ${#targets[@]} -gt 0 ]] || die "fuzz: found no target"
  bazel build --config=fuzz --noshow_progress --ui_event_filters=-info -- \
    "${targets[@]}"
  # Copies: another build may put other binaries in their place meanwhile.
  folder=$(mktemp -d)
  for target in "${targets[@]}"; do
    local path=${target#//}
    cp "bazel-bin/${path/://}" "$folder/${target//[:\/]/_}"
  done
  for target in "${targets[@]}"; do
    if explore "$target" "$seconds" "$folder"; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
    fi
  done
  rm -rf "$folder"
  echo "$passed passed, $failed failed"
  [[ $failed -eq 0 ]]
}
