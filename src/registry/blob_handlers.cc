// SPDX-License-Identifier: Apache-2.0
//
// Blobs of the distribution API: read as a whole or in part, pushed in one or in many requests,
// mounted from a repository that has them.
#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/log.h"
#include "registry/api.h"
#include "registry/api_error.h"
#include "registry/ranges.h"

namespace skerry::registry {
namespace {

net::Response upload_response(int status, const ApiPath& path, const std::string& id,
                              std::uint64_t size) {
  net::Response response;
  response.status = status;
  response.headers.set("Location", api_location(path.repository, "blobs/uploads", id));
  response.headers.set("Docker-Upload-UUID", id);
  // The API cannot say "nothing yet"; distribution says 0-0 then, and clients know it.
  response.headers.set("Range", "0-" + std::to_string(size == 0 ? 0 : size - 1));
  return response;
}

net::Response blob_response(const ApiPath& path, const Digest& digest) {
  net::Response response;
  response.status = 201;
  response.headers.set("Location", api_location(path.repository, "blobs", digest.to_string()));
  response.headers.set("Docker-Content-Digest", digest.to_string());
  return response;
}

Error too_large(std::uint64_t bytes_max) {
  return coded("SIZE_INVALID", Code::kResourceExhausted,
               "blob is larger than " + std::to_string(bytes_max) + " bytes");
}

// Appends a body to an upload and, with a digest, finishes it.
class UploadReceiver final : public net::BodyReceiver {
 public:
  UploadReceiver(Store& store, ApiPath path, std::unique_ptr<Uploads::Writer> writer,
                 std::optional<std::uint64_t> length, std::optional<Digest> digest,
                 bool single_request)
      : store_(store),
        path_(std::move(path)),
        writer_(std::move(writer)),
        begin_(writer_->offset()),
        length_(length),
        digest_(std::move(digest)),
        single_request_(single_request) {}

  // Nobody knows the id of an upload that was one request: it is not to be continued.
  ~UploadReceiver() override {
    if (single_request_)
      static_cast<void>(store_.uploads().cancel(path_.repository, path_.reference));
  }

  UploadReceiver(const UploadReceiver&) = delete;
  UploadReceiver& operator=(const UploadReceiver&) = delete;

  Status write(std::string_view bytes) override {
    if (length_ && bytes.size() > *length_ - received_) return wrong_length();
    const std::uint64_t bytes_max = store_.options().blob_bytes_max;
    if (bytes.size() > bytes_max - std::min(bytes_max, writer_->offset())) {
      return too_large(bytes_max);
    }
    received_ += bytes.size();
    return about(About::kUpload, writer_->write(bytes));
  }

  net::Response finish() override {
    if (length_ && received_ != *length_) return api_error_response(wrong_length());
    const std::uint64_t size = writer_->offset();
    writer_.reset();
    if (!digest_) return upload_response(202, path_, path_.reference, size);
    Status finished = store_.finish_upload(path_.repository, path_.reference, *digest_);
    if (finished) return blob_response(path_, *digest_);
    return api_error_response(about(About::kUpload, std::move(finished).error()));
  }

 private:
  Error wrong_length() {
    if (Status cut = writer_->cut(begin_); !cut) {
      log::warning("registry: take a chunk back: {}", cut.error().message());
    }
    return about(About::kUpload, invalid_argument("the body is not as long as Content-Range says"));
  }

