// SPDX-License-Identifier: Apache-2.0
//
// Switches models every second at half of saturation, over HTTP on one machine: no request may
// fail, and the slowest hundredth may take at most twice as long as without switching. Each switch
// reads the file, loads it beside the one in service and unloads the one before, as an agent does.
//
//   serve_switch_bench MODEL.onnx FEATURES [seconds=60]
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "base/check.h"
#include "net/client.h"
#include "net/server.h"
#include "serve/oip_routes.h"
#include "serve/onnx/runtime.h"
#include "sys/clock.h"
#include "sys/files.h"

namespace {

using namespace skerry;
using std::chrono::microseconds;
using std::chrono::seconds;

class AnyToken final : public net::Authenticator {
 public:
  Result<net::Principal> authenticate(std::string_view) override {
    return net::Principal{net::Role::kClient, ""};
  }
};

struct Round {
  std::uint64_t requests = 0;
  std::uint64_t failed = 0;
  microseconds p50{0};
  microseconds p99{0};
};

// One client; sends a request every `interval` (zero: as fast as answers come) for `length`.
Round load(const std::string& url, const std::string& body, microseconds interval, seconds length) {
  const auto client = *net::Client::create({});
  net::ClientRequest request;
  request.method = "POST";
  request.url = url + "/v2/models/bench/infer";
  request.body = body;
  request.headers.add("Authorization", "Bearer x");
  std::vector<microseconds> latencies;
  Round round;
  sys::Clock& clock = sys::real_clock();
  const sys::SteadyTime start = clock.steady_now();
  for (sys::SteadyTime next = start; next < start + length;
       next = std::max(next + interval, interval.count() ? next : clock.steady_now())) {
    std::this_thread::sleep_until(next);
    const auto answer = client->send(request);
    // From when it was due: a stall counts for every request that it held up.
    latencies.push_back(std::chrono::duration_cast<microseconds>(clock.steady_now() - next));
    if (!answer || answer->status != 200) ++round.failed;
  }
  std::ranges::sort(latencies);
  round.requests = latencies.size();
  round.p50 = latencies[latencies.size() / 2];
  round.p99 = latencies[latencies.size() * 99 / 100];
  return round;
}

void print(const char* name, const Round& round) {
  std::printf("%-22s %8llu requests, %llu failed, p50 %lld us, p99 %lld us\n", name,
              static_cast<unsigned long long>(round.requests),
              static_cast<unsigned long long>(round.failed),
              static_cast<long long>(round.p50.count()), static_cast<long long>(round.p99.count()));
}

std::string request_body(std::size_t features) {
  std::string body = R"({"inputs":[{"name":"features","datatype":"FP32","shape":[1,)" +
                     std::to_string(features) + R"(],"data":[)";
  for (std::size_t i = 0; i < features; ++i)
    body += (i > 0 ? "," : "") + std::to_string(100 + i) + ".5";
  return body + "]}]}";
}

// Puts the next version in service every second, the one before kept, until told to stop.
void switch_every_second(serve::ModelRepository& models, serve::Runtime& runtime,
                         const std::string& path, std::atomic<bool>& stop,
                         std::atomic<int>& switches) {
  const auto line = [&](std::int64_t version, bool answers) {
    return serve::AspiredVersion{"bench", version, "", answers, [&runtime, &path, version] {
                                   const std::string file =
                                       *sys::read_file(sys::real_file_system(), path, 512u << 20);
                                   return serve::load_graph(runtime, "bench", version, file);
                                 }};
  };
  std::int64_t version = 1;
  for (auto next = std::chrono::steady_clock::now(); !stop; next += seconds(1), ++version) {
    SKERRY_CHECK(models.aspire({line(version, false), line(version + 1, true)}).empty());
    ++switches;
    std::this_thread::sleep_until(next + seconds(1));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3)
    return std::fprintf(stderr, "serve_switch_bench MODEL.onnx FEATURES [seconds]\n"), 2;
  const seconds length(argc > 3 ? std::atoi(argv[3]) : 60);
  const std::string path = argv[1];
  const std::string body = request_body(std::strtoul(argv[2], nullptr, 10));
  auto runtime = serve::onnx::open_onnx_runtime(
      {.library_paths = {SKERRY_SOURCE_DIR "/.deps/onnxruntime/lib/libonnxruntime.so.1"}});
  SKERRY_CHECK(runtime.ok());
  const std::string file = *sys::read_file(sys::real_file_system(), path, 512u << 20);
  serve::ModelRepository models;
  SKERRY_CHECK(models
                   .aspire({{"bench", 1, "", true,
                             [&] { return serve::load_graph(**runtime, "bench", 1, file); }}})
                   .empty());
  AnyToken tokens;
  const auto server =
      *net::Server::start({}, serve::oip_routes(models, sys::real_clock(), {}), tokens);

  const Round full = load(server->url(), body, microseconds(0), seconds(5));
  print("saturation, 1 client", full);
  const microseconds interval(2 * 5'000'000 / static_cast<long>(full.requests));
  const Round calm = load(server->url(), body, interval, length);
  print("half, one model", calm);
  std::atomic<bool> stop{false};
  std::atomic<int> switches{0};
  Round switching;
  {
    const std::jthread agent([&] { switch_every_second(models, **runtime, path, stop, switches); });
    switching = load(server->url(), body, interval, length);
    stop = true;
  }
  print("half, switching", switching);
  std::printf("%d switches, p99 ratio %.2f\n", switches.load(),
              static_cast<double>(switching.p99.count()) / static_cast<double>(calm.p99.count()));
  return full.failed + calm.failed + switching.failed == 0 ? 0 : 1;
}
