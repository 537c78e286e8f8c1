// SPDX-License-Identifier: Apache-2.0
//
// One suite of behaviour for all registries: the store itself, the client against our own server,
// and the client against Debian's docker-registry with htpasswd.
#include "tests/conformance/registry_conformance.h"

#include <chrono>
#include <cstdlib>
#include <fstream>

#include "net/auth.h"
#include "net/server.h"
#include "registry/remote/client.h"
#include "registry/server.h"
#include "registry/store.h"
#include "sys/random.h"
#include "tests/peers/registry_docker.h"

namespace skerry::registry {
namespace {

// A store on a real disk.
class StoreUnderTest final : public RegistryUnderTest {
 public:
  static Result<std::unique_ptr<RegistryUnderTest>> start() {
    auto folder = TRY(sys::TemporaryFolder::create("skerry-registry"));
    auto store = TRY(Store::open(sys::real_file_system(), sys::real_clock(), sys::system_random(),
                                 folder.path(), {}));
    return std::unique_ptr<RegistryUnderTest>(
        new StoreUnderTest(std::move(folder), std::move(store)));
  }

  Registry& registry() override { return *store_; }
  Store& store() { return *store_; }

  bool damage(const Digest& digest) override {
    const std::string path = folder_.path() + "/blobs/" + std::string(digest.algorithm_name()) +
                             "/" + digest.hex().substr(0, 2) + "/" + digest.hex();
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const int byte = file.get();
    file.seekp(0);
    file.put(static_cast<char>(byte ^ 1));
    return file.good();
  }

 private:
  StoreUnderTest(sys::TemporaryFolder folder, std::unique_ptr<Store> store)
      : folder_(std::move(folder)), store_(std::move(store)) {}

  sys::TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
};

// The same store behind our server, through our client.
class OwnServerUnderTest final : public RegistryUnderTest {
 public:
  static Result<std::unique_ptr<RegistryUnderTest>> start(bool bearer, std::uint64_t chunk_bytes) {
    auto self = std::make_unique<OwnServerUnderTest>();
    self->store_ = TRY(StoreUnderTest::start());
    auto& store = static_cast<StoreUnderTest&>(*self->store_).store();
    self->folder_ =
        std::make_unique<sys::TemporaryFolder>(TRY(sys::TemporaryFolder::create("skerry-tokens")));
    self->tokens_ =
        std::make_unique<net::TokenFolder>(sys::real_file_system(), self->folder_->path());
    const std::string token =
        TRY(self->tokens_->create({net::Role::kAdmin, ""}, sys::system_random()));
    net::Server::Options options;
    use_registry_errors(options);
    self->server_ = TRY(net::Server::start(options, registry_routes(store, {}), *self->tokens_));
    self->client_ = TRY(net::Client::create({}));
    RemoteRegistry::Options remote;
    remote.url = self->server_->url();
    if (bearer) {
      remote.credentials.token = token;
    } else {
      remote.credentials.username = "anybody";
      remote.credentials.password = token;
    }
    remote.chunk_bytes = chunk_bytes;
    remote.list_page = 4;
    self->remote_ = TRY(RemoteRegistry::create(*self->client_, sys::real_clock(), remote));
    return std::unique_ptr<RegistryUnderTest>(std::move(self));
  }

  Registry& registry() override { return *remote_; }
  bool damage(const Digest& digest) override { return store_->damage(digest); }

 private:
  std::unique_ptr<RegistryUnderTest> store_;
  std::unique_ptr<sys::TemporaryFolder> folder_;
  std::unique_ptr<net::TokenFolder> tokens_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<net::Client> client_;
  std::unique_ptr<RemoteRegistry> remote_;
};

class DockerRegistryUnderTest final : public RegistryUnderTest {
 public:
  static Result<std::unique_ptr<RegistryUnderTest>> start() {
    auto self = std::make_unique<DockerRegistryUnderTest>();
    self->server_ = TRY(DockerRegistry::start());
    self->client_ = TRY(net::Client::create({}));
    RemoteRegistry::Options remote;
    remote.url = self->server_->url();
    remote.credentials.username = DockerRegistry::kUsername;
    remote.credentials.password = DockerRegistry::kPassword;
    remote.list_page = 4;
    self->remote_ = TRY(RemoteRegistry::create(*self->client_, sys::real_clock(), remote));
    return std::unique_ptr<RegistryUnderTest>(std::move(self));
  }

  Registry& registry() override { return *remote_; }

 private:
  std::unique_ptr<DockerRegistry> server_;
  std::unique_ptr<net::Client> client_;
  std::unique_ptr<RemoteRegistry> remote_;
};

const RegistryCase kCases[] = {
    {.name = "Store", .start = [] { return StoreUnderTest::start(); }},
    {.name = "OwnServerWithBearer", .start = [] { return OwnServerUnderTest::start(true, 0); }},
    {.name = "OwnServerWithBasicInChunks",
     .start = [] { return OwnServerUnderTest::start(false, 100'000); }},
    {.name = "DockerRegistry",
     .start = [] { return DockerRegistryUnderTest::start(); },
     .removes_tags = false,
     .knows_sha512 = false},
};

INSTANTIATE_TEST_SUITE_P(Registries, RegistryConformance, testing::ValuesIn(kCases),
                         [](const testing::TestParamInfo<RegistryCase>& tested) {
                           return tested.param.name;
                         });

}  // namespace
}  // namespace skerry::registry
