#!/usr/bin/env bash
# usage: package.sh SETTINGS STEP [ARGS]   One test of the installed package, or of InferQueue inside another project.
# SETTINGS is build/PRESET/tests/consumers/settings.sh; the steps are the functions below. `install FLAVOUR` is first.
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"
# shellcheck source=tests/consumers/settings.sh.in
source "$1"
step=$2
shift 2
here=$root/tests/consumers
warnings=(-Wall -Wextra -Wpedantic -Werror)

prefix_of() { printf '%s' "$place/$1/moved here"; }

# What cmake does is of interest only where it fails.
quietly() {
  local log
  log=$(mktemp)
  "$@" >"$log" 2>&1 || {
    cat "$log"
    rm -f "$log"
    die "package: failed: $*"
  }
  rm -f "$log"
}

configure() {
  "$cmake" -G "$generator" -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" \
    -DOpenVINO_DIR="$openvino" -DCMAKE_EXPORT_NO_PACKAGE_REGISTRY=ON "$@"
}

# run_consumer PROGRAM   It checks itself; what it prints is checked here.
run_consumer() {
  local output
  output=$("$1") || die "package: $1 failed: $output"
  printf '%s\n' "$output"
  [[ $output == *"sum of squares: 9880"* ]] || die "package: $1 printed something else"
}

install() {
  local flavour=$1 from=$tree
  rm -rf "${place:?}/$flavour"
  mkdir -p "$place/$flavour"
  if [[ $flavour != "$tree_flavour" ]]; then
    from="$place/build $flavour"
    quietly configure -S "$root" -B "$from" -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_LIBDIR="$libdir" \
      -DBUILD_SHARED_LIBS="$([[ $flavour == shared ]] && echo ON || echo OFF)" \
      -DINFERQUEUE_BUILD_CLI=OFF -DINFERQUEUE_BUILD_TESTS=OFF -DINFERQUEUE_WARNINGS_AS_ERRORS=ON
    quietly "$cmake" --build "$from" --parallel "$jobs"
  fi
  quietly "$cmake" --install "$from" --prefix "$place/$flavour/installed here"
  mv "$place/$flavour/installed here" "$(prefix_of "$flavour")"
}

# The prefix holds what it should and nothing else, and no file says where it was built or installed.
files() {
  local flavour=$1 prefix=
  prefix=$(prefix_of "$flavour")
  local type=release
  [[ $flavour != "$tree_flavour" ]] || type=${tree_type,,}
  {
    (cd "$root/include" && find . -name '*.hpp' -printf 'include/%P\n')
    printf '%s\n' "$libdir"/cmake/InferQueue/InferQueue{Config,ConfigVersion,Targets,"Targets-$type"}.cmake \
      "$libdir/pkgconfig/inferqueue.pc" share/doc/inferqueue/{LICENSE,library.md,queue.md}
    if [[ $flavour == shared ]]; then
      printf '%s\n' "$libdir"/libinferqueue.so{,".$soversion",".$version"}
    else
      echo "$libdir/libinferqueue.a"
    fi
    if [[ $flavour == "$tree_flavour" && $tree_has_command == ON ]]; then
      printf '%s\n' bin/inferqueue "$libdir/inferqueue/inferqueue-media-$version.so" share/doc/inferqueue/detect.md
    fi
  } | LC_ALL=C sort >"$place/$flavour/files.expected"
  (cd "$prefix" && find . ! -type d -printf '%P\n' | LC_ALL=C sort) >"$place/$flavour/files.found"
  diff -u "$place/$flavour/files.expected" "$place/$flavour/files.found" ||
    die "package: what is installed (+) is not what should be (-): cmake/InferQueueInstall.cmake against this script"

  # Where OpenVINO lies has to be said in the .pc file, and may be below the sources.
  local text found
  while IFS= read -r text; do
    found=$(sed "s|$(dirname "$openvino")||g" "$text" | grep -nF -e "$root" -e "$tree" -e "$place") || continue
    die "package: $text names a folder of the machine that built it:" "$found"
  done < <(grep -rIl '' "$prefix")
  echo "$(wc -l <"$place/$flavour/files.found") files"
}

