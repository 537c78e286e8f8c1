// SPDX-License-Identifier: Apache-2.0
//
// Serves one ONNX file over Open Inference Protocol on a free port, one reactor, until its standard
// input ends: the side of Skerry in bench/serve_http_bench.py and
// tests/peers/serve_tritonclient.sh. Prints the URL. The token is "bench".
//
//   serve_http_bench MODEL.onnx [NAME=bench]
#include <unistd.h>

#include <cstdio>
#include <string>

#include "base/check.h"
#include "net/server.h"
#include "serve/oip_routes.h"
#include "serve/onnx/runtime.h"
#include "sys/clock.h"
#include "sys/files.h"

namespace {

using namespace skerry;

class OneToken final : public net::Authenticator {
 public:
  Result<net::Principal> authenticate(std::string_view token) override {
    if (token == "bench") return net::Principal{net::Role::kClient, ""};
    return Error(Code::kUnauthenticated, "unknown token");
  }
};

Status run(const char* path, const std::string& name) {
  const auto runtime = TRY(serve::onnx::open_onnx_runtime(
      {.library_paths = {SKERRY_SOURCE_DIR "/.deps/onnxruntime/lib/libonnxruntime.so.1"}}));
  const std::string file = TRY(sys::read_file(sys::real_file_system(), path, 512u << 20));
  serve::ModelRepository models;
  const auto refused = models.aspire(
      {{name, 1, "", true, [&] { return serve::load_graph(*runtime, name, 1, file); }}});
  if (!refused.empty()) return refused[0].second;
  OneToken tokens;
  std::vector<net::Route> routes =
      serve::oip_routes(models, sys::real_clock(), {.server_version = "bench"});
  routes.push_back(serve::metrics_route(models));
  const auto server = TRY(net::Server::start({}, std::move(routes), tokens));
  std::printf("%s\n", server->url().c_str());
  std::fflush(stdout);
  char ignored[64];
  while (::read(STDIN_FILENO, ignored, sizeof ignored) > 0) {
  }
  return ok_status();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "serve_http_bench MODEL.onnx [NAME]\n"), 2;
  const Status status = run(argv[1], argc > 2 ? argv[2] : "bench");
  if (!status) std::fprintf(stderr, "%s\n", status.error().to_string().c_str());
  return status ? 0 : 1;
}
