// SPDX-License-Identifier: Apache-2.0
//
// The client against servers that a test scripts: cuts, old and lying registries, token services.
#include "registry/remote/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "base/encoding.h"
#include "sys/fake/clock.h"

namespace skerry::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Code code_of(const Status& status) { return status ? Code{} : status.error().code(); }
template <typename T>
Code code_of(const Result<T>& result) {
  return result ? Code{} : result.error().code();
}

// Answers by a function; reads bodies and feeds sinks as a real client does.
class ScriptedClient final : public net::Client {
 public:
  struct Seen {
    std::string method;
    std::string url;
    std::string body;
    net::Headers headers;

    std::string header(const char* name) const {
      return std::string(headers.find(name).value_or("(none)"));
    }
  };
  using Script = std::function<Result<net::ClientResponse>(const Seen& seen)>;

  // A body is cut off after so many bytes; the transfer then fails.
  std::size_t cut_after = std::string::npos;
  Script script;
  std::vector<Seen> seen;

  Result<net::ClientResponse> send(const net::ClientRequest& request) override {
    Seen one{request.method, request.url, request.body, request.headers};
    bool cut = false;
    while (request.body_source && one.body.size() < request.body_bytes && !cut) {
      std::vector<char> piece(1000);
      const std::size_t count = TRY(request.body_source(piece));
      one.body.append(piece.data(), count);
      cut = one.body.size() >= cut_after;
    }
    if (cut) one.body.resize(cut_after);
    seen.push_back(one);
    Result<net::ClientResponse> response = script(one);
    if (cut) {
      cut_after = std::string::npos;
      return unavailable("cut off");
    }
    if (!response) return response;
    if (response->status / 100 == 2 && request.body_sink) {
      TRY(request.body_sink(response->body));
      response->body.clear();
    }
    if (response->body.size() > request.response_bytes_max) {
      return Error(Code::kResourceExhausted, "too large");
    }
    return response;
  }
};

net::ClientResponse answer(int status, std::string body = "",
                           std::vector<std::pair<std::string, std::string>> headers = {}) {
  net::ClientResponse response;
  response.status = status;
  response.body = std::move(body);
  for (const auto& [name, value] : headers) response.headers.add(name, value);
  return response;
}

oci::Descriptor descriptor(std::string_view bytes) {
  return {std::string(oci::kManifestType), Digest::of(bytes), bytes.size(), "", {}, std::nullopt};
}

BlobSource source_of(std::string_view bytes) {
  return [bytes](std::uint64_t offset, std::span<char> out) -> Result<std::size_t> {
    return bytes.substr(offset).copy(out.data(), out.size());
  };
}

class RemoteRegistryTest : public testing::Test {
 protected:
  std::unique_ptr<RemoteRegistry> registry(Session::Credentials credentials = {},
                                           const std::string& url = "https://registry.example") {
    RemoteRegistry::Options options;
    options.url = url;
    options.credentials = std::move(credentials);
    auto made = RemoteRegistry::create(client_, clock_, options);
    EXPECT_TRUE(made.ok());
    return std::move(*made);
  }

  std::vector<std::string> requests() {
    std::vector<std::string> lines;
    for (const auto& one : client_.seen) {
      lines.push_back(one.method + " " + one.url.substr(one.url.find('/', 8)));
    }
    return lines;
  }

  ScriptedClient client_;
  sys::fake::FakeClock clock_;
};

TEST_F(RemoteRegistryTest, RefusesAddressesThatAreNoOrigin) {
  for (const char* url : {"", "registry.example", "ftp://x", "https://x/path", "https://u:p@x"}) {
    RemoteRegistry::Options options;
    options.url = url;
    EXPECT_EQ(code_of(RemoteRegistry::create(client_, clock_, options)), Code::kInvalidArgument)
        << url;
  }
}

