// SPDX-License-Identifier: Apache-2.0
//
// Connection: bodies that do not fit in memory. Request bodies go to a BodyReceiver, response
// bodies come from a file, both in pieces and on the pool.
#include <algorithm>
#include <utility>

#include "net/connection.h"

namespace skerry::net {
namespace {

constexpr std::size_t kPieceBytes = 256u << 10;

}  // namespace

void Connection::open_upload() {
  if (route_->execution == Execution::kInline) return on_upload_opened(route_->receiver(request_));
  phase_ = Phase::kPool;
  deadline_ = UINT64_MAX;
  const bool taken = context_.pool.submit_new([self = shared_from_this()]() mutable {
    // std::function wants its captures copyable.
    auto opened = std::make_shared<Result<std::unique_ptr<BodyReceiver>>>(
        self->route_->receiver(self->request_));
    Reactor& reactor = self->reactor_;
    reactor.post([self = std::move(self), opened = std::move(opened)] {
      self->on_upload_opened(std::move(*opened));
      self->pump();
    });
  });
  if (taken) return;
  context_.requests_refused.fetch_add(1);
  phase_ = Phase::kBody;
  refuse({503, unavailable("the server is busy"), {}}, body_can_be_skipped());
}

void Connection::on_upload_opened(Result<std::unique_ptr<BodyReceiver>> opened) {
  if (!opened) {
    if (closed_) return;
    const Error error = std::move(opened).error();
    phase_ = Phase::kBody;
    return refuse({http_status(error.code()), error, {}}, body_can_be_skipped());
  }
  upload_.receiver = *std::move(opened);
  upload_.complete = false;
  upload_.busy = false;
  upload_.status = ok_status();
  upload_.filling.clear();
  if (closed_) return abandon_upload();
  phase_ = Phase::kStream;
  parser_->set_body(&upload_.filling, std::nullopt);
  offer_continue();
}

// Keeps the pool busy with what has come; kWait where nothing more may be read now.
Connection::Step Connection::upload_step() {
  if (!upload_.busy) {
    if (!upload_.status) {
      const Error error = upload_.status.error();
      const bool complete = upload_.complete;
      abandon_upload();
      phase_ = Phase::kBody;
      refuse({http_status(error.code()), error, {}}, complete);
      return Step::kGo;
    }
    if (!upload_.filling.empty()) {
      submit_piece();
    } else if (upload_.complete) {
      submit_finish();
      return Step::kWait;
    }
  }
  if (upload_.complete || upload_.filling.size() >= kPieceBytes) {
    deadline_ = UINT64_MAX;  // It is the pool that takes its time, not the client.
    return Step::kWait;
  }
  return Step::kGo;
}

void Connection::submit_piece() {
  upload_.busy = true;
  upload_.writing.clear();
  std::swap(upload_.filling, upload_.writing);
  context_.pool.submit_next([self = shared_from_this()]() mutable {
    self->upload_.status = self->upload_.receiver->write(self->upload_.writing);
    Reactor& reactor = self->reactor_;
    reactor.post([self = std::move(self)] {
      self->upload_.busy = false;
      if (self->closed_ || self->ending_) return self->abandon_upload();
      self->pump();
    });
  });
}

void Connection::submit_finish() {
  phase_ = Phase::kPool;
  deadline_ = UINT64_MAX;
  upload_.busy = true;
  context_.pool.submit_next([self = shared_from_this()]() mutable {
    self->response_ = self->upload_.receiver->finish();
    self->upload_.receiver.reset();
    Reactor& reactor = self->reactor_;
    reactor.post([self = std::move(self)] {
      self->upload_ = Upload();
      self->on_handled();
    });
  });
}

// A receiver lives and dies on the pool; a busy one is left to the end of its running write.
void Connection::abandon_upload() {
  if (upload_.busy || !upload_.receiver) return;
  context_.pool.submit_next(
      [receiver = std::exchange(upload_.receiver, nullptr)]() mutable { receiver.reset(); });
  upload_ = Upload();
}

Connection::Step Connection::read_file_piece() {
  deadline_ = UINT64_MAX;
  if (file_busy_) return Step::kWait;
  file_busy_ = true;
  context_.pool.submit_next([self = shared_from_this()]() mutable {
    FileBody& file = *self->file_;
    self->tail_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, file.length)));
    const auto read = file.file->read_at(file.offset, self->tail_);
    const std::size_t bytes = read ? *read : 0;
    self->tail_.resize(bytes);
    file.offset += bytes;
    file.length -= bytes;
    Reactor& reactor = self->reactor_;
    reactor.post([self = std::move(self)] {
      self->file_busy_ = false;
      if (self->closed_) return;
      // The announced length cannot be kept any more; only a cut connection tells the client.
      if (self->tail_.empty()) return self->close();
      if (self->file_->length == 0) self->file_.reset();
      self->pump();
    });
  });
  return Step::kWait;
}

}  // namespace skerry::net
