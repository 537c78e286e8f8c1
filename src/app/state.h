// SPDX-License-Identifier: Apache-2.0
//
// Where things lie in the state folder:
//   hub/ registry/ sites/<id>/     one lock each, an `address` file while it serves
//   runs/<id>/                     finished training runs
//   tokens/<sha256>.json           who may call; client-token: the CLI's own, mode 0600
#pragma once

#include <map>
#include <memory>
#include <string>

#include "app/settings.h"
#include "base/result.h"
#include "net/auth.h"
#include "net/client.h"
#include "net/server.h"
#include "registry/registry.h"

namespace skerry::app {

// `flag`, else $XDG_STATE_HOME/skerry, else ~/.local/state/skerry; absolute, created with mode
// 0700.
Result<std::string> state_folder(const std::string& flag,
                                 const std::map<std::string, std::string>& environment);

// The CLI's own admin token, made at first use.
Result<std::string> own_token(const std::string& state);

// Leaves the address of a running role in `<state>/<role>/address`, and takes it away at the end.
class AddressFile {
 public:
  static Result<AddressFile> write(const std::string& state, const std::string& role,
                                   const std::string& url);
  AddressFile(AddressFile&& other) noexcept;
  AddressFile& operator=(AddressFile&&) = delete;
  ~AddressFile();

 private:
  explicit AddressFile(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// URL of a role running on this state folder. Errors: kUnavailable that says how to start it.
Result<std::string> address_of(const std::string& state, const std::string& role);

// The registry that the settings name: a remote one, or the embedded one that runs on this state
// folder.
Result<std::unique_ptr<registry::Registry>> open_registry(const Settings& settings,
                                                          const std::string& state,
                                                          net::Client& client);

// Listener options common to every role, from the settings. Errors: an unreadable certificate.
Result<net::Server::Options> server_options(const Settings& settings, const std::string& listen);

Result<std::unique_ptr<net::Client>> make_client(const Settings& settings);

// JSON call to the hub of this state folder with the CLI's own token. Errors: the hub's own.
Result<json::Value> call_hub(const Settings& settings, const std::string& state,
                             const std::string& method, const std::string& path,
                             const json::Value& body);

}  // namespace skerry::app
