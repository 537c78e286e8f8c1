// SPDX-License-Identifier: Apache-2.0
#include "tests/loop/machine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stop_token>

#include "sys/clock.h"
#include "sys/signals.h"

namespace skerry::walk {
namespace {

constexpr std::chrono::milliseconds kPollStep{20};
constexpr std::chrono::seconds kPatience{30};
constexpr std::chrono::seconds kStopGrace{20};
constexpr std::uint64_t kFileBytesMax = 1u << 30;

json::Value parse(const std::string& text) {
  const Result<json::Value> value = json::parse(text);
  if (value.ok()) return *value;
  ADD_FAILURE() << value.error().to_string() << " in: " << text.substr(0, 500);
  return nullptr;
}

// Parent and state letter of a process, from /proc/<pid>/stat: "7 (name) S 1 ...".
struct ProcessState {
  int parent = 0;
  char letter = 'X';
};

std::optional<ProcessState> process_state(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  const std::string stat{std::istreambuf_iterator<char>(file), {}};
  const auto close = stat.rfind(')');
  if (close == std::string::npos || close + 4 > stat.size()) return std::nullopt;
  ProcessState state;
  state.letter = stat[close + 2];
  std::from_chars(stat.data() + close + 4, stat.data() + stat.size(), state.parent);
  return state;
}

bool alive(const std::optional<ProcessState>& state) {
  return state && state->letter != 'Z' && state->letter != 'X';
}

}  // namespace

void fail(const Error& error) { ADD_FAILURE() << error.to_string(); }

bool wait_until(const std::function<bool()>& done) {
  const sys::SteadyTime deadline = sys::real_clock().steady_now() + kPatience;
  while (!done()) {
    if (sys::real_clock().steady_now() >= deadline) return false;
    sys::sleep_unless_stopped(std::stop_token(), kPollStep);
  }
  return true;
}

json::Value Finished::json() const { return parse(out); }

sys::ExitStatus Role::stop() { return take(sys::terminate(*child_, kStopGrace)); }

void Role::kill() {
  signal(SIGKILL);
  EXPECT_TRUE(await_end().has_value());
}

void Role::signal(int number) {
  const Status sent = child_->signal(number);
  EXPECT_TRUE(sent.ok());
}

std::optional<sys::ExitStatus> Role::await_end() { return take(child_->wait_for(kPatience)); }

std::string Role::log() const {
  return take(sys::read_file(sys::real_file_system(), log_, kFileBytesMax));
}

json::Value Answer::json() const { return parse(body); }

Http::Http(std::string token, const std::string& ca_file) : token_(std::move(token)) {
  net::Client::Options options;
  options.ca_file = ca_file;
  client_ = take(net::Client::create(std::move(options)));
}

Answer Http::get(const std::string& url) const {
  net::ClientRequest request;
  request.url = url;
  return send(std::move(request));
}

Answer Http::post(const std::string& url, const json::Value& body) const {
  net::ClientRequest request;
  request.method = "POST";
  request.url = url;
  request.headers.set("Content-Type", "application/json");
  request.body = json::dump(body);
  return send(std::move(request));
}

Answer Http::post_lines(const std::string& url, const std::vector<json::Value>& lines) const {
  net::ClientRequest request;
  request.method = "POST";
  request.url = url;
  request.headers.set("Content-Type", "application/x-ndjson");
  for (const json::Value& line : lines) request.body += json::dump(line) + "\n";
  return send(std::move(request));
}

Answer Http::send(net::ClientRequest request) const {
  if (!token_.empty()) request.headers.set("Authorization", "Bearer " + token_);
  const Result<net::ClientResponse> response = client_->send(request);
  if (!response.ok()) return {0, response.error().to_string()};
  return {response->status, response->body};
}

Machine::Machine()
    : folder_(take(sys::TemporaryFolder::create("skerry-walk"))), state_(path("state")) {
  EXPECT_TRUE(sys::real_file_system().make_directories(path("tmp")).ok());
  set("SKERRY_STATE", state_);
  set("SKERRY_CONFIG", "");
  set("TMPDIR", path("tmp"));
  for (const char* listen : {"SKERRY_HUB_LISTEN", "SKERRY_REGISTRY_LISTEN", "SKERRY_SITE_LISTEN"}) {
    set(listen, "127.0.0.1:0");
  }
  set("SKERRY_HUB_POLL", "100ms");
  set("SKERRY_SITE_POLL", "100ms");
  set("OMP_WAIT_POLICY", "passive");  // Spinning threads make training slow on a shared machine.
}

void Machine::set(const std::string& variable, const std::string& value) {
  environment_[variable] = value;
}

std::string Machine::write(std::string_view name, std::string_view content) const {
  std::string file = path(name);
  const Status written = sys::write_file_atomically(sys::real_file_system(), file, content);
  EXPECT_TRUE(written.ok());
  return file;
}

std::string Machine::read(const std::string& file) const {
  return take(sys::read_file(sys::real_file_system(), file, kFileBytesMax));
}

std::string Machine::find_file(const std::string& folder, const std::string& name) const {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().filename().string().starts_with(name)) {
      return entry.path().string();
    }
  }
  return "";
}

