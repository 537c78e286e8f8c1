// SPDX-License-Identifier: Apache-2.0
//
// Debian's docker-registry 2.8 as a child process on a free loopback port, with htpasswd: the old
// server without referrers API, tag deletion and sha512.
#pragma once

#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "base/result.h"
#include "sys/files.h"
#include "sys/process.h"

namespace skerry::registry {

class DockerRegistry {
 public:
  static constexpr const char* kUsername = "skerry";
  static constexpr const char* kPassword = "test";

  // Errors: kNotFound when it is not installed.
  static Result<std::unique_ptr<DockerRegistry>> start() {
    // Where ./dev setup unpacks it, since Debian's package would start a service.
    constexpr const char* kProgram = SKERRY_SOURCE_DIR "/.deps/bin/docker-registry";
    if (!sys::exists(sys::real_file_system(), kProgram)) {
      return not_found("docker-registry is not installed; skipped");
    }
    std::unique_ptr<DockerRegistry> self(
        new DockerRegistry(TRY(sys::TemporaryFolder::create("docker-registry"))));
    const std::string folder = self->folder_.path();
    // Bcrypt at its lowest cost of the password above.
    write(folder + "/htpasswd",
          "skerry:$2y$04$3P5VJrZkJjQzQfSuFhVtluqIGzAU8NffK/tIdRV749FLxqTUqXDuW\n");
    write(folder + "/config.yml",
          "version: 0.1\n"
          "log: {accesslog: {disabled: true}}\n"
          "storage:\n"
          "  delete: {enabled: true}\n"
          "  filesystem: {rootdirectory: " +
              folder +
              "/data}\n"
              "http: {addr: '127.0.0.1:0'}\n"
              "auth: {htpasswd: {realm: peer, path: " +
              folder + "/htpasswd}}\n");
    sys::ProcessSpec spec;
    // It logs to standard error, where its port is to be found.
    spec.program = "/bin/sh";
    spec.arguments = {"-c", "exec \"$0\" serve \"$1\" 2>&1", kProgram, folder + "/config.yml"};
    spec.environment = {{"OTEL_TRACES_EXPORTER", "none"}};
    spec.capture_output = true;
    self->child_ = TRY(sys::real_process_launcher().launch(spec));
    while (self->url_.empty()) {
      const auto line = TRY(self->child_->read_line());
      if (!line) return unavailable("docker-registry ended at its start");
      constexpr std::string_view kMark = "listening on ";
      const auto found = line->find(kMark);
      if (found == std::string::npos) continue;
      const auto begin = found + kMark.size();
      self->url_ = "http://" + line->substr(begin, line->find_first_of("\", ", begin) - begin);
    }
    self->reader_ = std::jthread([child = self->child_.get()] {
      while (true) {
        const auto line = child->read_line();
        if (!line || !*line) return;
      }
    });
    return self;
  }

  ~DockerRegistry() {
    if (child_) static_cast<void>(child_->signal(9));  // Ends the reader as well.
  }
  DockerRegistry(const DockerRegistry&) = delete;
  DockerRegistry& operator=(const DockerRegistry&) = delete;

  const std::string& url() const { return url_; }

 private:
  explicit DockerRegistry(sys::TemporaryFolder folder) : folder_(std::move(folder)) {}

  static void write(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
  }

  sys::TemporaryFolder folder_;
  std::unique_ptr<sys::Child> child_;
  std::string url_;
  std::jthread reader_;
};

}  // namespace skerry::registry
