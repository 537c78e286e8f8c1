// SPDX-License-Identifier: Apache-2.0
//
// Bodies that are not held in memory: uploads handed to a receiver, and files as answers.
#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <future>
#include <thread>

#include "net/server.h"
#include "tests/support/http_server.h"

namespace skerry::net {
namespace {

using test::RawClient;
using test::RawResponse;
using test::request;

// What one upload did. The test waits on `destroyed`, and on `gate` a write waits for the test.
struct Upload {
  std::string bytes;
  bool finished = false;
  std::atomic<bool> was_destroyed = false;  // Some test uploads twice.
  std::promise<void> destroyed;
  std::promise<void> gate;
  std::shared_future<void> open_gate = gate.get_future().share();
};

class Collector final : public BodyReceiver {
 public:
  Collector(std::shared_ptr<Upload> upload, bool waits)
      : upload_(std::move(upload)), waits_(waits) {}
  ~Collector() override {
    if (!upload_->was_destroyed.exchange(true)) upload_->destroyed.set_value();
  }

  Status write(std::string_view bytes) override {
    if (waits_) upload_->open_gate.wait();
    upload_->bytes.append(bytes);
    if (bytes.find("refuse") != std::string_view::npos) return data_loss("digest does not match");
    return {};
  }
  Response finish() override {
    upload_->finished = true;
    Response response;
    response.status = 201;
    response.body = std::to_string(upload_->bytes.size());
    return response;
  }

 private:
  std::shared_ptr<Upload> upload_;
  const bool waits_;
};

class ServerBodies : public testing::Test {
 protected:
  void SetUp() override {
    std::vector<Route> routes;
    for (const char* pattern : {"/pool", "/inline", "/slow", "/refused"}) {
      Route route;
      route.method = "PUT";
      route.pattern = pattern;
      const std::string path = pattern;
      route.execution = path == "/inline" ? Execution::kInline : Execution::kBlocking;
      route.receiver = [this, path](const Request&) -> Result<std::unique_ptr<BodyReceiver>> {
        if (path == "/refused") return failed_precondition("not now");
        return std::unique_ptr<BodyReceiver>(std::make_unique<Collector>(upload_, path == "/slow"));
      };
      routes.push_back(std::move(route));
    }
    Route file;
    file.method = "GET";
    file.pattern = "/file/{offset}/{length}";
    file.handler = [this](const Request& r, Response& response) {
      FileBody body{file_, 0, 0};
      std::from_chars(r.parameters[0].data(), r.parameters[0].data() + r.parameters[0].size(),
                      body.offset);
      std::from_chars(r.parameters[1].data(), r.parameters[1].data() + r.parameters[1].size(),
                      body.length);
      response.file = std::move(body);
    };
    routes.push_back(std::move(file));
    auto started = Server::start({}, std::move(routes), tokens_);
    ASSERT_TRUE(started.ok());
    server_ = *std::move(started);
  }

  bool receiver_destroyed() {
    return upload_->destroyed.get_future().wait_for(std::chrono::seconds(10)) ==
           std::future_status::ready;
  }

  std::shared_ptr<Upload> upload_ = std::make_shared<Upload>();
  std::shared_ptr<const sys::File> file_;
  test::FixedTokens tokens_;
  std::unique_ptr<Server> server_;
};

std::string pattern_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 + i / 251);
  return bytes;
}

TEST_F(ServerBodies, HandsTheBodyOverInOrder) {
  RawClient client(server_->url());
  const std::string body = pattern_bytes(5'000'000);
  std::jthread sender([&client, &body] { client.send(request("PUT", "/pool", "client", body)); });
  const RawResponse response = client.receive();
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, "5000000");
  ASSERT_TRUE(receiver_destroyed());
  EXPECT_TRUE(upload_->bytes == body);
}

TEST_F(ServerBodies, TakesChunkedSplitAndEmptyBodies) {
  for (const char* path : {"/pool", "/inline"}) {
    upload_ = std::make_shared<Upload>();
    RawClient client(server_->url());
    const std::string text = request("PUT", path, "client", {}, "Transfer-Encoding: chunked\r\n") +
                             "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n";
    for (const char c : text) ASSERT_TRUE(client.send({&c, 1}));
    EXPECT_EQ(client.receive().body, "4");
    EXPECT_EQ(upload_->bytes, "abcd");
    upload_ = std::make_shared<Upload>();
    EXPECT_EQ(client.ask(request("PUT", path)).body, "0");
    EXPECT_TRUE(upload_->finished);
  }
}

TEST_F(ServerBodies, TheNextPipelinedRequestWaitsForTheUpload) {
  RawClient client(server_->url());
  file_ = sys::real_file_system().open("/proc/self/exe", sys::OpenMode::kRead).value();
  client.send(request("PUT", "/pool", "client", "abc") + request("GET", "/file/1/3"));
  EXPECT_EQ(client.receive().body, "3");
  EXPECT_EQ(client.receive().body, "ELF");
}

