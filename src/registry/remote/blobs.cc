// SPDX-License-Identifier: Apache-2.0
//
// RemoteRegistry: blobs, resumable both ways.
#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "registry/ranges.h"
#include "registry/remote/client.h"

namespace skerry::registry {
namespace {

std::string with_parameter(const std::string& url, const std::string& parameter) {
  return url + (url.find('?') == std::string::npos ? "?" : "&") + parameter;
}

// Where the server stands, from the Range header of its answer.
std::uint64_t offset_of(const net::ClientResponse& response) {
  const Result<ByteRange> range =
      parse_upload_range(response.headers.find("Range").value_or(std::string_view()));
  // "0-0" also means that nothing has come yet.
  return range && range->last > 0 ? range->last + 1 : 0;
}

Result<std::uint64_t> length_of(const net::ClientResponse& response) {
  const std::string_view text = response.headers.find("Content-Length").value_or("");
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (!text.empty() && error == std::errc() && end == text.data() + text.size()) return length;
  return unavailable("the registry does not say how long the blob is");
}

Error behind_end(std::uint64_t offset) {
  return Error(Code::kOutOfRange, "the blob ends before byte " + std::to_string(offset));
}

// What may be better after asking the server where it stands.
bool may_resume(const Error& error) {
  switch (error.code()) {
    case Code::kUnavailable:
    case Code::kDeadlineExceeded:
    case Code::kOutOfRange:
    case Code::kAborted:
    case Code::kNotFound: return true;
    default: return false;
  }
}

}  // namespace

Result<net::ClientResponse> RemoteRegistry::head_blob(const std::string& repository,
                                                      const Digest& digest) {
  TRY(oci::check_repository(repository));
  net::ClientRequest request;
  request.method = "HEAD";
  request.url = url(repository, "blobs/" + digest.to_string());
  net::ClientResponse response = TRY(send(request, {repository, false}));
  if (response.status == 200) return response;
  return answer_error(response, "look for blob " + digest.to_string());
}

Result<bool> RemoteRegistry::has_blob(const std::string& repository, const Digest& digest) {
  const auto head = head_blob(repository, digest);
  if (!head && head.error().code() == Code::kNotFound) return false;
  if (!head) return head.error();
  return true;
}

// Asks for one byte: the answer to the real request could not be told from a whole blob while it
// streams. Errors: kOutOfRange behind the end.
Result<bool> RemoteRegistry::serves_ranges(const std::string& repository, const Digest& digest,
                                           std::uint64_t offset) {
  net::ClientRequest request;
  request.url = url(repository, "blobs/" + digest.to_string());
  request.headers.set("Range", "bytes=" + std::to_string(offset) + "-" + std::to_string(offset));
  request.response_bytes_max = 64u << 10;
  const Result<net::ClientResponse> response = send(request, {repository, false});
  if (!response && response.error().code() == Code::kResourceExhausted) return false;
  if (!response) return response.error();
  if (response->status == 200) return false;
  if (response->status != 206) return answer_error(*response, "read blob " + digest.to_string());
  const Result<ByteRange> range =
      parse_upload_range(response->headers.find("Content-Range").value_or(std::string_view()));
  return range && range->first == offset && response->body.size() == 1;
}

Status RemoteRegistry::get_blob(const std::string& repository, const Digest& digest,
                                std::uint64_t offset, const BlobSink& sink) {
  TRY(oci::check_repository(repository));
  net::ClientRequest request;
  request.url = url(repository, "blobs/" + digest.to_string());
  std::uint64_t skip = 0;
  if (offset > 0) {
    // Asked beforehand, since docker-registry 2.8 cuts the connection where it should answer 416.
    const std::uint64_t size = TRY(length_of(TRY(head_blob(repository, digest))));
    if (offset == size) return {};
    if (offset > size) return behind_end(offset);
    if (TRY(serves_ranges(repository, digest, offset))) {
      request.headers.set("Range", "bytes=" + std::to_string(offset) + "-");
    } else {
      skip = offset;
    }
  }
  request.body_sink = [&](std::string_view bytes) -> Status {
    const std::uint64_t skipped = std::min<std::uint64_t>(skip, bytes.size());
    skip -= skipped;
    bytes.remove_prefix(skipped);
    return bytes.empty() ? ok_status() : sink(bytes);
  };
  const net::ClientResponse response = TRY(send(request, {repository, false}));
  if (response.status != 200 && response.status != 206) {
    return answer_error(response, "read blob " + digest.to_string());
  }
  if (skip > 0)
    return Error(Code::kOutOfRange, "the blob ends before byte " + std::to_string(offset));
  return {};
}

Result<RemoteRegistry::Upload> RemoteRegistry::begin_upload(const std::string& repository) {
  net::ClientRequest request;
  request.method = "POST";
  request.url = url(repository, "blobs/uploads/");
  const net::ClientResponse response = TRY(send(request, {repository, true}));
  if (response.status != 202) return answer_error(response, "begin an upload");
  return Upload{TRY(location_of(response)), 0};
}

Result<RemoteRegistry::Upload> RemoteRegistry::ask_offset(const std::string& repository,
                                                          const Upload& upload) {
  net::ClientRequest request;
  request.url = upload.url;
  const net::ClientResponse response = TRY(send(request, {repository, true}));
  if (response.status != 204 && response.status != 202) {
    return answer_error(response, "ask for the state of an upload");
  }
  return Upload{TRY(location_of(response)), offset_of(response)};
}

Status RemoteRegistry::send_chunk(const std::string& repository, Upload& upload, std::uint64_t size,
                                  const BlobSource& source) {
  std::uint64_t length = size - upload.offset;
  if (options_.chunk_bytes > 0) length = std::min(length, options_.chunk_bytes);
  const auto make = [&] {
    net::ClientRequest request;
    request.method = "PATCH";
    request.url = upload.url;
    request.headers.set("Content-Type", "application/octet-stream");
    request.headers.set("Content-Range", std::to_string(upload.offset) + "-" +
                                             std::to_string(upload.offset + length - 1));
    request.body_bytes = length;
    const auto sent = std::make_shared<std::uint64_t>(0);
    request.body_source = [&, sent](std::span<char> out) -> Result<std::size_t> {
      const std::uint64_t rest = length - *sent;
      if (rest == 0) return std::size_t{0};
      const auto part = out.first(std::min<std::uint64_t>(rest, out.size()));
      const std::size_t count = TRY(source(upload.offset + *sent, part));
      if (count == 0) return data_loss("the blob to push is shorter than its descriptor says");
      *sent += count;
      return count;
    };
    request.redirects_max = 0;
    return request;
  };
  const net::ClientResponse response = TRY(session_.send(make, {repository, true}));
  if (response.status != 202) return answer_error(response, "push a chunk");
  upload.url = TRY(location_of(response));
  // Older servers acknowledge without a Range.
  const std::uint64_t sent = upload.offset + length;
  upload.offset = response.headers.find("Range") && sent > 1 ? offset_of(response) : sent;
  if (upload.offset <= sent) return {};
  return unavailable("the registry says it has more than was sent");
}

Status RemoteRegistry::finish_upload(const std::string& repository, const Upload& upload,
                                     const Digest& digest) {
  net::ClientRequest request;
  request.method = "PUT";
  request.url = with_parameter(upload.url, "digest=" + digest.to_string());
  request.headers.set("Content-Type", "application/octet-stream");
  const net::ClientResponse response = TRY(send(request, {repository, true}));
  if (response.status == 201) return {};
  return answer_error(response, "finish the upload of " + digest.to_string());
}

Status RemoteRegistry::put_blob(const std::string& repository, const oci::Descriptor& descriptor,
                                const BlobSource& source) {
  if (TRY(has_blob(repository, descriptor.digest))) return {};
  Upload upload = TRY(begin_upload(repository));
  std::uint64_t furthest = 0;
  for (int attempts = 1; upload.offset < descriptor.size_bytes;) {
    Status sent = send_chunk(repository, upload, descriptor.size_bytes, source);
    if (!sent) {
      if (!may_resume(sent.error()) || attempts >= options_.attempts_max) return sent;
      Result<Upload> state = ask_offset(repository, upload);
      // An upload that the server forgot begins again.
      if (!state && state.error().code() == Code::kNotFound) state = begin_upload(repository);
      if (state) upload = std::move(*state);
    }
    attempts = upload.offset > furthest ? 1 : attempts + 1;
    furthest = std::max(furthest, upload.offset);
    if (upload.offset > descriptor.size_bytes || attempts > options_.attempts_max) {
      return unavailable("the upload of " + descriptor.digest.to_string() +
                         " does not come forward");
    }
  }
  return finish_upload(repository, upload, descriptor.digest);
}

}  // namespace skerry::registry
