// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <iostream>

#include "app/commands.h"
#include "app/roles.h"
#include "registry/server.h"
#include "registry/store.h"
#include "sys/clock.h"
#include "sys/random.h"
#include "sys/signals.h"

namespace skerry::app {
namespace {

Result<std::unique_ptr<registry::Store>> open_store(const Invocation& call) {
  registry::Store::Options options;
  options.blob_bytes_max =
      static_cast<std::uint64_t>(call.settings().bytes("registry.blob_bytes_max"));
  return registry::Store::open(sys::real_file_system(), sys::real_clock(), sys::system_random(),
                               sys::join_path(call.value("state"), "registry/store"), options);
}

Result<Output> serve(const Invocation& call) {
  const std::string& state = call.value("state");
  const std::unique_ptr<sys::StopSignal> stop = TRY(sys::StopSignal::install());
  const sys::FolderLock lock = TRY(sys::FolderLock::acquire(sys::join_path(state, "registry")));
  TRY(own_token(state));
  const std::unique_ptr<registry::Store> store = TRY(open_store(call));
  net::TokenFolder tokens(sys::real_file_system(), sys::join_path(state, "tokens"));
  const std::string& flag = call.value("--listen");
  net::Server::Options options = TRY(server_options(
      call.settings(), flag.empty() ? call.settings().text("registry.listen") : flag));
  registry::use_registry_errors(options);
  options.thread_name = "registry";
  const std::unique_ptr<net::Server> server =
      TRY(net::Server::start(std::move(options), registry::registry_routes(*store, {}), tokens));
  const AddressFile address = TRY(AddressFile::write(state, "registry", server->url()));
  std::cerr << fmt::format("registry  {}\n", server->url());
  stop->wait();
  server->stop(kStopGrace);
  return Output{};
}

Result<Output> collect(const Invocation& call) {
  const sys::FolderLock lock =
      TRY(sys::FolderLock::acquire(sys::join_path(call.value("state"), "registry")));
  const std::unique_ptr<registry::Store> store = TRY(open_store(call));
  const std::int64_t grace = TRY(call.integer("--grace-seconds"));
  if (grace < 0) return invalid_argument("--grace-seconds is negative");
  const registry::Store::Collected freed = TRY(store->collect(std::chrono::seconds(grace)));
  json::Object out;
  out["manifests"] = freed.manifests;
  out["blobs"] = freed.blobs;
  out["uploads"] = freed.uploads;
  out["bytes"] = freed.bytes;
  return Output{
      fmt::format("✓ freed {} manifests, {} blobs, {} uploads, {:.1f} MB\n", freed.manifests,
                  freed.blobs, freed.uploads, static_cast<double>(freed.bytes) / 1e6),
      std::move(out), 0};
}

}  // namespace

std::vector<Command> registry_commands() {
  return {{"registry serve",
           "Run the registry alone",
           {},
           {{"--listen", "HOST:PORT instead of registry.listen", ""}},
           serve},
          {"registry gc",
           "Free what nothing refers to; a running hub does this by itself",
           {},
           {{"--grace-seconds", "Keep what is younger", "86400"}},
           collect}};
}

}  // namespace skerry::app
