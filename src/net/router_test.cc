// SPDX-License-Identifier: Apache-2.0
#include "net/router.h"

#include <gtest/gtest.h>

namespace skerry::net {
namespace {

Route route(const char* method, const char* pattern) {
  Route made;
  made.method = method;
  made.pattern = pattern;
  made.handler = [](const Request&, Response&) {};
  return made;
}

struct Case {
  const char* method;
  const char* path;
  int route;  // Index, or -404, -405, -400.
  std::vector<std::string> parameters;
};

int outcome(const Router::Match& match) {
  switch (match.outcome) {
    case Router::Outcome::kFound: return static_cast<int>(match.route);
    case Router::Outcome::kNoPath: return -404;
    case Router::Outcome::kNoMethod: return -405;
    case Router::Outcome::kBadPath: return -400;
  }
  return 0;
}

TEST(Router, FindsTheMostLiteralRouteAndItsParameters) {
  const std::vector<Route> routes = {
      route("GET", "/"),                                    // 0
      route("GET", "/v2/"),                                 // 1
      route("GET", "/v2/{rest*}"),                          // 2
      route("PUT", "/v2/{rest*}"),                          // 3
      route("GET", "/models/{model}"),                      // 4
      route("GET", "/models/stats"),                        // 5
      route("POST", "/models/{model}/infer"),               // 6
      route("POST", "/models/{model}/versions/{v}/infer"),  // 7
      route("HEAD", "/own"),                                // 8
      route("GET", "/own"),                                 // 9
      route("GET", "/models/special/deep"),                 // 10
  };
  const auto router = Router::build(routes);
  ASSERT_TRUE(router.ok()) << router.error().message();
  const Case cases[] = {
      {"GET", "/", 0, {}},
      {"GET", "/v2/", 1, {}},
      {"GET", "/v2", -404, {}},
      {"GET", "/v2/a/b/manifests/x", 2, {"a/b/manifests/x"}},
      {"PUT", "/v2/a//b", 3, {"a//b"}},
      {"DELETE", "/v2/a", -405, {}},
      {"GET", "/models/stats", 5, {}},
      {"GET", "/models/st%61ts", 5, {}},
      {"GET", "/models/turbofan", 4, {"turbofan"}},
      {"GET", "/models/", -404, {}},
      {"GET", "/models/a/", -404, {}},
      {"GET", "/models/a%2Fb", 4, {"a/b"}},
      {"GET", "/models/special", 4, {"special"}},
      {"POST", "/models/special/infer", 6, {"special"}},
      {"POST", "/models/m/versions/3/infer", 7, {"m", "3"}},
      {"POST", "/models/m", -405, {}},
      {"HEAD", "/models/m", 4, {"m"}},
      {"HEAD", "/own", 8, {}},
      {"get", "/own", -405, {}},
      {"GET", "", -404, {}},
      {"GET", "*", -404, {}},
      {"GET", "/nothing", -404, {}},
      {"GET", "/models/%", -400, {}},
      {"GET", "/models/%4", -400, {}},
      {"GET", "/models/%xx", -400, {}},
      {"GET", "/models/a%00b", -400, {}},
      {"GET", "/models/..", -400, {}},
      {"GET", "/models/%2e%2E", -400, {}},
      {"GET", "/v2/a/../b", -400, {}},
      {"GET", "/v2/a%2F..%2Fb", -400, {}},
  };
  std::vector<std::string> parameters;
  for (const Case& expected : cases) {
    const Router::Match match = router->find(expected.method, expected.path, parameters);
    EXPECT_EQ(outcome(match), expected.route) << expected.method << " " << expected.path;
    if (expected.route >= 0) {
      EXPECT_EQ(parameters, expected.parameters) << expected.path;
    }
  }
}

TEST(Router, NamesTheMethodsThatThePathTakes) {
  const std::vector<Route> routes = {route("PUT", "/a"), route("GET", "/a"), route("DELETE", "/a")};
  const auto router = Router::build(routes);
  std::vector<std::string> parameters;
  EXPECT_EQ(router->find("POST", "/a", parameters).allow, "DELETE, GET, HEAD, PUT");
}

TEST(Router, RefusesMalformedTables) {
  const auto refused = [](std::vector<Route> routes) {
    const auto router = Router::build(routes);
    return !router.ok() && router.error().code() == Code::kInvalidArgument;
  };
  EXPECT_TRUE(refused({route("GET", "a")}));
  EXPECT_TRUE(refused({route("GET", "/{}")}));
  EXPECT_TRUE(refused({route("GET", "/x{a}")}));
  EXPECT_TRUE(refused({route("GET", "/{a}{b}")}));
  EXPECT_TRUE(refused({route("GET", "/{rest*}/more")}));
  EXPECT_TRUE(refused({route("GET", "/{a}"), route("GET", "/{b}")}));
  Route without_handler = route("GET", "/a");
  without_handler.handler = nullptr;
  EXPECT_TRUE(refused({without_handler}));
  EXPECT_FALSE(refused({route("GET", "/{a}"), route("POST", "/{b}")}));
}

}  // namespace
}  // namespace skerry::net
