# Compiler, linker and warnings. Assertions stay on in every build type: NDEBUG is never defined.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
    message(FATAL_ERROR "hubbub needs g++ 12 or newer (found ${CMAKE_CXX_COMPILER_VERSION}): apt-get install g++-12")
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
    message(FATAL_ERROR "hubbub needs clang 14 or newer (found ${CMAKE_CXX_COMPILER_VERSION}): apt-get install clang-14")
endif()

find_program(HUBBUB_CCACHE ccache)
if(HUBBUB_CCACHE)
    # Paths below the source folder are hashed relative to it, so that several checkouts share the cache.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${HUBBUB_CCACHE})
endif()
find_program(HUBBUB_MOLD mold)
if(HUBBUB_MOLD)
    add_link_options(-fuse-ld=mold)
endif()

string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
string(REPLACE "-O3" "-O2" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
add_compile_options(-g1 -fno-omit-frame-pointer -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)

add_library(hubbub_warnings INTERFACE)
target_compile_options(hubbub_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(HUBBUB_SANITIZE)
    # g++ 12 sees uninitialized values in the standard library's own headers once sanitizers move code about; the release build judges warnings.
    target_compile_options(hubbub_warnings INTERFACE -Wno-maybe-uninitialized)
elseif(HUBBUB_WERROR)
    target_compile_options(hubbub_warnings INTERFACE -Werror)
endif()

if(HUBBUB_SANITIZE)
    add_compile_options(-fsanitize=${HUBBUB_SANITIZE} -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${HUBBUB_SANITIZE})
endif()
if(HUBBUB_FUZZ)
    # The libraries too: without counters in them the fuzzer would search blindly.
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
