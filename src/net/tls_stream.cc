// SPDX-License-Identifier: Apache-2.0
//
// TLS for the server's side with OpenSSL on a non-blocking socket. The handshake happens inside the
// first read. OpenSSL writes with write(2), so the server blocks SIGPIPE in its threads.
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <climits>

#include "net/byte_stream.h"

namespace skerry::net {
namespace {

std::string last_error() {
  std::string text(256, '\0');
  ERR_error_string_n(ERR_peek_last_error(), text.data(), text.size());
  ERR_clear_error();
  text.resize(text.find('\0'));
  return text;
}

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

class TlsStream final : public ByteStream {
 public:
  TlsStream(SSL_CTX* context, int descriptor) : descriptor_(descriptor), ssl_(SSL_new(context)) {
    SKERRY_CHECK(ssl_ != nullptr);
    SKERRY_CHECK(SSL_set_fd(ssl_.get(), descriptor) == 1);
    SSL_set_accept_state(ssl_.get());
  }

  IoResult read(std::span<char> out) override {
    ERR_clear_error();
    std::size_t count = 0;
    const int code = SSL_read_ex(ssl_.get(), out.data(), out.size(), &count);
    return result(code, count);
  }

  IoResult write(std::string_view first, std::string_view second) override {
    const std::string_view part = first.empty() ? second : first;
    ERR_clear_error();
    std::size_t count = 0;
    const int code = SSL_write_ex(ssl_.get(), part.data(), part.size(), &count);
    return result(code, count);
  }

  void end_writing() override {
    ERR_clear_error();
    if (!broken_ && SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
    ::shutdown(descriptor_, SHUT_WR);
  }

 private:
  IoResult result(int code, std::size_t count) {
    if (code == 1) return {IoResult::Kind::kDone, count, false};
    switch (SSL_get_error(ssl_.get(), code)) {
      case SSL_ERROR_WANT_READ: return {IoResult::Kind::kWantRead, 0, false};
      case SSL_ERROR_WANT_WRITE: return {IoResult::Kind::kWantWrite, 0, false};
      case SSL_ERROR_ZERO_RETURN: return {IoResult::Kind::kEnd, 0, false};
      default:
        broken_ = true;  // OpenSSL forbids SSL_shutdown() from here on.
        ERR_clear_error();
        return {IoResult::Kind::kEnd, 0, false};
    }
  }

  const int descriptor_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  bool broken_ = false;
};

class OpenSslContext final : public TlsContext {
 public:
  explicit OpenSslContext(std::unique_ptr<SSL_CTX, FreeSsl> context)
      : context_(std::move(context)) {}

  std::unique_ptr<ByteStream> stream(int descriptor) override {
    return std::make_unique<TlsStream>(context_.get(), descriptor);
  }

 private:
  std::unique_ptr<SSL_CTX, FreeSsl> context_;
};

}  // namespace

Result<std::unique_ptr<TlsContext>> TlsContext::create(const TlsFiles& files) {
  ERR_clear_error();
  std::unique_ptr<SSL_CTX, FreeSsl> context(SSL_CTX_new(TLS_server_method()));
  if (!context) return internal_error("OpenSSL makes no context: " + last_error());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate_chain.c_str()) != 1) {
    return invalid_argument("TLS certificate " + files.certificate_chain + ": " + last_error());
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.private_key.c_str(), SSL_FILETYPE_PEM) !=
      1) {
    return invalid_argument("TLS private key " + files.private_key + ": " + last_error());
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    return invalid_argument("TLS private key " + files.private_key +
                            " does not belong to the certificate");
  }
  return std::unique_ptr<TlsContext>(std::make_unique<OpenSslContext>(std::move(context)));
}

}  // namespace skerry::net
