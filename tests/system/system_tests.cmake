# Tests that run the finished program, or read the source tree, as strangers do. They need python3, which ./check installs and asks for;
# whoever only builds does not need it.
if(NOT HUBBUB_SYSTEM_TESTS)
    return()
endif()
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
add_test(NAME layering COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tests/layering.py)

# One script, one test; each prints what it found and exits 0 or 1.
file(GLOB system_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/system/*_test.py)
foreach(script ${system_tests})
    get_filename_component(name ${script} NAME_WE)
    add_test(NAME system.${name} COMMAND Python3::Interpreter ${script})
    set_tests_properties(system.${name} PROPERTIES TIMEOUT 600 ENVIRONMENT "HUBBUB=$<TARGET_FILE:hubbub>")
endforeach()

# Mutants of the checker: each must be killed. It needs the plain libraries of this build.
if(NOT HUBBUB_SANITIZE)
    add_test(NAME checker_mutants
             COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tests/loadgen/checker_mutants.py --build ${CMAKE_BINARY_DIR})
    set_tests_properties(checker_mutants PROPERTIES TIMEOUT 1800 RUN_SERIAL TRUE)
endif()
