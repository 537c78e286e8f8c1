# SPDX-License-Identifier: Apache-2.0
# Tests that are no test program: the rules of the tree, and the scripts that run real clients and servers.

find_package(Python3 REQUIRED COMPONENTS Interpreter)

add_test(NAME tidy.Tree COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/tidy)
add_test(NAME tidy.FindsEachViolation COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/tidy_test.py)

# tests/peers/<name>.sh starts a real peer on a free loopback port and checks against it. It skips with
# status 77 and one plain line where the peer is not installed. It finds our programs in SKERRY_BUILD, the
# Python environments of tools/setup in SKERRY_DEPS, and docker-registry and the conformance suite on PATH.
file(GLOB peers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/peers/*.sh)
foreach(script IN LISTS peers)
  get_filename_component(name ${script} NAME_WE)
  add_test(NAME peers.${name} COMMAND bash ${script})
  set_tests_properties(peers.${name} PROPERTIES LABELS peers SKIP_RETURN_CODE 77 TIMEOUT 300
    ENVIRONMENT "SKERRY_BUILD=${CMAKE_BINARY_DIR};SKERRY_DEPS=${CMAKE_SOURCE_DIR}/.deps"
    ENVIRONMENT_MODIFICATION "PATH=path_list_prepend:${CMAKE_SOURCE_DIR}/.deps/bin")
endforeach()
