// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>

#include "net/byte_stream.h"

namespace skerry::net {
namespace {

class PlainStream final : public ByteStream {
 public:
  explicit PlainStream(int descriptor) : descriptor_(descriptor) {}

  IoResult read(std::span<char> out) override {
    ssize_t count = 0;
    do {
      count = ::recv(descriptor_, out.data(), out.size(), 0);
    } while (count < 0 && errno == EINTR);
    IoResult done = result(count, IoResult::Kind::kWantRead);
    done.drained = done.bytes < out.size();
    return done;
  }

  IoResult write(std::string_view first, std::string_view second) override {
    ssize_t count = 0;
    do {
      count = second.empty() ? ::send(descriptor_, first.data(), first.size(), MSG_NOSIGNAL)
                             : send_both(first, second);
    } while (count < 0 && errno == EINTR);
    return result(count, IoResult::Kind::kWantWrite);
  }

  void end_writing() override { ::shutdown(descriptor_, SHUT_WR); }

 private:
  ssize_t send_both(std::string_view first, std::string_view second) const {
    // The kernel only reads from the buffers; iovec has no const form.
    std::array<iovec, 2> parts{iovec{const_cast<char*>(first.data()), first.size()},
                               iovec{const_cast<char*>(second.data()), second.size()}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    return ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
  }

  static IoResult result(ssize_t count, IoResult::Kind want) {
    if (count > 0) return {IoResult::Kind::kDone, static_cast<std::size_t>(count), false};
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {want, 0, false};
    return {IoResult::Kind::kEnd, 0, false};
  }

  const int descriptor_;
};

}  // namespace

std::unique_ptr<ByteStream> plain_stream(int descriptor) {
  return std::make_unique<PlainStream>(descriptor);
}

}  // namespace skerry::net
