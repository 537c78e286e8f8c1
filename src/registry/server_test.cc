// SPDX-License-Identifier: Apache-2.0
//
// The distribution API over a real socket: what clients may see of it beyond the conformance
// suites.
#include "registry/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "net/client.h"
#include "sys/fake/clock.h"
#include "sys/fake/files.h"
#include "sys/random.h"

namespace skerry::registry {
namespace {

using testing::HasSubstr;
using testing::Optional;

class RegistryServer : public testing::Test {
 protected:
  void SetUp() override { start(); }

  void start() {
    server_.reset();
    store_ = *Store::open(disk_, clock_, random_, "/registry", options_);
    ASSERT_TRUE(disk_.make_directories("/tokens").ok());
    tokens_ = std::make_unique<net::TokenFolder>(disk_, "/tokens");
    admin_ = *tokens_->create({net::Role::kAdmin, ""}, random_);
    site_ = *tokens_->create({net::Role::kSite, "site-1"}, random_);
    reader_ = *tokens_->create({net::Role::kClient, ""}, random_);
    ApiOptions api;
    api.ring_of_site = [](std::string_view) { return std::optional<std::string>("main"); };
    api.referrers_page = 2;
    net::Server::Options options;
    use_registry_errors(options);
    auto server = net::Server::start(options, registry_routes(*store_, api), *tokens_);
    ASSERT_TRUE(server.ok()) << server.error().to_string();
    server_ = std::move(*server);
    client_ = *net::Client::create({});
  }

  struct Call {
    std::string method;
    std::string path;
    std::string body = "";
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string token = "admin";
  };

  net::ClientResponse send(const Call& call) {
    net::ClientRequest request;
    request.method = call.method;
    request.url = server_->url() + call.path;
    request.body = call.body;
    const std::string token = call.token == "admin"    ? admin_
                              : call.token == "site"   ? site_
                              : call.token == "client" ? reader_
                                                       : call.token;
    if (!token.empty()) request.headers.set("Authorization", "Bearer " + token);
    for (const auto& [name, value] : call.headers) request.headers.set(name, value);
    auto response = client_->send(request);
    EXPECT_TRUE(response.ok()) << response.error().to_string();
    return response ? std::move(*response) : net::ClientResponse{};
  }

  static std::string header(const net::ClientResponse& response, const char* name) {
    return std::string(response.headers.find(name).value_or("(none)"));
  }

  std::string begin() {
    const auto response = send({"POST", "/v2/models/a/blobs/uploads/"});
    EXPECT_EQ(response.status, 202);
    return header(response, "Location");
  }

  Digest push(const std::string& bytes, const std::string& repository = "models/a") {
    const Digest digest = Digest::of(bytes);
    EXPECT_EQ(
        send({"POST", "/v2/" + repository + "/blobs/uploads/?digest=" + digest.to_string(), bytes})
            .status,
        201);
    return digest;
  }

  // Pushes an artifact and returns its bytes.
  std::string push_manifest(const std::string& reference, const std::string& text,
                            std::optional<Digest> subject = std::nullopt,
                            const std::string& repository = "models/a") {
    push(std::string(oci::kEmptyBlob), repository);
    oci::Manifest manifest;
    manifest.media_type = oci::kManifestType;
    manifest.artifact_type = "application/vnd.example." + text.substr(0, 1);
    manifest.config = oci::empty_descriptor();
    manifest.annotations = {{"text", text}};
    if (subject) {
      manifest.subject = {std::string(oci::kManifestType), *subject, 1, "", {}, std::nullopt};
    }
    std::string bytes = oci::format_manifest(manifest);
    const std::string name = reference.empty() ? Digest::of(bytes).to_string() : reference;
    const auto response = send({"PUT",
                                "/v2/" + repository + "/manifests/" + name,
                                bytes,
                                {{"Content-Type", std::string(oci::kManifestType)}}});
    EXPECT_EQ(response.status, 201) << response.body;
    EXPECT_EQ(header(response, "OCI-Subject"), subject ? subject->to_string() : "(none)");
    return bytes;
  }

