# Checks of form. Sourced by tools/dev.

cpp_files() { git ls-files -co --exclude-standard '*.h' '*.cc'; }

changed_since() {
  { git diff --name-only --diff-filter=d "$1" -- '*.h' '*.cc'
    git ls-files -o --exclude-standard '*.cc'; } | sort -u
}

check_format() {
  say "clang-format"
  cpp_files | xargs -r clang-format --dry-run -Werror
}

# check_tidy BASE: clang-tidy needs the generated headers, so the files'
# targets should have been built.
check_tidy() {
  local -a files
  mapfile -t files < <(changed_since "$1" | grep '\.cc$' || true)
  [[ ${#files[@]} -gt 0 ]] || return 0
  say "clang-tidy on ${#files[@]} changed files"
  printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 1 sh -c '
    clang-tidy --quiet "$0" -- -xc++ -std=c++20 -I. -Iproto \
      -Ibazel-bin -Ibazel-bin/proto 2>/dev/null'
}

check_protos() {
  if ! command -v buf >/dev/null; then
    say "buf is not installed: the protos are not linted"
    return 0
  fi
  say "buf lint"
  buf lint
}

# lint [BASE]
lint() {
  local failed=0
  check_format || failed=1
  check_tidy "${1:-HEAD}" || failed=1
  check_protos || failed=1
  [[ $failed -eq 0 ]] || die "lint: problems found"
}
