// SPDX-License-Identifier: Apache-2.0
//
// TLS on both sides: the server with a certificate made here, the client that trusts it or does
// not.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <atomic>
#include <thread>

#include "net/client.h"
#include "net/server.h"
#include "tests/support/certificate.h"
#include "tests/support/http_server.h"

namespace skerry::net {
namespace {

class Counter final : public BodyReceiver {
 public:
  Status write(std::string_view bytes) override {
    bytes_ += bytes.size();
    return {};
  }
  Response finish() override { return json_response(201, std::to_string(bytes_)); }

 private:
  std::size_t bytes_ = 0;
};

class ServerTls : public testing::Test {
 protected:
  void SetUp() override {
    files_ = test::make_certificate(folder_.path(), "here", "IP:127.0.0.1,DNS:localhost");
    SKERRY_CHECK(
        sys::write_file_atomically(sys::real_file_system(), file_path_, std::string(3'000'000, 'f'))
            .ok());
    server_ = start(files_);
  }

  std::unique_ptr<Server> start(const test::CertificateFiles& files) {
    Route echo;
    echo.method = "POST";
    echo.pattern = "/echo";
    echo.body_bytes_max = 64u << 20;
    echo.handler = [](const Request& request, Response& response) { response.body = request.body; };
    Route upload;
    upload.method = "PUT";
    upload.pattern = "/upload";
    upload.execution = Execution::kBlocking;
    upload.receiver = [](const Request&) -> Result<std::unique_ptr<BodyReceiver>> {
      return std::unique_ptr<BodyReceiver>(std::make_unique<Counter>());
    };
    Route file;
    file.method = "GET";
    file.pattern = "/file";
    file.handler = [this](const Request&, Response& response) {
      response.file = FileBody{
          sys::real_file_system().open(file_path_, sys::OpenMode::kRead).value(), 1, 2'999'999};
    };
    Server::Options options;
    options.tls = std::make_shared<const TlsFiles>(TlsFiles{files.certificate, files.key});
    auto started = Server::start(std::move(options), {echo, upload, file}, tokens_);
    SKERRY_CHECK(started.ok());
    return *std::move(started);
  }

  static Result<ClientResponse> ask(const std::string& ca_file, ClientRequest request) {
    request.headers.set("Authorization", "Bearer client");
    return TRY(Client::create({.ca_file = ca_file}))->send(request);
  }

  const sys::TemporaryFolder folder_ = sys::TemporaryFolder::create("skerry-tls").value();
  const std::string file_path_ = sys::join_path(folder_.path(), "file");
  test::CertificateFiles files_;
  test::FixedTokens tokens_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTls, CarriesBodiesBothWays) {
  EXPECT_TRUE(server_->url().starts_with("https://"));
  const std::string body(5'000'000, 'x');
  const auto echoed =
      ask(files_.certificate, {.method = "POST", .url = server_->url() + "/echo", .body = body});
  ASSERT_TRUE(echoed.ok()) << echoed.error().message();
  EXPECT_EQ(echoed->status, 200);
  EXPECT_TRUE(echoed->body == body);
  const auto uploaded =
      ask(files_.certificate, {.method = "PUT", .url = server_->url() + "/upload", .body = body});
  ASSERT_TRUE(uploaded.ok());
  EXPECT_EQ(uploaded->body, "5000000");
  const auto file = ask(files_.certificate, {.url = server_->url() + "/file"});
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(file->body == std::string(2'999'999, 'f'));
}

TEST_F(ServerTls, TheClientRefusesAnUnknownCertificate) {
  const auto refused = ask("", {.url = server_->url() + "/file"});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kUnauthenticated);
}

TEST_F(ServerTls, TheClientRefusesACertificateOfAnotherName) {
  const auto other = test::make_certificate(folder_.path(), "other", "DNS:other.example");
  const auto server = start(other);
  const auto refused = ask(other.certificate, {.url = server->url() + "/file"});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kUnauthenticated);
}

TEST_F(ServerTls, ClosesOnBytesThatAreNoTls) {
  test::RawClient client("http://" + server_->address());
  ASSERT_TRUE(client.send("GET /file HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_EQ(client.receive().status, 0);
}

TEST_F(ServerTls, RefusesProtocolsBefore12) {
  test::RawClient client("http://" + server_->address());
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()),
                                                             SSL_CTX_free);
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  const auto connects = [&](int version) {
    test::RawClient raw("http://" + server_->address());
    SSL_CTX_set_max_proto_version(context.get(), version);
    const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context.get()), SSL_free);
    SSL_set_fd(ssl.get(), raw.socket());
    return SSL_connect(ssl.get()) == 1;
  };
  EXPECT_FALSE(connects(TLS1_1_VERSION));
  EXPECT_TRUE(connects(TLS1_2_VERSION));
  EXPECT_TRUE(connects(TLS1_3_VERSION));
}

TEST_F(ServerTls, AFailedHandshakeDisturbsNobodyElse) {
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([this, i, &good] {
        if (i % 2 == 0) {
          good += ask(files_.certificate,
                      {.method = "POST", .url = server_->url() + "/echo", .body = "x"})
                      .ok();
        } else {
          test::RawClient(std::string("http://") + server_->address()).send("\x16\x03\x01junk");
        }
      });
    }
  }
  EXPECT_EQ(good, 4);
}

TEST_F(ServerTls, StartRefusesFilesThatDoNotFit) {
  const auto other = test::make_certificate(folder_.path(), "second", "DNS:second");
  const auto code_of = [this](const std::string& certificate, const std::string& key) {
    Server::Options options;
    options.tls = std::make_shared<const TlsFiles>(TlsFiles{certificate, key});
    const auto server = Server::start(std::move(options), {}, tokens_);
    return server.ok() ? std::optional<Code>() : server.error().code();
  };
  EXPECT_EQ(code_of(files_.certificate, files_.key), std::nullopt);
  EXPECT_EQ(code_of(files_.certificate, other.key), Code::kInvalidArgument);
  EXPECT_EQ(code_of("/nowhere.crt", files_.key), Code::kInvalidArgument);
  EXPECT_EQ(code_of(files_.certificate, "/nowhere.key"), Code::kInvalidArgument);
  EXPECT_EQ(code_of(files_.key, files_.key), Code::kInvalidArgument);
}

}  // namespace
}  // namespace skerry::net