TEST_F(ServerBodies, StopsReadingWhileThePoolWorks) {
  RawClient client(server_->url());
  constexpr std::size_t kBytes = 64u << 20;
  client.send(
      request("PUT", "/slow", "client", {}, "Content-Length: " + std::to_string(kBytes) + "\r\n"));
  const std::string piece(1u << 20, 'x');
  std::size_t sent = 0;
  for (;;) {
    pollfd writable{client.socket(), POLLOUT, 0};
    if (::poll(&writable, 1, 300) == 0) break;  // Nothing goes any more: the server has stopped.
    const ssize_t count =
        ::send(client.socket(), piece.data(), std::min(piece.size(), kBytes - sent),
               MSG_DONTWAIT | MSG_NOSIGNAL);
    ASSERT_GT(count, 0);
    sent += static_cast<std::size_t>(count);
    ASSERT_LT(sent, kBytes) << "the server took everything while its pool stood still";
  }
  upload_->gate.set_value();
  while (sent < kBytes) {
    const std::size_t next = std::min(piece.size(), kBytes - sent);
    ASSERT_TRUE(client.send(std::string_view(piece).substr(0, next)));
    sent += next;
  }
  EXPECT_EQ(client.receive().body, std::to_string(kBytes));
}

TEST_F(ServerBodies, DestroysTheReceiverOfAClientThatGoesAway) {
  {
    RawClient client(server_->url());
    client.send(request("PUT", "/pool", "client", {}, "Content-Length: 1000\r\n") + "only this");
  }
  ASSERT_TRUE(receiver_destroyed());
  EXPECT_FALSE(upload_->finished);
}

TEST_F(ServerBodies, DestroysTheReceiverOfABodyThatBreaks) {
  RawClient client(server_->url());
  client.send(request("PUT", "/pool", "client", {}, "Transfer-Encoding: chunked\r\n") +
              "3\r\nabc\r\nnonsense\r\n");
  EXPECT_EQ(client.receive().status, 400);
  EXPECT_TRUE(client.closed());
  ASSERT_TRUE(receiver_destroyed());
  EXPECT_FALSE(upload_->finished);
}

TEST_F(ServerBodies, AnswersTheErrorOfAWriteAndEnds) {
  RawClient client(server_->url());
  client.send(request("PUT", "/pool", "client", {}, "Content-Length: 1000\r\n") + "refuse");
  const RawResponse response = client.receive();
  EXPECT_EQ(response.status, http_status(Code::kDataLoss));
  EXPECT_EQ(response.body, R"({"error":"digest does not match"})");
  EXPECT_TRUE(client.closed());
  ASSERT_TRUE(receiver_destroyed());
  EXPECT_FALSE(upload_->finished);
}

TEST_F(ServerBodies, AsksForTheBodyOnlyWhenTheReceiverIsOpen) {
  RawClient client(server_->url());
  EXPECT_EQ(client
                .ask(request("PUT", "/pool", "client", {},
                             "Content-Length: 3\r\nExpect: 100-continue\r\n"))
                .status,
            100);
  EXPECT_EQ(client.ask("abc").status, 201);
  EXPECT_EQ(client
                .ask(request("PUT", "/refused", "client", {},
                             "Content-Length: 3\r\nExpect: 100-continue\r\n"))
                .status,
            412);
  EXPECT_TRUE(client.closed());
  RawClient small(server_->url());
  EXPECT_EQ(small.ask(request("PUT", "/refused", "client", "abc")).status, 412);
  EXPECT_EQ(small.ask(request("PUT", "/refused", "", "abc")).status, 401);
  EXPECT_EQ(small.ask(request("PUT", "/pool", "client", "abc")).status, 201);
}

TEST_F(ServerBodies, StopDestroysAnUnfinishedUpload) {
  RawClient client(server_->url());
  client.send(
      request("PUT", "/pool", "client", {}, "Content-Length: 1000\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.receive().status, 100);
  server_->stop(std::chrono::milliseconds(0));
  ASSERT_TRUE(receiver_destroyed());
  EXPECT_FALSE(upload_->finished);
  EXPECT_TRUE(client.closed());
}

TEST_F(ServerBodies, SendsPartsOfAFile) {
  const auto folder = sys::TemporaryFolder::create("skerry-net").value();
  const std::string path = sys::join_path(folder.path(), "f");
  const std::string bytes = pattern_bytes(3'000'000);
  ASSERT_TRUE(sys::write_file_atomically(sys::real_file_system(), path, bytes).ok());
  file_ = sys::real_file_system().open(path, sys::OpenMode::kRead).value();
  RawClient client(server_->url());
  client.send(request("GET", "/file/0/3000000") + request("GET", "/file/999999/1234567") +
              request("GET", "/file/5/0") + request("HEAD", "/file/5/10") +
              request("GET", "/file/2999999/1"));
  EXPECT_TRUE(client.receive().body == bytes);
  EXPECT_TRUE(client.receive().body == bytes.substr(999'999, 1'234'567));
  EXPECT_EQ(client.receive().body, "");
  EXPECT_TRUE(client.receive(false).has("Content-Length: 10\r\n"));
  EXPECT_EQ(client.receive().body, bytes.substr(2'999'999));
}

TEST_F(ServerBodies, CutsTheConnectionWhenTheFileIsShorterThanAnnounced) {
  file_ = sys::real_file_system().open("/proc/self/exe", sys::OpenMode::kRead).value();
  const std::uint64_t size = file_->size().value();
  RawClient client(server_->url());
  client.send(request("GET", "/file/" + std::to_string(size - 10) + "/100"));
  const RawResponse response = client.receive();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body.size(), 10u);
  EXPECT_TRUE(client.closed());
}

}  // namespace
}  // namespace skerry::net
