// SPDX-License-Identifier: Apache-2.0
#include "net/request_parser.h"

#include <gtest/gtest.h>

namespace skerry::net {
namespace {

using Event = RequestParser::Event;

struct Outcome {
  Event event = Event::kNeedMore;
  int status = 0;
  RequestMessage message;
  std::size_t unread = 0;
};

// Feeds `text` in pieces of `step` bytes, as a connection does.
Outcome parse(std::string_view text, std::size_t step, RequestParser::Limits limits = {},
              std::optional<std::uint64_t> body_max = std::nullopt) {
  Outcome outcome;
  RequestParser parser(outcome.message, limits);
  std::string stored;
  while (!text.empty() || outcome.event == Event::kHead) {
    stored.append(text.substr(0, step));
    text.remove_prefix(std::min(step, text.size()));
    std::string_view input = stored;
    do {
      outcome.event = parser.feed(input);
      if (outcome.event == Event::kHead) parser.set_body(&outcome.message.body, body_max);
    } while (outcome.event == Event::kHead);
    stored = std::string(input);
    outcome.status = parser.refused_status();
    if (outcome.event == Event::kDone || outcome.event == Event::kError) break;
  }
  outcome.unread = stored.size() + text.size();
  return outcome;
}

constexpr std::string_view kChunked =
    "POST /a?b=c HTTP/1.1\r\nhost: x\r\nTransfer-Encoding: Chunked\r\nExpect: 100-continue\r\n\r\n"
    "5;ext=1\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\nTrailer: t\r\n\r\nGET";

TEST(RequestParser, ReadsTheSameHoweverTheBytesArrive) {
  for (std::size_t step = 1; step <= kChunked.size(); ++step) {
    const Outcome outcome = parse(kChunked, step);
    ASSERT_EQ(outcome.event, Event::kDone) << step;
    EXPECT_EQ(outcome.message.method, "POST");
    EXPECT_EQ(outcome.message.target, "/a?b=c");
    EXPECT_EQ(outcome.message.body, "hello world") << step;
    EXPECT_EQ(outcome.message.value(outcome.message.host), "x");
    EXPECT_EQ(outcome.message.value(outcome.message.expect), "100-continue");
    EXPECT_EQ(outcome.message.origin, -1);
    EXPECT_EQ(outcome.message.headers.find("trailer"), std::nullopt);
    EXPECT_EQ(outcome.unread, 3u) << step;
  }
}

TEST(RequestParser, ReadsAnEmptyChunkedBodyByteByByte) {
  const std::string text =
      "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  const Outcome outcome = parse(text, 1);
  EXPECT_EQ(outcome.event, Event::kDone);
  EXPECT_EQ(outcome.message.body, "");
  EXPECT_EQ(outcome.unread, 0u);
}

TEST(RequestParser, RefusesWhatTwoServersCouldReadDifferently) {
  const struct {
    const char* text;
    int status;
  } cases[] = {
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
       400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 400},
      {"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
       400},
      {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nA: b\nC: d\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nAuthorization: y\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400},
      {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"\x16\x03\x01\x02\x00\x01 TLS to a plain port", 400},
  };
  for (const auto& expected : cases) {
    const Outcome outcome = parse(expected.text, 4096);
    EXPECT_EQ(outcome.event, Event::kError) << expected.text;
    EXPECT_EQ(outcome.status, expected.status) << expected.text;
  }
}

TEST(RequestParser, CountsTheHeaderInTotalHoweverItIsCut) {
  std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 60; ++i)
    text += "F" + std::to_string(i) + ": " + std::string(20, 'v') + "\r\n";
  text += "\r\n";
  const RequestParser::Limits tight{.header_bytes_max = 1024, .fields_max = 128};
  for (const std::size_t step : {std::size_t{1}, std::size_t{27}, text.size()}) {
    EXPECT_EQ(parse(text, step, tight).status, 431) << step;
    EXPECT_EQ(parse(text, step).event, Event::kDone) << step;
  }
  EXPECT_EQ(parse(text, 4096, {.header_bytes_max = 4096, .fields_max = 50}).status, 431);
}

TEST(RequestParser, BoundsChunkHeadersAndTrailers) {
  const RequestParser::Limits tight{.header_bytes_max = 1024, .fields_max = 128};
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(parse(head + "1;x=" + std::string(5000, 'y'), 100, tight).status, 431);
  EXPECT_EQ(parse(head + "0\r\nT: " + std::string(5000, 'y'), 100, tight).status, 431);
}

TEST(RequestParser, StopsAChunkedBodyAtItsLimit) {
  EXPECT_EQ(parse(kChunked, 1, {}, 10).status, 413);
  EXPECT_EQ(parse(kChunked, 1, {}, 11).event, Event::kDone);
}

}  // namespace
}  // namespace skerry::net
