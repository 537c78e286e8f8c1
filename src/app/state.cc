// SPDX-License-Identifier: Apache-2.0
#include "app/state.h"

#include <filesystem>

#include "base/log.h"
#include "registry/remote/client.h"
#include "sys/files.h"
#include "sys/random.h"

namespace skerry::app {
namespace {

constexpr std::size_t kSmallFileBytesMax = 64u << 10;

std::string variable(const std::map<std::string, std::string>& environment,
                     const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

Result<std::string> default_state_folder(const std::map<std::string, std::string>& environment) {
  if (const std::string xdg = variable(environment, "XDG_STATE_HOME"); !xdg.empty()) {
    return sys::join_path(xdg, "skerry");
  }
  if (const std::string home = variable(environment, "HOME"); !home.empty()) {
    return sys::join_path(home, ".local/state/skerry");
  }
  return failed_precondition("no state folder: set SKERRY_STATE or HOME, or pass --state");
}

std::string token_path(const std::string& state) { return sys::join_path(state, "client-token"); }

}  // namespace

Result<std::string> state_folder(const std::string& flag,
                                 const std::map<std::string, std::string>& environment) {
  const std::string path = flag.empty() ? TRY(default_state_folder(environment)) : flag;
  std::error_code code;
  const std::string absolute = std::filesystem::absolute(path, code).string();
  if (code) return invalid_argument("state folder: " + code.message());
  return absolute;
}

Result<std::string> own_token(const std::string& state) {
  sys::FileSystem& fs = sys::real_file_system();
  const Result<std::string> stored = sys::read_file(fs, token_path(state), kSmallFileBytesMax);
  if (stored.ok()) return *stored;
  if (stored.error().code() != Code::kNotFound) return stored.error();
  net::TokenFolder tokens(fs, sys::join_path(state, "tokens"));
  const std::string token =
      TRY(tokens.create(net::Principal{net::Role::kAdmin, ""}, sys::system_random()));
  TRY(sys::write_file_atomically(fs, token_path(state), token, 0600));
  return token;
}

Result<AddressFile> AddressFile::write(const std::string& state, const std::string& role,
                                       const std::string& url) {
  const std::string folder = sys::join_path(state, role);
  sys::FileSystem& fs = sys::real_file_system();
  TRY(fs.make_directories(folder));
  std::string path = sys::join_path(folder, "address");
  TRY(sys::write_file_atomically(fs, path, url));
  return AddressFile(std::move(path));
}

AddressFile::AddressFile(AddressFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}

AddressFile::~AddressFile() {
  if (path_.empty()) return;
  if (const Status removed = sys::real_file_system().remove(path_); !removed.ok()) {
    log::warning("{}", removed.error().to_string());
  }
}

Result<std::string> address_of(const std::string& state, const std::string& role) {
  const Result<std::string> url =
      sys::read_file(sys::real_file_system(),
                     sys::join_path(sys::join_path(state, role), "address"), kSmallFileBytesMax);
  if (url.ok()) return *url;
  return unavailable("no " + role + " runs on the state folder " + state +
                     "; start one with \"skerry up\"");
}

Result<std::unique_ptr<registry::Registry>> open_registry(const Settings& settings,
                                                          const std::string& state,
                                                          net::Client& client) {
  registry::RemoteRegistry::Options options;
  options.url = settings.text("registry.url");
  options.credentials.username = settings.text("registry.user");
  options.credentials.password = settings.text("registry.password");
  if (options.url.empty()) {
    options.url = TRY(address_of(state, "registry"));
    options.credentials.token = TRY(own_token(state));
  }
  return std::unique_ptr<registry::Registry>(
      TRY(registry::RemoteRegistry::create(client, sys::real_clock(), std::move(options))));
}

Result<net::Server::Options> server_options(const Settings& settings, const std::string& listen) {
  net::Server::Options options;
  options.listen = listen;
  std::string hosts = settings.text("http.allowed_hosts");
  while (!hosts.empty()) {
    const auto comma = hosts.find(',');
    if (comma != 0) options.allowed_hosts.push_back(hosts.substr(0, comma));
    hosts.erase(0, comma == std::string::npos ? hosts.size() : comma + 1);
  }
  const std::string& certificate = settings.text("tls.certificate");
  const std::string& key = settings.text("tls.key");
  if (certificate.empty() != key.empty()) {
    return invalid_argument("tls.certificate and tls.key are set together or not at all");
  }
  if (!certificate.empty()) {
    options.tls = std::make_shared<const net::TlsFiles>(net::TlsFiles{certificate, key});
  }
  return options;
}

Result<std::unique_ptr<net::Client>> make_client(const Settings& settings) {
  net::Client::Options options;
  options.ca_file = settings.text("tls.ca");
  return net::Client::create(std::move(options));
}

Result<json::Value> call_hub(const Settings& settings, const std::string& state,
                             const std::string& method, const std::string& path,
                             const json::Value& body) {
  const std::unique_ptr<net::Client> client = TRY(make_client(settings));
  net::ClientRequest request;
  request.method = method;
  request.url = TRY(address_of(state, "hub")) + path;
  request.headers.set("Authorization", "Bearer " + TRY(own_token(state)));
  if (!body.is_null()) {
    request.headers.set("Content-Type", "application/json");
    request.body = json::dump(body);
  }
  const net::ClientResponse response = TRY(client->send(request).with("hub"));
  const Result<json::Value> answer = json::parse(response.body);
  if (response.status / 100 == 2) return answer;
  const json::Object* object = answer.ok() ? answer->if_object() : nullptr;
  const Result<std::string> text = object != nullptr
                                       ? json::get_string(*object, "error")
                                       : Result<std::string>(invalid_argument("no text"));
  return Error(code_from_http_status(response.status),
               text.ok() ? *text : "the hub answered " + std::to_string(response.status));
}

}  // namespace skerry::app