find_package() {
  local flavour=$1 project="$place/$1/find_package project"
  mkdir -p "$project"
  cp "$here/consumer.cpp" "$here/find_package/CMakeLists.txt" "$project"
  quietly configure -S "$project" -B "$project/build" -DCMAKE_PREFIX_PATH="$(prefix_of "$flavour")" \
    -DFLAVOUR="${flavour^^}_LIBRARY"
  quietly "$cmake" --build "$project/build"
  run_consumer "$project/build/consumer"
}

# find_package() says what is wrong: no OpenVINO, another OpenVINO than InferQueue was built with, another version.
refused() {
  local flavour=$1 project="$place/$1/refused project" other="$place/$1/another OpenVINO"
  mkdir -p "$project" "$other"
  cp "$here/consumer.cpp" "$project"
  echo 'set(OpenVINO_FOUND TRUE)' >"$other/OpenVINOConfig.cmake"
  printf '%s\n' 'set(PACKAGE_VERSION 2021.1.0)' 'set(PACKAGE_VERSION_COMPATIBLE TRUE)' \
    >"$other/OpenVINOConfig-version.cmake"

  expect_refusal() {
    local version=$1 expected=$2 said
    shift 2
    rm -rf "$project/build"
    sed "s/InferQueue 0\.1 CONFIG/InferQueue $version CONFIG/" "$here/find_package/CMakeLists.txt" \
      >"$project/CMakeLists.txt"
    if said=$(configure -S "$project" -B "$project/build" -DCMAKE_PREFIX_PATH="$(prefix_of "$flavour")" "$@" 2>&1); then
      die "package: find_package(InferQueue $version) with $* should be refused"
    fi
    said=$(tr -s '[:space:]' ' ' <<<"$said")
    [[ $said == *"$expected"* ]] || die "package: '$expected' was expected; CMake says:" "$said"
    echo "refused: $expected"
  }
  expect_refusal 0.1 "OpenVINO_DIR to the folder of its OpenVINOConfig.cmake" -DCMAKE_DISABLE_FIND_PACKAGE_OpenVINO=ON
  expect_refusal 0.1 "but OpenVINO 2021.1.0 was found in $other" -DOpenVINO_DIR="$other"
  expect_refusal 0.2 "compatible with requested version"
  expect_refusal 1.0 "compatible with requested version"
}

# Reads what pkg-config says of inferqueue into `flags`, as docs/library.md tells: it escapes spaces, for the shell.
read_flags() {
  local flavour=$1 answer
  shift
  command -v pkg-config >/dev/null || {
    echo "skipped: there is no pkg-config"
    exit 77
  }
  PKG_CONFIG_PATH=$(prefix_of "$flavour")/$libdir/pkgconfig:$openvino_libdir/pkgconfig
  export PKG_CONFIG_PATH
  answer=$(pkg-config "$@" inferqueue)
  eval "flags=($answer)"
  # OpenVINO's own .pc file has -I, which leaves on the warnings in its headers.
  [[ $(pkg-config --print-requires inferqueue) != *openvino* ]] || warnings=()
}

pkg_config() {
  local flavour=$1 prefix program="$place/$1/pkg_config consumer" flags run_path
  prefix=$(prefix_of "$flavour")
  read_flags "$flavour" --cflags --libs
  [[ $(pkg-config --modversion inferqueue) == "$version" ]] || die "package: inferqueue.pc has another version"
  run_path=$(pkg-config --variable=openvino_libdir inferqueue)
  [[ -n $run_path ]] || run_path=$(pkg-config --variable=libdir openvino)
  quietly "$compiler" -std=c++20 ${warnings[@]+"${warnings[@]}"} "$here/consumer.cpp" "${flags[@]}" \
    "-Wl,-rpath,$prefix/$libdir,-rpath,${run_path//\\/}" -o "$program"
  run_consumer "$program"
}

