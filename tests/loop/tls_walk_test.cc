// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/loop/machine.h"
#include "tests/loop/models.h"
#include "tests/support/certificate.h"

namespace skerry::walk {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Tls, RolloutAndScoreOverHttps) {
  Machine machine;
  const test::CertificateFiles files =
      test::make_certificate(machine.path(""), "hub", "IP:127.0.0.1,DNS:localhost");
  machine.set("SKERRY_TLS_CERTIFICATE", files.certificate);
  machine.set("SKERRY_TLS_KEY", files.key);
  machine.set("SKERRY_TLS_CA", files.certificate);
  const std::unique_ptr<Role> up = machine.up();
  for (const char* role : {"hub", "registry", "sites/site-1"}) {
    EXPECT_THAT(machine.url(role), StartsWith("https://"));
  }
  machine.ask({"model", "push", "small-plant:v1", "--from", built_plant().archive});
  machine.ask({"rollout", "start", "small-plant:v1"});
  const Http http(machine.token("client"), files.certificate);
  const std::string wanted(built_plant().built.at("artifact").as_string());
  ASSERT_TRUE(wait_until([&] { return machine.current(http, kPlantModel) == wanted; }))
      << json::dump(machine.status(http));

  const std::string file =
      machine.write("rows.csv", "asset,bearing_temperature,vibration_x\nm1,60,2\nm1,61,2\n");
  const std::string site = machine.url("sites/site-1");
  const json::Value scored = machine.ask({"score", file, "--site", site});
  EXPECT_EQ(scored.as_array().size(), 2u);
  EXPECT_TRUE(scored.at(1).at("outputs").at("rul").is_number());

  // A caller that does not know the authority gets no further.
  machine.set("SKERRY_TLS_CA", "");
  const Finished stranger = machine.run({"score", file, "--site", site});
  EXPECT_EQ(stranger.code, 16) << stranger.err;
  EXPECT_THAT(stranger.err, HasSubstr("certificate"));
}

TEST(Tls, CertificateWithoutItsKeyIsRefused) {
  Machine machine;
  machine.set("SKERRY_TLS_CERTIFICATE", machine.write("a.crt", "no certificate"));
  const Finished alone = machine.run({"hub", "run"});
  EXPECT_EQ(alone.code, 3) << alone.err;
  EXPECT_THAT(alone.err, HasSubstr("tls.key"));
  machine.set("SKERRY_TLS_KEY", machine.write("a.key", "no key"));
  const Finished wrong = machine.run({"hub", "run"});
  EXPECT_EQ(wrong.code, 3) << wrong.err;
}

}  // namespace
}  // namespace skerry::walk
