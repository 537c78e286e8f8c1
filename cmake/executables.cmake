# SPDX-License-Identifier: Apache-2.0
# Two programs from one source, told apart by their wiring: skerry has every role, skerry-site only what a
# site links (the site image carries it).

if(EXISTS ${CMAKE_SOURCE_DIR}/src/app/skerry_main.cc)
  add_executable(skerry src/app/skerry_main.cc)
  target_link_libraries(skerry PRIVATE skerry_app)
endif()
if(EXISTS ${CMAKE_SOURCE_DIR}/src/app/site_main.cc)
  add_executable(skerry-site src/app/site_main.cc)
  target_link_libraries(skerry-site PRIVATE skerry_app)
endif()
