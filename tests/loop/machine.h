// SPDX-License-Identifier: Apache-2.0
//
// A machine as its user has it: the two programs, a state folder, files and HTTP. Everything lies
// in one temporary folder, every port is taken free, every child ends with this object. Threads:
// single-thread; an Http may be shared.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/json.h"
#include "net/client.h"
#include "sys/files.h"
#include "sys/process.h"

namespace skerry::walk {

void fail(const Error& error);

// The value of a result that the test cannot go on without: an error ends the test.
template <typename T>
T take(Result<T> result) {
  if (result.ok()) return *std::move(result);
  fail(result.error());
  return std::optional<T>().value();  // Does not return.
}

// Asks again and again, up to half a minute, until `done` says true; returns its last word.
bool wait_until(const std::function<bool()>& done);

// What a command that ended left behind.
struct Finished {
  int code = -1;
  std::string out;
  std::string err;

  // Standard output as JSON; fails the test and gives null where it is none.
  json::Value json() const;
};

// A program that runs until it is stopped.
class Role {
 public:
  Role(std::unique_ptr<sys::Child> child, std::string log)
      : child_(std::move(child)), log_(std::move(log)) {}

  int pid() const { return child_->pid(); }
  // SIGTERM, and how it ended.
  sys::ExitStatus stop();
  void kill();
  void signal(int number);
  // Waits for its end.
  std::optional<sys::ExitStatus> await_end();
  std::string log() const;

 private:
  std::unique_ptr<sys::Child> child_;
  std::string log_;
};

struct Answer {
  int status = 0;  // 0 = no connection.
  std::string body;

  json::Value json() const;
};

class Http {
 public:
  explicit Http(std::string token, const std::string& ca_file = "");
  Answer get(const std::string& url) const;
  Answer post(const std::string& url, const json::Value& body) const;
  Answer post_lines(const std::string& url, const std::vector<json::Value>& lines) const;
  net::Client& client() const { return *client_; }

 private:
  Answer send(net::ClientRequest request) const;
  std::string token_;
  std::unique_ptr<net::Client> client_;
};

class Machine {
 public:
  Machine();

  const std::string& state() const { return state_; }
  std::string path(std::string_view name) const { return sys::join_path(folder_.path(), name); }
  // A variable for every program that starts later.
  void set(const std::string& variable, const std::string& value);
  std::string write(std::string_view name, std::string_view content) const;
  std::string read(const std::string& path) const;
  // Path of the file below `folder` whose name is or begins with `name`; empty without one.
  std::string find_file(const std::string& folder, const std::string& name) const;

  // `skerry` with these arguments, to its end.
  Finished run(std::vector<std::string> arguments) const;
  // The same with --json; fails the test unless it exits with 0.
  json::Value ask(std::vector<std::string> arguments) const;
  // Starts "skerry" or "skerry-site" and leaves it running.
  std::unique_ptr<Role> start(const std::string& program, std::vector<std::string> arguments);
  // The same for programs that serve: returns when `addresses` are there, and ends the test when
  // they never come. "hub", "registry", "sites/site-1".
  std::unique_ptr<Role> start(const std::string& program, std::vector<std::string> arguments,
                              const std::vector<std::string>& addresses);
  std::unique_ptr<Role> start_hub();
  std::unique_ptr<Role> up();  // With one site.

  // URL of something that serves.
  std::string url(const std::string& role) const;
  std::string token(const std::string& role = "admin") const;

  // GET /v1/status of a site; null while it does not answer.
  json::Value status(const Http& http, const std::string& site = "site-1") const;
  // Digest of what a site has in service; empty while there is none.
  std::string current(const Http& http, const std::string& model,
                      const std::string& site = "site-1") const;

 private:
  sys::ProcessSpec spec(const std::string& program, std::vector<std::string> arguments) const;

  sys::TemporaryFolder folder_;
  std::string state_;
  std::map<std::string, std::string> environment_;
  int roles_ = 0;
};

// Ids of running processes whose parent is `pid`.
std::vector<int> children_of(int pid);
// False for one that ended, reaped or not.
bool is_running(int pid);

}  // namespace skerry::walk
