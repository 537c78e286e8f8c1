// SPDX-License-Identifier: Apache-2.0
//
// Starts the long-running roles from the settings; shared by hub run, registry serve, site run, up
// and demo.
#pragma once

#include <memory>
#include <string>

#include "app/settings.h"
#include "app/state.h"
#include "base/result.h"
#include "loop/hub.h"
#include "net/auth.h"
#include "sys/files.h"

namespace skerry::app {

// Time that running requests get when a role stops.
inline constexpr std::chrono::seconds kStopGrace{10};

// A hub with its locks and address files, as long as this object lives.
class HubRole {
 public:
  // Errors: another process on the state folder, a port in use.
  static Result<std::unique_ptr<HubRole>> start(const Settings& settings, const std::string& state,
                                                const std::string& hub_listen,
                                                const std::string& registry_listen);

  loop::Hub& hub() { return *hub_; }
  net::TokenFolder& tokens() { return tokens_; }

 private:
  HubRole(const std::string& state, sys::FolderLock hub_lock, sys::FolderLock registry_lock);

  sys::FolderLock hub_lock_;
  sys::FolderLock registry_lock_;
  net::TokenFolder tokens_;
  std::unique_ptr<loop::Hub> hub_;
  std::vector<AddressFile> addresses_;
};

// "127.0.0.1:8120" for "127.0.0.1:8100" and 20; port 0 stays 0. Errors: kInvalidArgument.
Result<std::string> shift_port(const std::string& listen, int by);

}  // namespace skerry::app
