// SPDX-License-Identifier: Apache-2.0
#include "net/connection.h"

#include <utility>

#include "net/response_writer.h"

namespace skerry::net {
namespace {

// A refused request's body up to this size is read over, so that the connection can go on.
constexpr std::uint64_t kSkippedBodyMax = 64u << 10;
// Bodies up to this size travel in one buffer with their head.
constexpr std::size_t kJoinedBodyMax = 64u << 10;
// Pipelined answers are collected up to this size and sent with one system call.
constexpr std::size_t kOutputMax = 64u << 10;

}  // namespace

Connection::Connection(Reactor& reactor, int descriptor, std::string peer)
    : reactor_(reactor),
      context_(reactor.context()),
      socket_(reactor.io(), descriptor),
      stream_(context_.tls ? context_.tls->stream(descriptor) : plain_stream(descriptor)),
      peer_(std::move(peer)),
      deadline_(reactor.deadline(context_.options.idle_timeout)) {
  request_.peer = peer_;
}

void Connection::on_tick() {
  if (reactor_.tick() > deadline_) close();
}

void Connection::drain() {
  const bool idle = phase_ == Phase::kHead && !parser_ && !file_ && !has_output();
  if (idle || phase_ == Phase::kLinger) close();
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  const auto self = shared_from_this();  // The reactor's list may hold the last reference.
  abandon_upload();
  boost::system::error_code ignored;
  socket_.close(ignored);
  reactor_.remove(*this);
}

void Connection::pump() {
  while (!closed_ && next() == Step::kGo) {
  }
  if (!closed_) stash_input();
}

Connection::Step Connection::next() {
  if (file_busy_) return Step::kWait;
  if (has_output()) return write_output();
  if (file_) return read_file_piece();
  if (phase_ == Phase::kPool) return Step::kWait;
  if (ending_ || phase_ == Phase::kLinger) return linger();
  if (phase_ == Phase::kStream && upload_step() == Step::kWait) return Step::kWait;
  if (phase_ == Phase::kHead && !parser_ && reactor_.draining()) {
    close();
    return Step::kWait;
  }
  if (!need_more_ && may_parse()) {
    parse();
    return Step::kGo;
  }
  return has_output() || ending_ || phase_ == Phase::kPool ? Step::kGo : read_input();
}

bool Connection::may_parse() const {
  const bool reading = phase_ == Phase::kHead || phase_ == Phase::kBody || phase_ == Phase::kStream;
  const bool room = !ending_ && !file_ && tail_.empty() && output_.size() < kOutputMax;
  return reading && room && (!input_.empty() || (parser_ && parser_->is_done())) &&
         !upload_.complete;
}

void Connection::parse() {
  do {
    if (!parser_) {
      parser_.emplace(message_,
                      RequestParser::Limits{.header_bytes_max = context_.options.header_bytes_max});
      head_deadline_ = reactor_.deadline(context_.options.request_timeout);
    }
    switch (parser_->feed(input_)) {
      case RequestParser::Event::kNeedMore: need_more_ = true; return;
      case RequestParser::Event::kHead: on_head(); break;
      case RequestParser::Event::kDone: on_done(); break;
      case RequestParser::Event::kError: {
        const Error error = invalid_argument(parser_->refusal());
        abandon_upload();
        if (skip_body_) {
          ending_ = true;  // The answer is out already.
        } else {
          refuse({parser_->refused_status(), error, {}}, false);
        }
        return;
      }
    }
  } while (may_parse());
}

void Connection::on_head() {
  const auto announced = parser_->announced_body_bytes();
  phase_ = Phase::kBody;
  if (const auto refusal =
          context_.gate.admit(message_, announced, reactor_.tick(), caller_, request_, route_)) {
    return refuse(*refusal, body_can_be_skipped());
  }
  if (route_->receiver) return open_upload();
  parser_->set_body(&message_.body, route_->body_bytes_max);
  offer_continue();
}

bool Connection::body_can_be_skipped() const {
  const auto announced = parser_->announced_body_bytes();
  const bool small = announced && *announced <= kSkippedBodyMax;
  return parser_->is_done() || (small && message_.expect < 0);
}

// Tells a client that waits before it sends the body to go on (RFC 9110 section 10.1.1).
void Connection::offer_continue() {
  if (message_.expect < 0 || message_.version < 11 || !input_.empty() || parser_->is_done()) return;
  output_.append("HTTP/1.1 100 Continue\r\n\r\n");
}

void Connection::on_done() {
  if (skip_body_) return begin_next();
  if (phase_ == Phase::kStream) {
    upload_.complete = true;
    return;
  }
  dispatch();
}

void Connection::dispatch() {
  request_.body = message_.body;
  reset_response();
  if (route_->execution == Execution::kInline) {
    route_->handler(request_, response_);
    respond(parser_->keep_alive());
    return begin_next();
  }
  phase_ = Phase::kPool;
  deadline_ = UINT64_MAX;
  const bool taken = context_.pool.submit_new([self = shared_from_this()]() mutable {
    self->route_->handler(self->request_, self->response_);
    Reactor& reactor = self->reactor_;
    reactor.post([self = std::move(self)] { self->on_handled(); });
  });
  if (taken) return;
  context_.requests_refused.fetch_add(1);
  phase_ = Phase::kBody;
  refuse({503, unavailable("the server is busy"), {}}, true);
}

void Connection::on_handled() {
  if (closed_) return;
  phase_ = Phase::kBody;
  respond(parser_->keep_alive());
  begin_next();
  pump();
}

void Connection::begin_next() {
  if (ending_) return;
  parser_.reset();
  trim(message_.body);
  need_more_ = false;
  skip_body_ = false;
  phase_ = Phase::kHead;
}

void Connection::reset_response() {
  response_.status = 200;
  response_.headers.clear();
  response_.body.clear();
  response_.file.reset();
}

void Connection::refuse(const Refusal& refusal, bool skip_body) {
  response_ = context_.options.error_body ? context_.options.error_body(refusal.error)
                                          : error_response(refusal.error);
  response_.status = refusal.status;
  if (!refusal.allow.empty()) response_.headers.set("Allow", refusal.allow);
  if (refusal.status == 503) response_.headers.set("Retry-After", "1");
  if (refusal.status == 401) {
    response_.headers.set("WWW-Authenticate", context_.options.authenticate_challenge);
  }
  skip_body_ = skip_body;
  if (skip_body) parser_->set_body(nullptr, std::nullopt);
  respond(skip_body && parser_->keep_alive());
}

void Connection::respond(bool keep_alive) {
  const bool head = message_.method == "HEAD";
  if (!keep_alive || reactor_.draining()) ending_ = true;
  append_head(response_,
              {.head = head,
               .keep_alive = !ending_,
               .announce_keep_alive = message_.version < 11,
               .date = reactor_.date()},
              output_);
  if (head || without_body(response_.status)) {
    response_.file.reset();
  } else if (response_.file) {
    file_ = std::move(response_.file);
    response_.file.reset();
    if (file_->length == 0) file_.reset();
  } else if (response_.body.size() <= kJoinedBodyMax) {
    output_.append(response_.body);
    trim(response_.body);
  } else {
    tail_ = std::move(response_.body);
  }
}

}  // namespace skerry::net
