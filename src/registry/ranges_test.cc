// SPDX-License-Identifier: Apache-2.0
#include "registry/ranges.h"

#include <gtest/gtest.h>

namespace skerry::registry {
namespace {

TEST(ByteRange, IsReadFromAnUploadsHeader) {
  for (const char* text : {"5-9", "bytes 5-9", "bytes=5-9", " 5-9 ", "bytes 5-9/100", "5-9/*"}) {
    const auto range = parse_upload_range(text);
    ASSERT_TRUE(range.ok()) << text;
    EXPECT_EQ(range->first, 5u);
    EXPECT_EQ(range->last, 9u);
    EXPECT_EQ(range->length(), 5u);
  }
}

TEST(ByteRange, IsRefusedWhereItIsNone) {
  for (const char* text :
       {"", "-", "5", "5-", "-9", "9-5", "5-9-11", "a-b", "5 - 9", "0x1-2", "+1-2",
        "99999999999999999999-99999999999999999999", "0-18446744073709551615"}) {
    EXPECT_FALSE(parse_upload_range(text).ok()) << text;
  }
}

struct RequestRow {
  const char* header;
  std::uint64_t size;
  // "whole", "beyond" or "first-last".
  const char* answer;
};

std::string answer_to(const RequestRow& row) {
  const auto range = parse_request_range(row.header, row.size);
  if (!range) {
    EXPECT_EQ(range.error().code(), Code::kOutOfRange);
    return "beyond";
  }
  const std::optional<ByteRange>& part = *range;
  if (!part) return "whole";
  return std::to_string(part->first) + "-" + std::to_string(part->last);
}

TEST(ByteRange, OfARequestFollowsRfc9110) {
  for (const RequestRow& row : {
           RequestRow{"bytes=0-0", 10, "0-0"},
           RequestRow{"bytes=3-", 10, "3-9"},
           RequestRow{"bytes=3-100", 10, "3-9"},
           RequestRow{"bytes=-4", 10, "6-9"},
           RequestRow{"bytes=-40", 10, "0-9"},
           RequestRow{"bytes=9-9", 10, "9-9"},
           RequestRow{"bytes=10-", 10, "beyond"},
           RequestRow{"bytes=0-", 0, "beyond"},
           RequestRow{"bytes=-0", 10, "beyond"},
           RequestRow{"bytes=-5", 0, "beyond"},
           RequestRow{"bytes=5-3", 10, "whole"},
           RequestRow{"bytes=0-1,3-4", 10, "whole"},
           RequestRow{"bytes=a-b", 10, "whole"},
           RequestRow{"bytes=5-x", 10, "whole"},
           RequestRow{"items=0-1", 10, "whole"},
           RequestRow{"bytes=", 10, "whole"},
           RequestRow{"bytes=99999999999999999999-", 10, "whole"},
       }) {
    EXPECT_EQ(answer_to(row), row.answer) << row.header << " of " << row.size;
  }
}

TEST(EntityTag, IsFoundInAList) {
  EXPECT_TRUE(matches_entity_tag("\"a\"", "a"));
  EXPECT_TRUE(matches_entity_tag("\"b\", W/\"a\"", "a"));
  EXPECT_TRUE(matches_entity_tag("*", "a"));
  EXPECT_FALSE(matches_entity_tag("a", "a"));
  EXPECT_FALSE(matches_entity_tag("\"ab\"", "a"));
  EXPECT_FALSE(matches_entity_tag("", "a"));
  EXPECT_FALSE(matches_entity_tag("\"", "a"));
}

TEST(NextLink, IsTheTargetWithRelNext) {
  EXPECT_EQ(next_link("</v2/a/tags/list?n=2&last=b>; rel=\"next\""), "/v2/a/tags/list?n=2&last=b");
  EXPECT_EQ(next_link("</first>; rel=\"first\", </second>; rel=\"next\""), "/second");
  EXPECT_EQ(next_link("<https://example.org/x>;rel=next"), "https://example.org/x");
  for (const char* none :
       {"", "<", "</a>", "</a>; rel=\"prev\"", "/a; rel=\"next\"", "</a; rel=next"}) {
    EXPECT_EQ(next_link(none), std::nullopt) << none;
  }
}

}  // namespace
}  // namespace skerry::registry