sys::ProcessSpec Machine::spec(const std::string& program,
                               std::vector<std::string> arguments) const {
  sys::ProcessSpec spec;
  spec.program = std::string(SKERRY_BINARY_DIR "/") + program;
  spec.arguments = std::move(arguments);
  spec.environment.assign(environment_.begin(), environment_.end());
  return spec;
}

Finished Machine::run(std::vector<std::string> arguments) const {
  sys::ProcessSpec command = spec("skerry", std::move(arguments));
  command.capture_output = true;
  command.log_path = path("stderr");
  static_cast<void>(sys::real_file_system().remove(command.log_path));
  const std::unique_ptr<sys::Child> child = take(sys::real_process_launcher().launch(command));
  Finished finished;
  while (const std::optional<std::string> line = take(child->read_line())) {
    finished.out += *line + "\n";
  }
  const std::optional<sys::ExitStatus> ended = take(child->wait_for(kPatience));
  EXPECT_TRUE(ended.has_value()) << "the command closed its output and goes on";
  if (ended) finished.code = ended->code;
  finished.err = read(command.log_path);
  return finished;
}

json::Value Machine::ask(std::vector<std::string> arguments) const {
  arguments.emplace_back("--json");
  const Finished finished = run(arguments);
  EXPECT_EQ(finished.code, 0) << arguments.front() << ": " << finished.err;
  return finished.code == 0 ? finished.json() : json::Value();
}

std::unique_ptr<Role> Machine::start(const std::string& program,
                                     std::vector<std::string> arguments) {
  sys::ProcessSpec role = spec(program, std::move(arguments));
  role.log_path = path("log-" + std::to_string(++roles_));
  return std::make_unique<Role>(take(sys::real_process_launcher().launch(role)), role.log_path);
}

std::unique_ptr<Role> Machine::start(const std::string& program, std::vector<std::string> arguments,
                                     const std::vector<std::string>& addresses) {
  sys::FileSystem& fs = sys::real_file_system();
  std::vector<std::string> files;
  for (const std::string& role : addresses) {
    files.push_back(sys::join_path(state_, role + "/address"));
    static_cast<void>(fs.remove(files.back()));  // Left by a program that was killed.
  }
  std::unique_ptr<Role> role = start(program, std::move(arguments));
  const auto listens = [&](const std::string& file) { return sys::exists(fs, file); };
  const bool all =
      wait_until([&] { return std::ranges::all_of(files, listens) || !is_running(role->pid()); }) &&
      is_running(role->pid());
  if (!all) return take(Result<std::unique_ptr<Role>>(unavailable(role->log())));
  return role;
}

std::unique_ptr<Role> Machine::start_hub() {
  return start("skerry", {"hub", "run"}, {"hub", "registry"});
}

std::unique_ptr<Role> Machine::up() {
  return start("skerry", {"up"}, {"hub", "registry", "sites/site-1"});
}

std::string Machine::url(const std::string& role) const {
  return read(sys::join_path(state_, role + "/address"));
}

std::string Machine::token(const std::string& role) const {
  const json::Value answer = ask({"token", "--role", role});
  return answer.is_object() ? take(json::get_string(answer.get_object(), "token")) : "";
}

json::Value Machine::status(const Http& http, const std::string& site) const {
  // While a site starts again there is no address.
  const std::string file = sys::join_path(state_, "sites/" + site + "/address");
  const Result<std::string> address = sys::read_file(sys::real_file_system(), file, 4096);
  if (!address.ok()) return nullptr;
  const Answer answer = http.get(*address + "/v1/status");
  return answer.status == 200 ? answer.json() : json::Value();
}

std::string Machine::current(const Http& http, const std::string& model,
                             const std::string& site) const {
  const json::Value seen = status(http, site);
  if (!seen.is_object()) return "";
  for (const json::Value& entry : seen.at("models").as_array()) {
    const json::Value* slot = entry.as_object().if_contains("current");
    if (entry.at("name").as_string() == model && slot != nullptr) {
      return std::string(slot->at("digest").as_string());
    }
  }
  return "";
}

std::vector<int> children_of(int pid) {
  std::vector<int> children;
  for (const std::string& name : take(sys::real_file_system().list("/proc"))) {
    int number = 0;
    const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (code != std::errc() || end != name.data() + name.size()) continue;
    const std::optional<ProcessState> state = process_state(name);
    if (alive(state) && state->parent == pid) children.push_back(number);
  }
  return children;
}

bool is_running(int pid) { return alive(process_state(std::to_string(pid))); }

}  // namespace skerry::walk
