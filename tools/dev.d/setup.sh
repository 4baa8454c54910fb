# Installing what is missing. Sourced by tools/dev.

# Names of the packages in tools/packages/LIST.txt that are not installed.
missing_packages() {
  local wanted installed
  wanted=$(sed '/^#/d; /^$/d' "${@/%/.txt}" | sort -u)
  # dpkg-query fails for names that it never heard of: those are missing too.
  installed=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' $wanted \
    2>/dev/null | sed -n 's/^ii  *//p' | sort -u || true)
  comm -23 <(echo "$wanted") <(echo "$installed")
}

as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "installing packages needs root: run as root, install sudo, or have" \
      "somebody run: apt-get install ${missing[*]}"
  fi
}

# Packages of servers start them on installation. Their tests start their own,
# so none is started: this is how Debian is told so.
readonly POLICY=/usr/sbin/policy-rc.d
forbid_daemons() {
  [[ ! -e $POLICY ]] || return 0
  trap allow_daemons EXIT
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$POLICY" >/dev/null
  as_root chmod +x "$POLICY"
}
allow_daemons() { as_root rm -f "$POLICY"; }

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get \
    -o DPkg::Lock::Timeout=300 "$@"
}

# install_packages LIST...
install_packages() {
  command -v dpkg-query >/dev/null ||
    die "Phoenix is built on Debian 12; here is no dpkg"
  local -a missing
  mapfile -t missing < <(cd tools/packages && missing_packages "$@")
  [[ ${#missing[@]} -gt 0 ]] || return 0
  say "installing ${missing[*]}"
  as_root true
  forbid_daemons
  apt_get -qq update ||
    say "apt-get update failed; trying with the lists that are there"
  apt_get -qq install -y --no-install-recommends "${missing[@]}" >&2 ||
    die "apt-get could not install: ${missing[*]}"
  if [[ -n $(trap -p EXIT) ]]; then
    trap - EXIT
    allow_daemons
  fi
}

# The last version that Debian's own Go builds.
readonly GRPCURL=github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.8.9

install_grpcurl() {
  ! command -v grpcurl >/dev/null || return 0
  if ! command -v go >/dev/null; then
    local -a missing=(golang-go)
    say "installing golang-go"
    apt_get -qq update || true
    apt_get -qq install -y --no-install-recommends golang-go >&2
  fi
  say "installing grpcurl to $TOOL_BIN (some minutes)"
  GOBIN=$TOOL_BIN go install "$GRPCURL"
}

# The servers that tests start and Debian has not.
install_servers() { integration/servers/install_kafka; }
