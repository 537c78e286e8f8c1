// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace skerry {
namespace {

std::string all_bytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  return bytes;
}

TEST(Hex, WritesTwoLowerCaseDigitsForEachByte) {
  EXPECT_EQ(hex_encode(""), "");
  EXPECT_EQ(hex_encode("foobar"), "666f6f626172");
  EXPECT_EQ(hex_encode(std::string("\x00\xff\x80", 3)), "00ff80");
}

// RFC 4648 section 10.
const std::vector<std::pair<std::string, std::string>> kBase64Vectors{{"", ""},
                                                                      {"f", "Zg=="},
                                                                      {"fo", "Zm8="},
                                                                      {"foo", "Zm9v"},
                                                                      {"foob", "Zm9vYg=="},
                                                                      {"fooba", "Zm9vYmE="},
                                                                      {"foobar", "Zm9vYmFy"}};

TEST(Base64, EqualsTheVectorsOfTheRfc) {
  for (const auto& [bytes, text] : kBase64Vectors) {
    EXPECT_EQ(base64_encode(bytes), text);
    const Result<std::string> back = base64_decode(text);
    ASSERT_TRUE(back.ok()) << text;
    EXPECT_EQ(*back, bytes);
  }
}

TEST(Base64, AcceptsTextWithoutPadding) {
  for (const auto& [bytes, text] : kBase64Vectors) {
    const Result<std::string> back = base64_decode(text.substr(0, text.find('=')));
    ASSERT_TRUE(back.ok()) << text;
    EXPECT_EQ(*back, bytes);
  }
}

TEST(Base64, ReadsBackEveryByteAtEveryPlace) {
  const std::string bytes = all_bytes();
  for (std::size_t from = 0; from < 4; ++from) {
    const Result<std::string> back = base64_decode(base64_encode(bytes.substr(from)));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, bytes.substr(from));
  }
}

TEST(Base64, RefusesOtherTexts) {
  for (const std::string text :
       {"Z", "Zm9vY", "Zg=", "Zg===", "=", "==", "====", "Z===", "=Zg=", "Zg==Zg==", "Zm9v\n",
        "Zm 9v", "Zm-v", "Zm_v", "Zh==", "Zm9=", "Zm\xc3\xa9"}) {
    const Result<std::string> bytes = base64_decode(text);
    ASSERT_FALSE(bytes.ok()) << text;
    EXPECT_EQ(bytes.error().code(), Code::kInvalidArgument) << text;
  }
  EXPECT_FALSE(base64_decode(std::string("Zm9\0", 4)).ok());
}

TEST(PercentEncoding, KeepsUnreservedCharactersOnly) {
  EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(percent_encode("a b/c?d=e&f%"), "a%20b%2Fc%3Fd%3De%26f%25");
  EXPECT_EQ(percent_encode(std::string("\x00\xff", 2)), "%00%FF");
}

TEST(PercentEncoding, ReadsBackEveryByte) {
  const Result<std::string> back = percent_decode(percent_encode(all_bytes()));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, all_bytes());
}

TEST(PercentEncoding, TakesEitherCaseAndLeavesPlus) {
  EXPECT_EQ(*percent_decode("%2f%2F+%41"), "//+A");
  EXPECT_EQ(*percent_decode("%2541"), "%41") << "decoded once, not twice";
}

TEST(PercentEncoding, RefusesAPercentSignWithoutTwoDigits) {
  for (const std::string text : {"%", "a%", "%4", "%G1", "%1G", "%%41", "%-1", "% 1"}) {
    const Result<std::string> bytes = percent_decode(text);
    ASSERT_FALSE(bytes.ok()) << text;
    EXPECT_EQ(bytes.error().code(), Code::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace skerry
