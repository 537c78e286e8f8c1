// SPDX-License-Identifier: Apache-2.0
//
// Connection: the socket's side. Reads, writes, waits and their deadlines.
#include <algorithm>

#include "net/connection.h"

namespace skerry::net {
namespace {

constexpr std::chrono::milliseconds kLingerTime{2000};

using Descriptor = boost::asio::posix::descriptor_base;

}  // namespace

// Bytes in the scratch buffer would be overwritten by the next connection.
void Connection::stash_input() {
  if (input_.empty()) {
    trim(stored_);
    stored_.clear();
  } else if (input_.data() >= stored_.data() && input_.data() < stored_.data() + stored_.size()) {
    stored_.erase(0, static_cast<std::size_t>(input_.data() - stored_.data()));
  } else {
    stored_.assign(input_);
  }
  input_ = stored_;
}

Connection::Step Connection::read_input() {
  if (drained_) {
    drained_ = false;
    return wait(Descriptor::wait_read);
  }
  stash_input();
  const std::span<char> scratch = reactor_.scratch();
  const IoResult read = stream_->read(scratch);
  switch (read.kind) {
    case IoResult::Kind::kDone: break;
    case IoResult::Kind::kWantRead: return wait(Descriptor::wait_read);
    case IoResult::Kind::kWantWrite: return wait(Descriptor::wait_write);
    case IoResult::Kind::kEnd: close(); return Step::kWait;
  }
  drained_ = read.drained;
  need_more_ = false;
  if (stored_.empty()) {
    input_ = {scratch.data(), read.bytes};
  } else {
    stored_.append(scratch.data(), read.bytes);
    input_ = stored_;
  }
  return Step::kGo;
}

Connection::Step Connection::write_output() {
  const std::string_view first = std::string_view(output_).substr(output_sent_);
  const std::string_view second = std::string_view(tail_).substr(tail_sent_);
  const IoResult written = stream_->write(first, second);
  switch (written.kind) {
    case IoResult::Kind::kDone: break;
    case IoResult::Kind::kWantRead: return wait(Descriptor::wait_read);
    case IoResult::Kind::kWantWrite: return wait(Descriptor::wait_write);
    case IoResult::Kind::kEnd: close(); return Step::kWait;
  }
  const std::size_t of_first = std::min(written.bytes, first.size());
  output_sent_ += of_first;
  tail_sent_ += written.bytes - of_first;
  if (output_sent_ == output_.size() && tail_sent_ == tail_.size()) {
    output_.clear();
    tail_.clear();
    trim(output_);
    trim(tail_);
    output_sent_ = tail_sent_ = 0;
  }
  return Step::kGo;
}

// Ends the connection: says so, then waits a little for the client to have read everything.
Connection::Step Connection::linger() {
  if (phase_ != Phase::kLinger) {
    phase_ = Phase::kLinger;
    deadline_ = reactor_.deadline(kLingerTime);
    drained_ = false;
    stream_->end_writing();
    if (reactor_.draining()) {
      close();
      return Step::kWait;
    }
  }
  input_ = {};
  const IoResult read = stream_->read(reactor_.scratch());
  if (read.kind == IoResult::Kind::kDone) return Step::kGo;
  if (read.kind == IoResult::Kind::kWantRead) return wait(Descriptor::wait_read);
  close();
  return Step::kWait;
}

Connection::Step Connection::wait(Descriptor::wait_type direction) {
  const Server::Options& options = context_.options;
  if (direction == Descriptor::wait_write || phase_ == Phase::kBody || phase_ == Phase::kStream) {
    deadline_ = reactor_.deadline(options.request_timeout);
  } else if (phase_ == Phase::kHead) {
    deadline_ = parser_ ? head_deadline_ : reactor_.deadline(options.idle_timeout);
  }
  bool& waiting = direction == Descriptor::wait_read ? waiting_read_ : waiting_write_;
  if (waiting) return Step::kWait;
  waiting = true;
  socket_.async_wait(direction, [self = shared_from_this(), &waiting](const auto& error) {
    waiting = false;
    if (self->closed_) return;
    if (error) return self->close();
    self->pump();
  });
  return Step::kWait;
}

}  // namespace skerry::net
