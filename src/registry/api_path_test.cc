// SPDX-License-Identifier: Apache-2.0
#include "registry/api_path.h"

#include <gtest/gtest.h>

namespace skerry::registry {
namespace {

using Kind = ApiPath::Kind;

TEST(ApiPath, IsReadFromItsEnd) {
  struct Row {
    const char* rest;
    Kind kind;
    const char* repository;
    const char* reference;
  };
  for (const Row& row : {
           Row{"", Kind::kRoot, "", ""},
           Row{"_catalog", Kind::kCatalog, "", ""},
           Row{"a/tags/list", Kind::kTags, "a", ""},
           Row{"models/a/manifests/v1", Kind::kManifest, "models/a", "v1"},
           Row{"models/a/manifests/sha256:00", Kind::kManifest, "models/a", "sha256:00"},
           Row{"a/blobs/sha256:00", Kind::kBlob, "a", "sha256:00"},
           Row{"a/blobs/uploads/", Kind::kUploads, "a", ""},
           Row{"a/blobs/uploads", Kind::kUploads, "a", ""},
           Row{"a/b/blobs/uploads/id", Kind::kUpload, "a/b", "id"},
           Row{"a/referrers/sha256:00", Kind::kReferrers, "a", "sha256:00"},
           Row{"manifests/manifests/manifests", Kind::kManifest, "manifests", "manifests"},
           Row{"a/blobs/blobs/x", Kind::kBlob, "a/blobs", "x"},
           Row{"tags/list/tags/list", Kind::kTags, "tags/list", ""},
       }) {
    const auto path = parse_api_path(row.rest);
    ASSERT_TRUE(path.ok()) << row.rest;
    EXPECT_EQ(path->kind, row.kind) << row.rest;
    EXPECT_EQ(path->repository, row.repository);
    EXPECT_EQ(path->reference, row.reference);
  }
}

TEST(ApiPath, RefusesNamesThatAreNone) {
  for (const char* rest : {"../a/tags/list", "A/tags/list", "/tags/list", "a//b/manifests/v1",
                           "_blobs/manifests/v1", "a/../b/blobs/uploads/", "-/manifests/v1"}) {
    const auto path = parse_api_path(rest);
    ASSERT_FALSE(path.ok()) << rest;
    EXPECT_EQ(path.error().code(), Code::kInvalidArgument) << rest;
    EXPECT_TRUE(path.error().message().starts_with("NAME_INVALID: ")) << path.error().message();
  }
}

TEST(ApiPath, KnowsNoOtherPaths) {
  for (const char* rest : {"a", "a/", "a/manifests", "a/manifests/", "a/blobs/", "a/unknown/x",
                           "_catalog/x", "/", "a/referrers/"}) {
    const auto path = parse_api_path(rest);
    ASSERT_FALSE(path.ok()) << rest;
    EXPECT_EQ(path.error().code(), Code::kNotFound) << rest;
  }
}

}  // namespace
}  // namespace skerry::registry