  Store& store_;
  const ApiPath path_;
  std::unique_ptr<Uploads::Writer> writer_;
  const std::uint64_t begin_;
  const std::optional<std::uint64_t> length_;  // Of the chunk, where it was announced.
  const std::optional<Digest> digest_;
  const bool single_request_;
  std::uint64_t received_ = 0;
};

Result<std::optional<ByteRange>> chunk_of(const net::Request& request) {
  const auto header = request.header("Content-Range");
  if (!header) return std::optional<ByteRange>();
  return std::optional(TRY(about(About::kUpload, parse_upload_range(*header))));
}

// Refuses before the body is read what would be refused later anyway.
Status check_size(const net::Request& request, std::uint64_t begin, std::uint64_t bytes_max) {
  const std::string_view text = request.header("Content-Length").value_or("0");
  std::uint64_t length = 0;
  std::from_chars(text.data(), text.data() + text.size(), length);  // The server has checked it.
  if (begin <= bytes_max && length <= bytes_max - begin) return {};
  return too_large(bytes_max);
}

}  // namespace

Result<net::Response> Api::blob(const net::Request& request, const ApiPath& path) const {
  const Digest digest = TRY(parse_api_digest(path.reference));
  net::Response response;
  response.headers.set("Content-Type", "application/octet-stream");
  response.headers.set("Docker-Content-Digest", digest.to_string());
  response.headers.set("ETag", "\"" + digest.to_string() + "\"");
  response.headers.set("Accept-Ranges", "bytes");
  Store::OpenBlob blob = TRY(about(About::kBlob, store_.open_blob(path.repository, digest)));
  if (request.method == "HEAD") {
    TRY(store_.has_blob(path.repository, digest));  // The client may rely on it from now on.
    response.headers.set("Content-Length", std::to_string(blob.size_bytes));
    return response;
  }
  net::FileBody body{std::move(blob.file), 0, blob.size_bytes};
  if (const auto header = request.header("Range")) {
    auto range = parse_request_range(*header, blob.size_bytes);
    const std::string total = std::to_string(blob.size_bytes);
    if (!range) {
      net::Response refused = api_error_response(about(About::kBlob, std::move(range).error()));
      refused.headers.set("Content-Range", "bytes */" + total);
      return refused;
    }
    if (const std::optional<ByteRange> part = *range) {
      response.status = 206;
      response.headers.set("Content-Range", "bytes " + std::to_string(part->first) + "-" +
                                                std::to_string(part->last) + "/" + total);
      body.offset = part->first;
      body.length = part->length();
    }
  }
  response.file = std::move(body);
  return response;
}

Result<net::Response> Api::upload_status(const ApiPath& path) const {
  const std::uint64_t size =
      TRY(about(About::kUpload, store_.uploads().offset(path.repository, path.reference)));
  return upload_response(204, path, path.reference, size);
}

Result<std::unique_ptr<net::BodyReceiver>> Api::begin_upload(const net::Request& request,
                                                             const ApiPath& path) const {
  const auto mount = request.query_value("mount");
  const auto from = request.query_value("from");
  if (mount && from) {
    const Digest digest = TRY(parse_api_digest(*mount));
    Status mounted = store_.mount_blob(path.repository, digest, *from);
    if (mounted) return settled(blob_response(path, digest));
    const Code code = mounted.error().code();
    if (code != Code::kNotFound && code != Code::kInvalidArgument) return mounted.error();
  }
  const auto digest_text = request.query_value("digest");
  std::optional<Digest> digest;
  if (digest_text) digest = TRY(parse_api_digest(*digest_text));
  TRY(check_size(request, 0, store_.options().blob_bytes_max));

  Result<std::string> id = store_.begin_upload(path.repository);
  if (!id && id.error().code() == Code::kResourceExhausted) {
    return coded("TOOMANYREQUESTS", id.error().code(), id.error().message());
  }
  if (!id) return std::move(id).error();
  if (!digest) return settled(upload_response(202, path, *id, 0));
  ApiPath upload = path;
  upload.reference = *id;
  auto writer = TRY(about(About::kUpload, store_.uploads().resume(path.repository, *id, 0)));
  return std::unique_ptr<net::BodyReceiver>(std::make_unique<UploadReceiver>(
      store_, std::move(upload), std::move(writer), std::nullopt, std::move(digest), true));
}

Result<std::unique_ptr<net::BodyReceiver>> Api::append(const net::Request& request,
                                                       const ApiPath& path,
                                                       const std::optional<Digest>& digest) const {
  const std::optional<ByteRange> chunk = TRY(chunk_of(request));
  std::optional<std::uint64_t> expected;
  std::optional<std::uint64_t> length;
  if (chunk) {
    expected = chunk->first;
    length = chunk->length();
  }
  auto writer = TRY(
      about(About::kUpload, store_.uploads().resume(path.repository, path.reference, expected)));
  TRY(check_size(request, writer->offset(), store_.options().blob_bytes_max));
  return std::unique_ptr<net::BodyReceiver>(
      std::make_unique<UploadReceiver>(store_, path, std::move(writer), length, digest, false));
}

}  // namespace skerry::registry