// A registry with a token service: tokens are counted, "good-<n>".
ScriptedClient::Script with_token_service(int& issued, const std::string& manifest) {
  return [&issued, manifest](const ScriptedClient::Seen& seen) -> Result<net::ClientResponse> {
    if (seen.url.starts_with("https://auth.example/token")) {
      ++issued;
      return answer(200, R"({"token":"good-)" + std::to_string(issued) + R"(","expires_in":300})");
    }
    if (seen.header("Authorization") == "Bearer good-" + std::to_string(issued)) {
      return answer(200, manifest, {{"Content-Type", std::string(oci::kManifestType)}});
    }
    return answer(401, "",
                  {{"WWW-Authenticate",
                    R"(Bearer realm="https://auth.example/token",service="registry.example")"}});
  };
}

TEST_F(RemoteRegistryTest, FetchesATokenForEachScopeOnce) {
  int issued = 0;
  client_.script = with_token_service(issued, "{}");
  const auto remote = registry({"user", "secret", ""});
  ASSERT_TRUE(remote->get_manifest("models/a", "v1").ok());
  ASSERT_TRUE(remote->get_manifest("models/a", "v1").ok());
  EXPECT_EQ(issued, 1);
  EXPECT_THAT(
      requests(),
      ElementsAre("GET /v2/models/a/manifests/v1",
                  "GET /token?scope=repository%3Amodels%2Fa%3Apull&service=registry.example",
                  "GET /v2/models/a/manifests/v1", "GET /v2/models/a/manifests/v1"));
  EXPECT_EQ(client_.seen[0].header("Authorization"), "(none)");
  EXPECT_EQ(client_.seen[1].header("Authorization"), "Basic " + base64_encode("user:secret"));
  ASSERT_TRUE(remote->get_manifest("models/b", "v1").ok());
  EXPECT_EQ(issued, 2);
}

TEST_F(RemoteRegistryTest, FetchesATokenAnewWhenItRunsOut) {
  int issued = 0;
  client_.script = with_token_service(issued, "{}");
  const auto remote = registry({"user", "secret", ""});
  ASSERT_TRUE(remote->get_manifest("models/a", "v1").ok());
  clock_.advance(std::chrono::seconds(269));
  ASSERT_TRUE(remote->get_manifest("models/a", "v1").ok());
  EXPECT_EQ(issued, 1);
  clock_.advance(std::chrono::seconds(2));
  ASSERT_TRUE(remote->get_manifest("models/a", "v1").ok());
  EXPECT_EQ(issued, 2);
}

TEST_F(RemoteRegistryTest, GivesUpWhenATokenDoesNotHelp) {
  client_.script = [](const ScriptedClient::Seen& seen) -> Result<net::ClientResponse> {
    if (seen.url.find("/token") != std::string::npos) return answer(200, R"({"access_token":"x"})");
    return answer(401, R"({"errors":[{"code":"UNAUTHORIZED","message":"no"}]})",
                  {{"WWW-Authenticate", R"(Bearer realm="https://auth.example/token")"}});
  };
  EXPECT_EQ(code_of(registry({"user", "secret", ""})->get_manifest("models/a", "v1")),
            Code::kUnauthenticated);
  EXPECT_EQ(client_.seen.size(), 3u);
}

TEST_F(RemoteRegistryTest, SendsNoPasswordToATokenServiceWithoutTls) {
  client_.script = [](const ScriptedClient::Seen&) -> Result<net::ClientResponse> {
    return answer(401, "", {{"WWW-Authenticate", R"(Bearer realm="http://auth.example/token")"}});
  };
  EXPECT_EQ(code_of(registry({"user", "secret", ""})->get_manifest("models/a", "v1")),
            Code::kFailedPrecondition);
  EXPECT_EQ(client_.seen.size(), 1u);
}

TEST_F(RemoteRegistryTest, SendsOurTokenAsPasswordWhereBasicIsAskedFor) {
  client_.script = [](const ScriptedClient::Seen& seen) -> Result<net::ClientResponse> {
    if (seen.header("Authorization").starts_with("Basic ")) return answer(200, "{}");
    return answer(401, "", {{"WWW-Authenticate", "Basic realm=\"x\""}});
  };
  const auto remote = registry({"", "", "secret"});
  ASSERT_TRUE(remote->get_manifest("models/a", "v1").ok());
  ASSERT_TRUE(remote->get_manifest("models/a", "v1").ok());
  ASSERT_EQ(client_.seen.size(), 3u);
  EXPECT_EQ(client_.seen[0].header("Authorization"), "Bearer secret");
  EXPECT_EQ(client_.seen[1].header("Authorization"), "Basic " + base64_encode("skerry:secret"));
  EXPECT_EQ(client_.seen[2].header("Authorization"), "Basic " + base64_encode("skerry:secret"));
}

// A server that keeps an upload at `offset`, on another host if told so.
class UploadServer {
 public:
  explicit UploadServer(ScriptedClient& client) {
    client.script = [this](const ScriptedClient::Seen& seen) { return serve(seen); };
  }

  std::string kept;
  std::string base = "/v2/models/a/blobs/uploads/id?state=s";
  bool forget = false;
  int status_of_patch = 202;

 private:
  Result<net::ClientResponse> serve(const ScriptedClient::Seen& seen) {
    const std::string last = std::to_string(kept.empty() ? 0 : kept.size() - 1);
    if (seen.method == "HEAD") return answer(404);
    if (seen.method == "POST") {
      kept.clear();
      return answer(202, "", {{"Location", base}});
    }
    if (seen.method == "GET") {
      if (std::exchange(forget, false)) return answer(404);
      return answer(204, "", {{"Location", base}, {"Range", "0-" + last}});
    }
    if (seen.method == "PATCH") {
      if (status_of_patch != 202) return answer(status_of_patch);
      if (!seen.header("Content-Range").starts_with(std::to_string(kept.size()) + "-")) {
        return answer(416);
      }
      kept += seen.body;
      return answer(202, "",
                    {{"Location", base}, {"Range", "0-" + std::to_string(kept.size() - 1)}});
    }
    return answer(201);
  }
};

TEST_F(RemoteRegistryTest, GoesOnWithAnUploadWhereTheServerStands) {
  UploadServer server(client_);
  const std::string bytes(10'000, 'x');
  client_.cut_after = 3500;
  const Status put = registry()->put_blob("models/a", descriptor(bytes), source_of(bytes));
  ASSERT_TRUE(put.ok()) << put.error().to_string();
  EXPECT_EQ(server.kept, bytes);
  const std::string upload = "/v2/models/a/blobs/uploads/id?state=s";
  EXPECT_THAT(
      requests(),
      ElementsAre("HEAD /v2/models/a/blobs/" + Digest::of(bytes).to_string(),
                  "POST /v2/models/a/blobs/uploads/", "PATCH " + upload, "GET " + upload,
                  "PATCH " + upload, "PUT " + upload + "&digest=" + Digest::of(bytes).to_string()));
  EXPECT_EQ(client_.seen[4].header("Content-Range"), "3500-9999");
}

TEST_F(RemoteRegistryTest, BeginsAnUploadAgainThatTheServerForgot) {
  UploadServer server(client_);
  server.forget = true;
  const std::string bytes(10'000, 'x');
  client_.cut_after = 3500;
  ASSERT_TRUE(registry()->put_blob("models/a", descriptor(bytes), source_of(bytes)).ok());
  EXPECT_EQ(server.kept, bytes);
}

TEST_F(RemoteRegistryTest, AsksForTheOffsetAfter416) {
  UploadServer server(client_);
  const std::string bytes(10'000, 'x');
  RemoteRegistry::Options options;
  options.url = "https://registry.example";
  options.chunk_bytes = 4000;
  const auto remote = *RemoteRegistry::create(client_, clock_, options);
  bool lost = false;
  auto inner = client_.script;
  client_.script = [&](const ScriptedClient::Seen& seen) -> Result<net::ClientResponse> {
    auto response = inner(seen);
    // The server says that it took the chunk, then loses the last part of it.
    if (seen.method == "PATCH" && !std::exchange(lost, true)) server.kept.resize(2500);
    return response;
  };
  const Status put = remote->put_blob("models/a", descriptor(bytes), source_of(bytes));
  ASSERT_TRUE(put.ok()) << put.error().to_string();
  EXPECT_EQ(server.kept, bytes);
}

TEST_F(RemoteRegistryTest, GivesUpAnUploadThatDoesNotComeForward) {
  UploadServer server(client_);
  server.status_of_patch = 503;
  const std::string bytes(100, 'x');
  EXPECT_EQ(code_of(registry()->put_blob("models/a", descriptor(bytes), source_of(bytes))),
            Code::kUnavailable);
  const auto patches = std::count_if(client_.seen.begin(), client_.seen.end(),
                                     [](const auto& one) { return one.method == "PATCH"; });
  EXPECT_EQ(patches, 5);
}

TEST_F(RemoteRegistryTest, KeepsItsCredentialsFromOtherHosts) {
  UploadServer server(client_);
  server.base = "https://storage.example/upload?sig=1";
  const std::string bytes(100, 'x');
  ASSERT_TRUE(
      registry({"", "", "secret"})->put_blob("models/a", descriptor(bytes), source_of(bytes)).ok());
  for (const auto& one : client_.seen) {
    const bool own = one.url.starts_with("https://registry.example/");
    EXPECT_EQ(one.header("Authorization"), own ? "Bearer secret" : "(none)") << one.url;
  }
  server.base = "http://storage.example/upload";
  EXPECT_EQ(code_of(registry()->put_blob("models/a", descriptor(bytes), source_of(bytes))),
            Code::kFailedPrecondition);
}

TEST_F(RemoteRegistryTest, SkipsWhatAServerWithoutRangesSendsAgain) {
  const std::string bytes = "0123456789";
  client_.script = [&](const ScriptedClient::Seen& seen) -> Result<net::ClientResponse> {
    if (seen.method == "HEAD") return answer(200, "", {{"Content-Length", "10"}});
    return answer(200, bytes);
  };
  std::string got;
  const Status read =
      registry()->get_blob("models/a", Digest::of(bytes), 4, [&](std::string_view piece) {
        got += piece;
        return ok_status();
      });
  ASSERT_TRUE(read.ok()) << read.error().to_string();
  EXPECT_EQ(got, "456789");
}

TEST_F(RemoteRegistryTest, TrustsBytesNotHeaders) {
  client_.script = [&](const ScriptedClient::Seen&) -> Result<net::ClientResponse> {
    return answer(200, "{}",
                  {{"Docker-Content-Digest", Digest::of("a lie").to_string()},
                   {"Content-Type", "application/vnd.oci.image.index.v1+json; a=b"}});
  };
  const auto stored = registry()->get_manifest("models/a", "v1");
  ASSERT_TRUE(stored.ok());
  EXPECT_EQ((*stored)->digest, Digest::of("{}"));
  EXPECT_EQ((*stored)->media_type, oci::kIndexType);
  EXPECT_EQ(code_of(registry()->get_manifest("models/a", Digest::of("a lie").to_string())),
            Code::kDataLoss);
}

TEST_F(RemoteRegistryTest, RefusesAnAnswerThatIsTooLarge) {
  client_.script = [&](const ScriptedClient::Seen&) -> Result<net::ClientResponse> {
    return answer(200, std::string(limits::kManifestBytesMax + 1, ' '));
  };
  EXPECT_EQ(code_of(registry()->get_manifest("models/a", "v1")), Code::kResourceExhausted);
}

TEST_F(RemoteRegistryTest, LeavesAListThatDoesNotEnd) {
  client_.script = [&](const ScriptedClient::Seen& seen) -> Result<net::ClientResponse> {
    return answer(200, R"({"tags":["v1"]})", {{"Link", "<" + seen.url + ">; rel=\"next\""}});
  };
  EXPECT_EQ(code_of(registry()->tags("models/a")), Code::kUnavailable);
}

TEST_F(RemoteRegistryTest, SaysWhatTheServerSaidWithoutItsControlCharacters) {
  client_.script = [&](const ScriptedClient::Seen&) -> Result<net::ClientResponse> {
    return answer(403, R"({"errors":[{"code":"DENIED","message":"not\u001b[31m you"}]})");
  };
  const auto denied = registry()->get_manifest("models/a", "v1");
  EXPECT_EQ(code_of(denied), Code::kPermissionDenied);
  EXPECT_THAT(denied.error().message(), HasSubstr("403 DENIED (not?[31m you)"));
}

// A registry of the time before the referrers API: manifests by reference, with entity tags.
class OldServer {
 public:
  explicit OldServer(ScriptedClient& client) {
    client.script = [this](const ScriptedClient::Seen& seen) { return serve(seen); };
  }

  std::map<std::string, std::string> manifests;
  std::function<void()> before_put;  // What another client does meanwhile, once.

 private:
  Result<net::ClientResponse> serve(const ScriptedClient::Seen& seen) {
    if (seen.url.find("/referrers/") != std::string::npos) return answer(404);
    const std::string reference = seen.url.substr(seen.url.rfind('/') + 1);
    if (seen.method == "PUT") {
      if (before_put && reference.starts_with("sha256-")) std::exchange(before_put, nullptr)();
      const std::string wanted = seen.header("If-Match");
      if (wanted != "(none)" && wanted != tag_of(manifests[reference])) return answer(412);
      manifests[reference] = seen.body;
      manifests[Digest::of(seen.body).to_string()] = seen.body;
      return answer(201);
    }
    if (seen.method == "DELETE") return answer(manifests.erase(reference) > 0 ? 202 : 404);
    if (!manifests.contains(reference)) return answer(404);
    const std::string& bytes = manifests[reference];
    const bool index = bytes.find("\"manifests\"") != std::string::npos;
    return answer(200, bytes,
                  {{"ETag", tag_of(bytes)},
                   {"Content-Type", std::string(index ? oci::kIndexType : oci::kManifestType)}});
  }

  static std::string tag_of(const std::string& bytes) {
    return "\"" + Digest::of(bytes).to_string() + "\"";
  }
};

std::string artifact(const std::string& type, const Digest& subject) {
  oci::Manifest manifest;
  manifest.media_type = oci::kManifestType;
  manifest.artifact_type = type;
  manifest.config = oci::empty_descriptor();
  manifest.subject =
      oci::Descriptor{std::string(oci::kManifestType), subject, 1, "", {}, std::nullopt};
  return oci::format_manifest(manifest);
}

TEST_F(RemoteRegistryTest, KeepsTheReferrersTagOfAnOldServer) {
  OldServer server(client_);
  const auto remote = registry();
  const Digest subject = Digest::of("model");
  const std::string first = artifact("application/vnd.example.sig", subject);
  const std::string second = artifact("application/vnd.example.sbom", subject);
  ASSERT_TRUE(
      remote->put_manifest("models/a", Digest::of(first).to_string(), oci::kManifestType, first)
          .ok());
  // Another client changes the tag between our reading and our writing.
  server.before_put = [&] {
    oci::Manifest other;
    other.media_type = oci::kIndexType;
    other.manifests = {descriptor(first), descriptor("of another client")};
    server.manifests["sha256-" + subject.hex()] = oci::format_manifest(other);
  };
  ASSERT_TRUE(
      remote->put_manifest("models/a", Digest::of(second).to_string(), oci::kManifestType, second)
          .ok());
  const auto index =
      oci::parse_manifest(server.manifests["sha256-" + subject.hex()], oci::kIndexType);
  ASSERT_TRUE(index.ok());
  EXPECT_EQ(index->manifests.size(), 3u);

  const auto sboms = remote->referrers("models/a", subject, "application/vnd.example.sbom");
  ASSERT_TRUE(sboms.ok()) << sboms.error().to_string();
  ASSERT_EQ(sboms->size(), 1u);
  EXPECT_EQ(sboms->front().digest, Digest::of(second));

  ASSERT_TRUE(remote->remove("models/a", Digest::of(second).to_string()).ok());
  EXPECT_EQ(remote->referrers("models/a", subject, "")->size(), 1u);
}

TEST_F(RemoteRegistryTest, AsksTheManifestForItsTypeNotTheTagsIndex) {
  OldServer server(client_);
  const Digest subject = Digest::of("model");
  const std::string signature = artifact("application/vnd.example.sig", subject);
  server.manifests[Digest::of(signature).to_string()] = signature;
  oci::Manifest index;
  index.media_type = oci::kIndexType;
  index.manifests = {descriptor(signature)};
  index.manifests[0].artifact_type = oci::kEmptyType;  // As cosign writes it.
  server.manifests["sha256-" + subject.hex()] = oci::format_manifest(index);
  const auto found = registry()->referrers("models/a", subject, "application/vnd.example.sig");
  ASSERT_TRUE(found.ok()) << found.error().to_string();
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().artifact_type, "application/vnd.example.sig");
}

TEST_F(RemoteRegistryTest, LeavesAReferrersTagAloneThatItCannotRead) {
  OldServer server(client_);
  const Digest subject = Digest::of("model");
  const std::string tag = "sha256-" + subject.hex();
  server.manifests[tag] = "not an index";
  const std::string signature = artifact("application/vnd.example.sig", subject);
  EXPECT_FALSE(registry()
                   ->put_manifest("models/a", Digest::of(signature).to_string(), oci::kManifestType,
                                  signature)
                   .ok());
  EXPECT_EQ(server.manifests[tag], "not an index");
}

}  // namespace
}  // namespace skerry::registry
