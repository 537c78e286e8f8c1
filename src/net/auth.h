// SPDX-License-Identifier: Apache-2.0
//
// Who is calling: bearer tokens (RFC 6750), and the same token as the password of Basic for OCI
// clients. A token is 32 random bytes as hex; only its sha256 is on disk on the server's side, one
// file a token, so that `skerry token` works beside a running server without a lock. Threads:
// internally synchronised.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"
#include "sys/clock.h"
#include "sys/files.h"
#include "sys/random.h"

namespace skerry::net {

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // Whom the token stands for. Called inline on reactors: answers from memory for a known token,
  // and looks at the disk only for an unknown one. Errors: kUnauthenticated; kUnavailable or
  // kInternal when the store of tokens fails.
  virtual Result<Principal> authenticate(std::string_view token) = 0;
};

// Takes the token out of an Authorization header, Bearer or Basic, where it is the password and the
// user name means nothing. Errors: kUnauthenticated.
Result<std::string> token_from_authorization(std::string_view header);

// Tokens in a folder: `<folder>/<sha256 of the token>.json` = {"role", "site"?}, mode 0600.
// Format: docs/formats/tokens.md.
class TokenFolder final : public Authenticator {
 public:
  TokenFolder(sys::FileSystem& fs, std::string folder, sys::Clock& clock = sys::real_clock());
  ~TokenFolder() override;

  // Makes and stores a new token. Durable on return. Errors: kInvalidArgument for kAnonymous or a
  // site without a valid name, and those of the file system.
  Result<std::string> create(const Principal& principal, sys::Random& random);
  // Stores a token made elsewhere (an enrolment file), replacing what it stood for.
  Status add(std::string_view token, const Principal& principal);
  // Forgets a token, here and in every server that reads this folder, within 5 s. Errors:
  // kNotFound.
  Status revoke(std::string_view token);

  Result<Principal> authenticate(std::string_view token) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// "admin", "client", "site:<id>". Errors: kInvalidArgument.
Result<Principal> parse_role(std::string_view text);
std::string format_role(const Principal& principal);

}  // namespace skerry::net