  Store::Options options_;
  sys::fake::FakeFileSystem disk_;
  sys::fake::FakeClock clock_;
  sys::SeededRandom random_{11};
  std::unique_ptr<Store> store_;
  std::unique_ptr<net::TokenFolder> tokens_;
  std::string admin_, site_, reader_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<net::Client> client_;
};

TEST_F(RegistryServer, ChallengesWhoeverHasNoToken) {
  for (const char* path : {"/v2/", "/v2/_catalog", "/v2/models/a/tags/list"}) {
    const auto response = send({.method = "GET", .path = path, .token = ""});
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(header(response, "WWW-Authenticate"), "Basic realm=\"skerry\"");
    EXPECT_THAT(response.body, HasSubstr("\"code\":\"UNAUTHORIZED\""));
  }
  EXPECT_EQ(send({.method = "GET", .path = "/v2/", .token = std::string(64, '0')}).status, 401);
  EXPECT_EQ(send({.method = "PUT", .path = "/v2/a/manifests/v1", .token = ""}).status, 401);
}

TEST_F(RegistryServer, TakesTheTokenAsPasswordOfAnyUser) {
  const auto response = send(
      {"GET", "/v2/", "", {{"Authorization", "Basic " + base64_encode("anybody:" + admin_)}}, ""});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(header(response, "Docker-Distribution-Api-Version"), "registry/2.0");
}

TEST_F(RegistryServer, LetsASiteReadItsPartAndWriteNothing) {
  push_manifest("v1", "model");
  push_manifest("desired", "spec", std::nullopt, "fleet/main");
  push_manifest("desired", "spec", std::nullopt, "fleet/canary");
  EXPECT_EQ(send({.method = "GET", .path = "/v2/models/a/manifests/v1", .token = "site"}).status,
            200);
  EXPECT_EQ(
      send({.method = "GET", .path = "/v2/fleet/main/manifests/desired", .token = "site"}).status,
      200);
  const auto other =
      send({.method = "GET", .path = "/v2/fleet/canary/manifests/desired", .token = "site"});
  EXPECT_EQ(other.status, 403);
  EXPECT_THAT(other.body, HasSubstr("\"code\":\"DENIED\""));
  EXPECT_EQ(send({.method = "GET", .path = "/v2/_catalog", .token = "site"}).body,
            R"({"repositories":["fleet/main","models/a"]})");

  for (const char* token : {"site", "client"}) {
    EXPECT_EQ(
        send({.method = "POST", .path = "/v2/models/a/blobs/uploads/", .token = token}).status,
        403);
    const auto pushed = send({"PUT", "/v2/models/a/manifests/v2", "{}", {}, token});
    EXPECT_EQ(pushed.status, 403);
    EXPECT_THAT(pushed.body, HasSubstr("\"code\":\"DENIED\""));
    EXPECT_EQ(
        send({.method = "DELETE", .path = "/v2/models/a/manifests/v1", .token = token}).status,
        403);
    EXPECT_EQ(send({.method = "PATCH", .path = begin(), .body = "x", .token = token}).status, 403);
  }
}

TEST_F(RegistryServer, AnswersAPollWithNotModified) {
  const std::string bytes = push_manifest("v1", "model");
  const std::string tag = "\"" + Digest::of(bytes).to_string() + "\"";
  const auto first = send({"GET", "/v2/models/a/manifests/v1"});
  EXPECT_EQ(first.body, bytes);
  EXPECT_EQ(header(first, "ETag"), tag);
  EXPECT_EQ(header(first, "Docker-Content-Digest"), Digest::of(bytes).to_string());
  const auto again = send({"GET", "/v2/models/a/manifests/v1", "", {{"If-None-Match", tag}}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(header(again, "ETag"), tag);
  push_manifest("v1", "another");
  EXPECT_EQ(send({"GET", "/v2/models/a/manifests/v1", "", {{"If-None-Match", tag}}}).status, 200);
}

TEST_F(RegistryServer, TellsLengthsByHead) {
  const std::string bytes = push_manifest("v1", "model");
  const auto manifest = send({"HEAD", "/v2/models/a/manifests/v1"});
  EXPECT_EQ(manifest.status, 200);
  EXPECT_EQ(header(manifest, "Content-Length"), std::to_string(bytes.size()));
  EXPECT_EQ(header(manifest, "Content-Type"), oci::kManifestType);
  const Digest digest = push("0123456789");
  const auto blob = send({"HEAD", "/v2/models/a/blobs/" + digest.to_string()});
  EXPECT_EQ(blob.status, 200);
  EXPECT_EQ(header(blob, "Content-Length"), "10");
  EXPECT_EQ(header(blob, "Docker-Content-Digest"), digest.to_string());
  EXPECT_EQ(send({"HEAD", "/v2/models/a/blobs/" + Digest::of("no").to_string()}).status, 404);
}

TEST_F(RegistryServer, ServesParts) {
  const std::string path = "/v2/models/a/blobs/" + push("0123456789").to_string();
  const auto part = send({"GET", path, "", {{"Range", "bytes=3-5"}}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "345");
  EXPECT_EQ(header(part, "Content-Range"), "bytes 3-5/10");
  const auto rest = send({"GET", path, "", {{"Range", "bytes=7-"}}});
  EXPECT_EQ(rest.body, "789");
  const auto beyond = send({"GET", path, "", {{"Range", "bytes=10-"}}});
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(header(beyond, "Content-Range"), "bytes */10");
}

TEST_F(RegistryServer, TakesChunksInOrderOnly) {
  std::string location = begin();
  const auto first = send({"PATCH", location, "01234", {{"Content-Range", "0-4"}}});
  EXPECT_EQ(first.status, 202);
  EXPECT_EQ(header(first, "Range"), "0-4");
  location = header(first, "Location");
  for (const char* range : {"0-4", "6-8", "4-6"}) {
    const std::string chunk(std::string_view(range) == "0-4" ? 5 : 3, 'x');
    const auto wrong = send({"PATCH", location, chunk, {{"Content-Range", range}}});
    EXPECT_EQ(wrong.status, 416) << range;
    EXPECT_THAT(wrong.body, HasSubstr("BLOB_UPLOAD_INVALID"));
  }
  const auto state = send({"GET", location});
  EXPECT_EQ(state.status, 204);
  EXPECT_EQ(header(state, "Range"), "0-4");
  const auto done = send({"PUT",
                          location + "?digest=" + Digest::of("01234567").to_string(),
                          "567",
                          {{"Content-Range", "5-7"}}});
  EXPECT_EQ(done.status, 201);
  EXPECT_EQ(header(done, "Location"), "/v2/models/a/blobs/" + Digest::of("01234567").to_string());
}

TEST_F(RegistryServer, TakesAChunkBackThatIsNotAsLongAsItSays) {
  const std::string location = begin();
  EXPECT_EQ(send({"PATCH", location, "012", {{"Content-Range", "0-9"}}}).status, 400);
  EXPECT_EQ(send({"PATCH", location, "0123456789", {{"Content-Range", "0-2"}}}).status, 400);
  EXPECT_EQ(send({"PATCH", location, "012", {{"Content-Range", "two-three"}}}).status, 400);
  EXPECT_EQ(send({"PATCH", location, "012", {{"Content-Range", "0-2"}}}).status, 202);
  EXPECT_EQ(send({"PUT", location + "?digest=" + Digest::of("012").to_string()}).status, 201);
}

TEST_F(RegistryServer, RefusesWhatIsNoDigest) {
  const std::string location = begin();
  for (const char* digest : {"", "sha256:12", "md5:00", "latest", "sha256%3A..%2F..%2Fx"}) {
    const auto response = send({"PUT", location + "?digest=" + digest, "x"});
    EXPECT_EQ(response.status, 400) << digest;
    EXPECT_THAT(response.body, HasSubstr("\"code\":\"DIGEST_INVALID\""));
  }
  EXPECT_EQ(send({"PUT", location, "x"}).status, 400);
  EXPECT_EQ(send({"GET", "/v2/models/a/blobs/sha256:12"}).status, 400);
  EXPECT_EQ(send({"GET", "/v2/models/a/manifests/sha256:12"}).status, 400);
  EXPECT_EQ(send({"GET", "/v2/models/a/referrers/latest"}).status, 400);
  EXPECT_EQ(send({"GET", "/v2/models/a/manifests/.none"}).status, 404);
}

TEST_F(RegistryServer, RefusesOtherBytesThanPromised) {
  const auto response =
      send({"PUT", begin() + "?digest=" + Digest::of("promised").to_string(), "sent"});
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("\"code\":\"DIGEST_INVALID\""));
  EXPECT_TRUE(disk_.list("/registry/uploads")->empty());
}

TEST_F(RegistryServer, RefusesPathsThatClimb) {
  for (const char* path :
       {"/v2/..%2f..%2fetc/manifests/v1", "/v2/a/../../b/manifests/v1", "/v2/%2e%2e/tags/list",
        "/v2/a%00b/tags/list", "/v2/A/manifests/v1", "/v2/a%2f..%2fb/blobs/uploads/"}) {
    const auto response = send({"GET", path});
    EXPECT_THAT(response.status, testing::AnyOf(400, 404)) << path;
  }
}

TEST_F(RegistryServer, RefusesWhatIsTooLarge) {
  options_.manifest_bytes_max = 1000;
  options_.blob_bytes_max = 2000;
  start();
  const auto manifest = send({"PUT",
                              "/v2/models/a/manifests/v1",
                              std::string(1001, ' '),
                              {{"Content-Type", std::string(oci::kManifestType)}}});
  EXPECT_EQ(manifest.status, 413);
  EXPECT_THAT(manifest.body, HasSubstr("\"code\":\"SIZE_INVALID\""));
  const std::string location = begin();
  EXPECT_EQ(send({"PATCH", location, std::string(2001, 'x')}).status, 413);
  EXPECT_EQ(send({"PATCH", location, std::string(1500, 'x')}).status, 202);
  EXPECT_EQ(send({"PATCH", location, std::string(501, 'x')}).status, 413);
  EXPECT_EQ(header(send({"GET", location}), "Range"), "0-1499");
}

TEST_F(RegistryServer, SaysThatTheDiskIsFullAndGoesOn) {
  const std::string location = begin();
  disk_.set_capacity(5000);
  const auto full = send({"PATCH", location, std::string(100'000, 'x')});
  EXPECT_EQ(full.status, 507);
  EXPECT_THAT(full.body, HasSubstr("\"errors\""));
  disk_.set_capacity(1'000'000);
  const std::string bytes(100'000, 'y');
  EXPECT_EQ(send({"PATCH", location, bytes}).status, 202);
  EXPECT_EQ(send({"PUT", location + "?digest=" + Digest::of(bytes).to_string()}).status, 201);
}

TEST_F(RegistryServer, RefusesTooManyUploadsForAWhile) {
  options_.uploads_max = 1;
  start();
  begin();
  const auto refused = send({"POST", "/v2/models/a/blobs/uploads/"});
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(header(refused, "Retry-After"), "1");
}

TEST_F(RegistryServer, ForgetsACancelledUpload) {
  const std::string location = begin();
  EXPECT_EQ(send({"DELETE", location}).status, 204);
  const auto gone = send({"GET", location});
  EXPECT_EQ(gone.status, 404);
  EXPECT_THAT(gone.body, HasSubstr("\"code\":\"BLOB_UPLOAD_UNKNOWN\""));
}

TEST_F(RegistryServer, MountsOnlyWithASource) {
  const std::string digest = push("model").to_string();
  const auto mounted =
      send({"POST", "/v2/models/b/blobs/uploads/?mount=" + digest + "&from=models/a"});
  EXPECT_EQ(mounted.status, 201);
  EXPECT_EQ(header(mounted, "Location"), "/v2/models/b/blobs/" + digest);
  EXPECT_EQ(send({"POST", "/v2/models/c/blobs/uploads/?mount=" + digest}).status, 202);
  EXPECT_EQ(send({"POST", "/v2/models/c/blobs/uploads/?mount=" + digest + "&from=none"}).status,
            202);
}

TEST_F(RegistryServer, PagesTags) {
  for (const char* tag : {"b", "a", "d", "c"}) push_manifest(tag, "model");
  EXPECT_EQ(send({"GET", "/v2/models/a/tags/list"}).body,
            R"({"name":"models/a","tags":["a","b","c","d"]})");
  const auto first = send({"GET", "/v2/models/a/tags/list?n=3"});
  EXPECT_EQ(first.body, R"({"name":"models/a","tags":["a","b","c"]})");
  EXPECT_EQ(header(first, "Link"), "</v2/models/a/tags/list?n=3&last=c>; rel=\"next\"");
  const auto second = send({"GET", "/v2/models/a/tags/list?n=3&last=c"});
  EXPECT_EQ(second.body, R"({"name":"models/a","tags":["d"]})");
  EXPECT_EQ(header(second, "Link"), "(none)");
  const auto none = send({"GET", "/v2/models/a/tags/list?n=0"});
  EXPECT_EQ(none.body, R"({"name":"models/a","tags":[]})");
  EXPECT_EQ(header(none, "Link"), "(none)");
  EXPECT_EQ(send({"GET", "/v2/models/a/tags/list?n=many"}).status, 400);
  EXPECT_EQ(send({"GET", "/v2/models/none/tags/list"}).status, 404);
}

TEST_F(RegistryServer, PagesReferrers) {
  const Digest subject = Digest::of(push_manifest("v1", "model"));
  for (const char* text : {"s1", "s2", "s3", "x1"}) push_manifest("", text, subject);
  const std::string path = "/v2/models/a/referrers/" + subject.to_string();
  const auto filtered = send({"GET", path + "?artifactType=application/vnd.example.s"});
  EXPECT_EQ(header(filtered, "OCI-Filters-Applied"), "artifactType");
  EXPECT_EQ(header(filtered, "Content-Type"), oci::kIndexType);
  const std::string link = header(filtered, "Link");
  ASSERT_THAT(link, testing::StartsWith("<"));
  const auto rest = send({"GET", link.substr(1, link.find('>') - 1)});
  const auto count = [](const net::ClientResponse& response) {
    return oci::parse_manifest(response.body, oci::kIndexType)->manifests.size();
  };
  EXPECT_EQ(count(filtered), 2u);
  EXPECT_EQ(count(rest), 1u);
  EXPECT_EQ(header(rest, "Link"), "(none)");
  const auto all = send({"GET", path});
  EXPECT_EQ(header(all, "OCI-Filters-Applied"), "(none)");
  EXPECT_EQ(send({"GET", "/v2/models/none/referrers/" + subject.to_string()}).status, 200);
}

TEST_F(RegistryServer, SetsTagsByParameter) {
  const std::string bytes = push_manifest("", "model");
  const std::string path = "/v2/models/a/manifests/" + Digest::of(bytes).to_string();
  const auto response = send({"PUT",
                              path + "?tag=v1&tag=champion",
                              bytes,
                              {{"Content-Type", std::string(oci::kManifestType)}}});
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(send({"GET", "/v2/models/a/tags/list"}).body,
            R"({"name":"models/a","tags":["champion","v1"]})");
  std::string many = path + "?tag=t0";
  for (int i = 1; i <= 100; ++i) many += "&tag=t" + std::to_string(i);
  EXPECT_EQ(send({"PUT", many, bytes}).status, 414);
  EXPECT_EQ(send({"PUT", path + "?tag=../x", bytes}).status, 400);
}

TEST_F(RegistryServer, AnswersAMissingBlobWithItsCode) {
  oci::Manifest manifest;
  manifest.media_type = oci::kManifestType;
  manifest.config =
      oci::Descriptor{std::string(oci::kConfigType), Digest::of("no"), 2, "", {}, std::nullopt};
  const auto response = send({"PUT",
                              "/v2/models/a/manifests/v1",
                              oci::format_manifest(manifest),
                              {{"Content-Type", std::string(oci::kManifestType)}}});
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("\"code\":\"MANIFEST_BLOB_UNKNOWN\""));
}

TEST_F(RegistryServer, KeepsWhatCameBeforeTheClientWentAway) {
  const std::string location = begin();
  net::ClientRequest request;
  request.method = "PATCH";
  request.url = server_->url() + location;
  request.headers.set("Authorization", "Bearer " + admin_);
  request.body_bytes = 2'000'000;
  std::size_t sent = 0;
  request.body_source = [&](std::span<char> out) -> Result<std::size_t> {
    if (sent >= 1'000'000) return unavailable("the cable is out");
    std::fill(out.begin(), out.end(), 'x');
    sent += out.size();
    return out.size();
  };
  EXPECT_FALSE(client_->send(request).ok());
  server_->stop(std::chrono::seconds(5));  // Every byte that came has been handed on.
  start();
  const auto state = send({"GET", location});
  ASSERT_EQ(state.status, 204);
  const std::string range = header(state, "Range");
  const std::uint64_t kept = std::stoull(range.substr(2)) + 1;
  EXPECT_GT(kept, 1u);
  EXPECT_LE(kept, sent);
  const std::string all(2'000'000, 'x');
  const auto rest = send({"PATCH",
                          location,
                          all.substr(kept),
                          {{"Content-Range", std::to_string(kept) + "-1999999"}}});
  EXPECT_EQ(rest.status, 202);
  EXPECT_EQ(send({"PUT", location + "?digest=" + Digest::of(all).to_string()}).status, 201);
}

}  // namespace
}  // namespace skerry::registry
