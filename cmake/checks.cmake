# SPDX-License-Identifier: Apache-2.0
# Tests that are no test program: the rules of the tree, and the scripts that run real clients and servers.

find_package(Python3 REQUIRED COMPONENTS Interpreter)

add_test(NAME tidy.Tree COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/tidy)
add_test(NAME tidy.FindsEachViolation COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/tidy_test.py)

# tests/peers/<name>.sh runs a real client or server against ours on a free loopback port. It skips with
# status 77 and one plain line where the peer is not installed; what tools/setup put into .deps/ is found by
# SKERRY_DEPS. Scripts of that folder that are not named here are run by a test program.
function(skerry_add_peer_test name)
  add_test(NAME peers.${name} COMMAND bash ${CMAKE_SOURCE_DIR}/tests/peers/${name}.sh ${ARGN})
  set_tests_properties(peers.${name} PROPERTIES LABELS peers SKIP_RETURN_CODE 77 TIMEOUT 300
    ENVIRONMENT SKERRY_DEPS=${CMAKE_SOURCE_DIR}/.deps)
endfunction()

skerry_add_peer_test(registry_oci_conformance $<TARGET_FILE:skerry>)
skerry_add_peer_test(registry_skopeo $<TARGET_FILE:skerry>)
skerry_add_peer_test(serve_tritonclient $<TARGET_FILE:serve_http_bench>)
skerry_add_peer_test(images $<TARGET_FILE:skerry>)
