# SPDX-License-Identifier: Apache-2.0
# Third-party packages by the names that layers.txt uses, as interface targets skerry_package_<name>.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(simdjson REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(Protobuf REQUIRED)

function(skerry_package name)
  add_library(skerry_package_${name} INTERFACE)
  target_link_libraries(skerry_package_${name} INTERFACE ${ARGN})
endfunction()

skerry_package(fmt fmt::fmt)
skerry_package(spdlog spdlog::spdlog)
skerry_package(crypto OpenSSL::Crypto)
skerry_package(ssl OpenSSL::SSL)
skerry_package(curl CURL::libcurl)
skerry_package(zlib ZLIB::ZLIB)
skerry_package(boost_json Boost::json)
skerry_package(boost_net Boost::url)
target_compile_definitions(skerry_package_boost_net INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
skerry_package(simdjson simdjson::simdjson)
skerry_package(yaml_cpp yaml-cpp)
skerry_package(cli11 CLI11::CLI11)

# ONNX Runtime: only its C header is built against; the library is opened at run time, and a link beside
# the programs lets them find it without a setting.
set(SKERRY_ONNXRUNTIME_ROOT "${CMAKE_SOURCE_DIR}/.deps/onnxruntime" CACHE PATH
  "Folder with include/onnxruntime_c_api.h and lib/libonnxruntime.so.1, laid out by ./dev setup")
skerry_package(onnxruntime ${CMAKE_DL_LIBS})
target_include_directories(skerry_package_onnxruntime SYSTEM INTERFACE
  ${SKERRY_ONNXRUNTIME_ROOT}/include)
if(EXISTS ${SKERRY_ONNXRUNTIME_ROOT}/lib/libonnxruntime.so.1)
  file(CREATE_LINK ${SKERRY_ONNXRUNTIME_ROOT}/lib/libonnxruntime.so.1
    ${CMAKE_BINARY_DIR}/libonnxruntime.so.1 SYMBOLIC)
endif()

find_path(XGBOOST_INCLUDE_DIR xgboost/c_api.h REQUIRED)
find_library(XGBOOST_LIBRARY xgboost REQUIRED)
skerry_package(xgboost ${XGBOOST_LIBRARY})
target_include_directories(skerry_package_xgboost SYSTEM INTERFACE ${XGBOOST_INCLUDE_DIR})

find_path(ONNX_INCLUDE_DIR onnx/onnx_pb.h REQUIRED)
find_library(ONNX_LIBRARY onnx REQUIRED)
find_library(ONNX_PROTO_LIBRARY onnx_proto REQUIRED)
skerry_package(onnx ${ONNX_LIBRARY} ${ONNX_PROTO_LIBRARY} protobuf::libprotobuf)
target_include_directories(skerry_package_onnx SYSTEM INTERFACE ${ONNX_INCLUDE_DIR})
target_compile_definitions(skerry_package_onnx INTERFACE ONNX_ML=1 ONNX_NAMESPACE=onnx)
