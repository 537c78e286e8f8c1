// SPDX-License-Identifier: Apache-2.0
//
// Known tokens are kept by digest and looked at again on disk after two seconds; the connection's
// own trust of one second comes on top, so a revocation is seen within five.
#include <chrono>
#include <map>
#include <utility>

#include "base/digest.h"
#include "base/ids.h"
#include "base/mutex.h"
#include "data/json.h"
#include "net/auth.h"

namespace skerry::net {
namespace {

constexpr std::chrono::seconds kKnownFor{2};
constexpr std::size_t kKnownMax = 4096;
constexpr std::uint64_t kFileBytesMax = 4096;

Error unknown_token() { return {Code::kUnauthenticated, "the token is not known here"}; }

Status check_principal(const Principal& principal) {
  switch (principal.role) {
    case Role::kAnonymous: return invalid_argument("a token needs a role");
    case Role::kSite: return check_name(principal.site).with("site of the token");
    case Role::kClient:
    case Role::kAdmin: return {};
  }
  return {};
}

std::string to_text(const Principal& principal) {
  json::Object object;
  object["role"] = principal.role == Role::kSite ? "site" : format_role(principal);
  if (principal.role == Role::kSite) object["site"] = principal.site;
  return json::dump(object) + "\n";
}

Result<Principal> from_text(std::string_view text) {
  const json::Value value = TRY(json::parse(text));
  const json::Object* object = TRY(json::as_object(value, "token file"));
  TRY(json::check_keys(*object, {"role", "site"}, "token file"));
  std::string role = TRY(json::get_string(*object, "role"));
  if (role == "site") role += ":" + TRY(json::get_string(*object, "site"));
  return parse_role(role);
}

}  // namespace

struct TokenFolder::State {
  struct Known {
    Principal principal;
    sys::SteadyTime until;
  };

  sys::FileSystem& fs;
  const std::string folder;
  sys::Clock& clock;
  Mutex mutex;
  std::map<std::string, Known> known SKERRY_GUARDED_BY(mutex);  // By digest.

  std::string path(const std::string& digest) const {
    return sys::join_path(folder, digest + ".json");
  }
  void forget(const std::string& digest) {
    const MutexLock lock(mutex);
    known.erase(digest);
  }
};

TokenFolder::TokenFolder(sys::FileSystem& fs, std::string folder, sys::Clock& clock)
    : state_(new State{fs, std::move(folder), clock, {}, {}}) {}

TokenFolder::~TokenFolder() = default;

Result<std::string> TokenFolder::create(const Principal& principal, sys::Random& random) {
  std::string token = sys::random_token(random);
  TRY(add(token, principal));
  return token;
}

Status TokenFolder::add(std::string_view token, const Principal& principal) {
  TRY(check_principal(principal));
  if (token.empty()) return invalid_argument("a token cannot be empty");
  const std::string digest = Digest::of(token).hex();
  TRY(state_->fs.make_directories(state_->folder));
  TRY(sys::write_file_atomically(state_->fs, state_->path(digest), to_text(principal), 0600)
          .with("store a token"));
  state_->forget(digest);
  return {};
}

Status TokenFolder::revoke(std::string_view token) {
  const std::string digest = Digest::of(token).hex();
  auto removed = state_->fs.remove(state_->path(digest));
  state_->forget(digest);
  TRY(std::move(removed).with("revoke a token"));
  return state_->fs.sync_directory(state_->folder);
}

Result<Principal> TokenFolder::authenticate(std::string_view token) {
  const std::string digest = Digest::of(token).hex();
  const sys::SteadyTime now = state_->clock.steady_now();
  {
    const MutexLock lock(state_->mutex);
    const auto found = state_->known.find(digest);
    if (found != state_->known.end() && now < found->second.until) return found->second.principal;
  }
  const auto text = sys::read_file(state_->fs, state_->path(digest), kFileBytesMax);
  if (!text) {
    state_->forget(digest);
    if (text.error().code() == Code::kNotFound) return unknown_token();
    return unavailable("tokens cannot be read: " + text.error().message());
  }
  auto principal = from_text(*text);
  if (!principal) {
    return internal_error("token file " + digest + ".json: " + principal.error().message());
  }
  const MutexLock lock(state_->mutex);
  if (state_->known.size() >= kKnownMax) state_->known.clear();
  state_->known[digest] = {*principal, now + kKnownFor};
  return principal;
}

}  // namespace skerry::net