# Every installed header compiles alone, with nothing but the package's own flags.
headers() {
  local flags include
  include=$(prefix_of "$1")/include
  read_flags "$1" --cflags
  # shellcheck disable=SC2016
  (cd "$include" && find . -name '*.hpp' -printf '%P\0') | xargs -0 -P "$jobs" -I{} bash -c '
    echo "#include <$1>" | "${@:2}" -fsyntax-only -x c++ - || {
      echo "package: the installed $1 does not compile alone"
      exit 1
    }' headers {} "$compiler" -std=c++20 ${warnings[@]+"${warnings[@]}"} "${flags[@]}"
}

# symbols FLAVOUR [--update]   The shared library shows what symbols.txt lists. --update writes the list.
symbols() {
  local library list=$here/symbols.txt found="$place/symbols.found"
  library="$(prefix_of "$1")/$libdir/libinferqueue.so"
  readelf -d "$library" | grep -qF "[libinferqueue.so.$soversion]" || die "package: $library has another SONAME"
  # One line per name, whatever constructors and destructors it stands for; some demanglers write `>>` for `> >`.
  nm --dynamic --defined-only --demangle "$library" | cut -d' ' -f3- | sed ':again; s/> >/>>/; t again' |
    LC_ALL=C sort -u >"$found"
  [[ ${2:-} != --update ]] || cp "$found" "$list"
  diff -u "$list" "$found" || die "" \
    "package: the shared library shows other symbols (+) than tests/consumers/symbols.txt lists (-)." \
    "- A symbol of the public API that is new, changed or gone is a change of the ABI: programs built before may need" \
    "  it. If it is meant, say so with the new list and, unless symbols have only been added, a new minor version:" \
    "    tests/consumers/package.sh ${tree#"$root/"}/tests/consumers/settings.sh symbols shared --update" \
    "- Anything else has leaked out: hide it with src/openvino/inferqueue.map, or INFERQUEUE_INTERNAL in its header."
  echo "$(wc -l <"$list") symbols"
}

# subproject BY SHARED   InferQueue built as part of another project, which does without what only the command needs and
# compiles several files at once; BY is add_subdirectory or FetchContent.
subproject() {
  local by=$1 shared=$2 project="$place/$1 project" package without=()
  mkdir -p "$project"
  cp "$here/consumer.cpp" "$here/subproject/CMakeLists.txt" "$project"
  ln -sfn "$root" "$project/the sources"
  for package in OpenCV fmt CLI11 nlohmann_json GTest benchmark; do
    without+=("-DCMAKE_DISABLE_FIND_PACKAGE_$package=ON")
  done
  rm -f "$project/build/CMakeCache.txt" # so that what it leaves in the cache is seen each time
  quietly configure -S "$project" -B "$project/build" -DBY="$by" -DINFERQUEUE_SOURCE="$project/the sources" \
    -DBUILD_SHARED_LIBS="$shared" -DCMAKE_UNITY_BUILD=ON -DFETCHCONTENT_FULLY_DISCONNECTED=ON "${without[@]}"
  quietly "$cmake" --build "$project/build" --parallel "$jobs"
  run_consumer "$project/build/consumer"
}

# The installed command runs where it has been moved to, without help from the environment.
command_runs() {
  local found
  found=$(env -u LD_LIBRARY_PATH "$(prefix_of "$1")/bin/inferqueue" detect --model "$root/models/shapes/shapes.xml" \
    --source "$root/samples/party.jpg" --json - --nosave)
  [[ $found == *'"class_name":"heart"'* ]] || die "package: the installed command has found nothing:" "$found"
}

case $step in
  install | files | find_package | refused | pkg_config | headers | symbols | subproject | command_runs) "$step" "$@" ;;
  *) die "package: there is no step '$step'" ;;
esac
