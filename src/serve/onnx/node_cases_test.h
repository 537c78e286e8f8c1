// SPDX-License-Identifier: Apache-2.0
//
// ONNX's own test data (Debian's libonnx-testdata): a model, inputs and expected outputs for each
// case. For tests alone. Threads: pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/tensor.h"
#include "serve/onnx/tensor_proto_test.h"
#include "sys/files.h"

namespace skerry::serve::onnx {

struct NodeCase {
  std::string name;
  std::string folder;
};

// Every case, or nothing where the package is not installed.
inline std::vector<NodeCase> node_cases() {
  sys::FileSystem& fs = sys::real_file_system();
  std::vector<NodeCase> cases;
  for (const std::string group : {"node", "simple", "pytorch-operator", "pytorch-converted"}) {
    const std::string folder = "/usr/share/libonnx-testdata/data/" + group;
    const auto names = fs.list(folder);
    if (!names) continue;
    for (const std::string& name : *names) {
      if (sys::exists(fs, folder + "/" + name + "/model.onnx"))
        cases.push_back({name, folder + "/" + name});
    }
  }
  return cases;
}

inline std::string read_test_file(const std::string& path) {
  return *sys::read_file(sys::real_file_system(), path, 256u << 20);
}

// The tensors "<prefix>0.pb", "<prefix>1.pb", ... of a case; nullopt where one is no tensor.
inline std::optional<std::vector<Tensor>> read_tensors(const NodeCase& node,
                                                       const std::string& prefix) {
  std::vector<Tensor> tensors;
  for (int i = 0;; ++i) {
    const std::string path = node.folder + "/test_data_set_0/" + prefix + std::to_string(i) + ".pb";
    if (!sys::exists(sys::real_file_system(), path)) return tensors;
    auto tensor = read_tensor_proto(read_test_file(path));
    if (!tensor) return std::nullopt;
    tensors.push_back(*std::move(tensor));
  }
}

}  // namespace skerry::serve::onnx
