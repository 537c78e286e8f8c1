// SPDX-License-Identifier: Apache-2.0
#include "net/http.h"

#include <gtest/gtest.h>

namespace skerry::net {
namespace {

TEST(Headers, FindsWithoutCaseAndKeepsOrder) {
  Headers headers;
  headers.add("Accept", "a");
  headers.add("X-Two", "1");
  headers.add("x-two", "2");
  EXPECT_EQ(headers.find("ACCEPT"), "a");
  EXPECT_EQ(headers.find("x-TWO"), "1");
  EXPECT_EQ(headers.find("absent"), std::nullopt);
  ASSERT_EQ(headers.all().size(), 3u);
  EXPECT_EQ(headers.all()[2].second, "2");
}

TEST(Headers, SetReplacesEveryFieldOfTheName) {
  Headers headers;
  headers.add("a", "1");
  headers.add("b", "2");
  headers.add("A", "3");
  headers.set("a", "4");
  ASSERT_EQ(headers.all().size(), 2u);
  EXPECT_EQ(headers.all()[0].first, "b");
  EXPECT_EQ(headers.find("A"), "4");
}

TEST(Headers, ClearForgetsFieldsButReusesTheirStorage) {
  Headers headers;
  headers.add("a-long-name-beyond-the-small-buffer", "and a long value beyond the small buffer");
  const char* storage = headers.all()[0].second.data();
  headers.clear();
  EXPECT_TRUE(headers.all().empty());
  EXPECT_EQ(headers.find("a-long-name-beyond-the-small-buffer"), std::nullopt);
  headers.add("b", "short");
  EXPECT_EQ(headers.all()[0].second.data(), storage);
  EXPECT_EQ(headers.find("b"), "short");
}

TEST(Request, DecodesQueryValues) {
  Request request;
  request.query = "digest=sha256%3Aab&n=5&empty=&flag&n=6&type=a+b&bad=%zz";
  EXPECT_EQ(request.query_value("digest"), "sha256:ab");
  EXPECT_EQ(request.query_value("n"), "5");
  EXPECT_EQ(request.query_value("empty"), "");
  EXPECT_EQ(request.query_value("flag"), "");
  EXPECT_EQ(request.query_value("type"), "a+b");
  EXPECT_EQ(request.query_value("absent"), std::nullopt);
  EXPECT_EQ(request.query_value("bad"), std::nullopt);
  EXPECT_EQ(request.query_values("n"), (std::vector<std::string>{"5", "6"}));
}

TEST(ErrorResponse, CarriesTheMessageAndTheStatusOfTheCode) {
  const Response response = error_response(not_found("no \"x\""));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.find("content-type"), "application/json");
  EXPECT_EQ(response.body, R"({"error":"no \"x\""})");
}

struct GoodUrl {
  const char* text;
  const char* scheme;
  const char* host;
  int port;
  const char* target;
  const char* origin;
};

TEST(Url, ReadsParts) {
  const GoodUrl cases[] = {
      {"http://a", "http", "a", 80, "/", "http://a"},
      {"HTTPS://Hub.Example:8443/v2/?n=1", "https", "hub.example", 8443, "/v2/?n=1",
       "https://hub.example:8443"},
      {"http://127.0.0.1:5000/x%2Fy", "http", "127.0.0.1", 5000, "/x%2Fy", "http://127.0.0.1:5000"},
      {"https://[::1]:443/a", "https", "[::1]", 443, "/a", "https://[::1]"},
      {"https://h?q=1", "https", "h", 443, "/?q=1", "https://h"},
  };
  for (const GoodUrl& expected : cases) {
    const auto url = Url::parse(expected.text);
    ASSERT_TRUE(url.ok()) << expected.text << ": " << url.error().message();
    EXPECT_EQ(url->scheme, expected.scheme);
    EXPECT_EQ(url->host, expected.host);
    EXPECT_EQ(url->port, expected.port);
    EXPECT_EQ(url->target, expected.target);
    EXPECT_EQ(url->origin(), expected.origin);
  }
}

TEST(Url, RefusesWhatIsNotPlainHttp) {
  const std::string long_one = "http://a/" + std::string(9000, 'x');
  for (const std::string& text : {std::string(),
                                  std::string("a/b"),
                                  std::string("ftp://a/"),
                                  std::string("http://"),
                                  std::string("http:///x"),
                                  std::string("http://user:pw@a/"),
                                  std::string("http://a:0/"),
                                  std::string("http://a:65536/"),
                                  std::string("http://a:/"),
                                  std::string("http://a:80x/"),
                                  std::string("http://a/ b"),
                                  std::string("http://a/#f"),
                                  std::string("http://a/%g1"),
                                  std::string("http://a/%4"),
                                  std::string("http://a/\r\nX: y"),
                                  std::string("http://[::1"),
                                  std::string("http://[zz]/"),
                                  std::string("http://a b/"),
                                  std::string("http://a..b/"),
                                  std::string("http://a\0b/", 11),
                                  std::string("http://a\\b/"),
                                  std::string("file:///etc/passwd"),
                                  long_one}) {
    const auto url = Url::parse(text);
    ASSERT_FALSE(url.ok()) << text;
    EXPECT_EQ(url.error().code(), Code::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace skerry::net
