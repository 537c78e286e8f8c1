// SPDX-License-Identifier: Apache-2.0
#include "app/commands.h"
#include "app/state.h"
#include "net/auth.h"
#include "sys/random.h"

namespace skerry::app {
namespace {

Result<Output> print_token(const Invocation& call) {
  const net::Principal principal = TRY(net::parse_role(call.value("--role")));
  std::string token;
  if (principal.role == net::Role::kAdmin) {
    token = TRY(own_token(call.value("state")));
  } else {
    net::TokenFolder tokens(sys::real_file_system(), sys::join_path(call.value("state"), "tokens"));
    token = TRY(tokens.create(principal, sys::system_random()));
  }
  return Output{token + "\n", json::Object{{"token", token}, {"role", format_role(principal)}}, 0};
}

}  // namespace

std::vector<Command> token_commands() {
  return {
      {"token",
       "Print a token; works beside a running server",
       {},
       {{"--role", "admin, client or site:<id>; a client token is a new one each time", "admin"}},
       print_token}};
}

}  // namespace skerry::app
