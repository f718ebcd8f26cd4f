# Shared by ./demo and ./check: installs what is missing, configures and builds. Source it; do not run it.
# Says what it does; asks nothing when root; otherwise uses sudo, or names the one command that is missing.

say() { printf '\033[1m%s\033[0m\n' "hubbub: $*" >&2; }
[[ -t 2 && -z ${NO_COLOR:-} ]] || say() { printf '%s\n' "hubbub: $*" >&2; }
die() { printf '%s\n' "hubbub: $*" >&2; exit 2; }

# What building and running needs, and what the tests need besides.
build_packages=(g++ cmake ninja-build ccache mold
    libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libsimdjson-dev libyaml-cpp-dev libcli11-dev libspdlog-dev
    prometheus-cpp-dev librocksdb-dev libssl-dev libjwt-dev libxxhash-dev libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev)
check_packages=(openssl python3 python3-websockets python3-jwt python3-cryptography nodejs node-ws node-ajv node-js-yaml git zsh groff
    prometheus prometheus-pushgateway)
all_packages=(clang-14 libclang-rt-14-dev npm chromium)

# install PACKAGE...: those that dpkg does not know as installed.
install_missing() {
    local package missing=()
    command -v apt-get >/dev/null || die "this machine has no apt-get; install by hand (Debian names): $*"
    for package in "$@"; do
        # a program of that name from elsewhere serves as well (node from another source, say)
        if [[ $package == nodejs ]] && command -v node >/dev/null; then continue; fi
        if [[ $package == npm ]] && command -v npm >/dev/null; then continue; fi
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    local as_root=()
    if [[ $(id -u) != 0 ]]; then
        command -v sudo >/dev/null || die "missing packages; as root run: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing ${#missing[@]} packages (1-3 minutes): ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        die "apt-get could not install: ${missing[*]}"
}

# configure PRESET [-DOPTION=VALUE...]: quick when nothing changed.
configure() {
    local log
    log=$(mktemp)
    say "configuring ($1)"
    cmake --preset "$@" >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; die "CMake failed"; }
    rm -f "$log"
}

# build PRESET [TARGET...]
build() {
    local preset=$1
    shift
    [[ -f build/$preset/build.ninja ]] || configure "$preset"
    say "building ($preset; the first time 5-10 minutes on 2 cores, then seconds)"
    cmake --build "build/$preset" ${1:+--target "$@"} -- --quiet
}

# Every live connection is a descriptor; a thousand is the usual soft limit and far too few.
raise_descriptors() {
    ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
    (($(ulimit -n) >= $1)) || die "needs $1 file descriptors, this shell may have $(ulimit -n): raise it with 'ulimit -n' or in /etc/security/limits.conf"
}
