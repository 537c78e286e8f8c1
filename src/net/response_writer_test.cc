// SPDX-License-Identifier: Apache-2.0
#include "net/response_writer.h"

#include <gtest/gtest.h>

namespace skerry::net {
namespace {

std::string written(const Response& response, const WriteOptions& options) {
  std::string out;
  append_head(response, options, out);
  return out;
}

TEST(ResponseWriter, WritesStatusFieldsLengthAndDate) {
  Response response = json_response(404, "{}");
  EXPECT_EQ(written(response, {.date = "D"}),
            "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
            "Date: D\r\n\r\n");
  EXPECT_EQ(written(response, {.keep_alive = false, .date = "D"}),
            "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
            "Connection: close\r\nDate: D\r\n\r\n");
}

TEST(ResponseWriter, ValuesCannotStartAFieldOfTheirOwn) {
  Response response;
  response.headers.add("Location", "/a\r\nSet-Cookie: x");
  EXPECT_NE(written(response, {.date = "D"}).find("Location: /a  Set-Cookie: x\r\n"),
            std::string::npos);
}

TEST(ResponseWriter, HandlersDoNotSetTheFramingExceptForHead) {
  Response response;
  response.body = "abc";
  response.headers.add("content-length", "77");
  response.headers.add("Transfer-Encoding", "chunked");
  response.headers.add("Connection", "upgrade");
  EXPECT_EQ(written(response, {.date = "D"}),
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nDate: D\r\n\r\n");
  EXPECT_EQ(written(response, {.head = true, .date = "D"}),
            "HTTP/1.1 200 OK\r\nContent-Length: 77\r\nDate: D\r\n\r\n");
}

TEST(ResponseWriter, StatusesWithoutBodyHaveNoLength) {
  Response response;
  response.status = 204;
  EXPECT_EQ(written(response, {.date = "D"}), "HTTP/1.1 204 No Content\r\nDate: D\r\n\r\n");
}

TEST(HttpDate, WritesTheFixedLengthForm) {
  EXPECT_EQ(http_date(sys::parse_time("1994-11-06T08:49:37.5Z").value()),
            "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace skerry::net
