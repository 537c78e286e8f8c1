// SPDX-License-Identifier: Apache-2.0
#include "app/roles.h"

#include <charconv>

#include "sys/clock.h"
#include "sys/random.h"

namespace skerry::app {

HubRole::HubRole(const std::string& state, sys::FolderLock hub_lock, sys::FolderLock registry_lock)
    : hub_lock_(std::move(hub_lock)),
      registry_lock_(std::move(registry_lock)),
      tokens_(sys::real_file_system(), sys::join_path(state, "tokens")) {}

Result<std::unique_ptr<HubRole>> HubRole::start(const Settings& settings, const std::string& state,
                                                const std::string& hub_listen,
                                                const std::string& registry_listen) {
  sys::FolderLock hub_lock = TRY(sys::FolderLock::acquire(sys::join_path(state, "hub")));
  sys::FolderLock registry_lock = TRY(sys::FolderLock::acquire(sys::join_path(state, "registry")));
  TRY(own_token(state));
  std::unique_ptr<HubRole> role(new HubRole(state, std::move(hub_lock), std::move(registry_lock)));
  loop::HubOptions options;
  options.registry_folder = sys::join_path(state, "registry/store");
  options.enrolled_folder = sys::join_path(state, "hub/sites");
  options.store.blob_bytes_max =
      static_cast<std::uint64_t>(settings.bytes("registry.blob_bytes_max"));
  options.store.upload_idle_max = std::chrono::duration_cast<std::chrono::hours>(
      std::chrono::milliseconds(settings.milliseconds("registry.upload_ttl")));
  options.registry = TRY(server_options(settings, registry_listen));
  options.api = TRY(server_options(settings, hub_listen));
  options.intervals.poll = std::chrono::milliseconds(settings.milliseconds("hub.poll"));
  const loop::HubTools tools{sys::real_file_system(), sys::real_clock(), sys::system_random(),
                             role->tokens_};
  role->hub_ = TRY(loop::Hub::start(tools, std::move(options)));
  role->addresses_.push_back(TRY(AddressFile::write(state, "hub", role->hub_->api_url())));
  role->addresses_.push_back(
      TRY(AddressFile::write(state, "registry", role->hub_->registry_url())));
  return role;
}

Result<std::string> shift_port(const std::string& listen, int by) {
  const auto colon = listen.rfind(':');
  int port = 0;
  const char* begin = listen.data() + (colon == std::string::npos ? listen.size() : colon + 1);
  const auto [end, code] = std::from_chars(begin, listen.data() + listen.size(), port);
  if (colon == std::string::npos || code != std::errc() || end != listen.data() + listen.size() ||
      port < 0 || (port > 0 && port + by > 65535)) {
    return invalid_argument("\"" + listen + "\" is not HOST:PORT");
  }
  if (port == 0) return listen;
  return listen.substr(0, colon + 1) + std::to_string(port + by);
}

}  // namespace skerry::app
