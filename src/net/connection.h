// SPDX-License-Identifier: Apache-2.0
//
// One client's connection: reads requests, runs their handlers in order, writes the answers. A
// state machine: pump() does all that can be done now, then waits for the socket or for the pool.
// Threads: belongs to its reactor. While a job of it runs on the pool, the members that the job
// uses are left alone by the reactor; the hand-over is the pool's queue there and Reactor::post()
// back.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/byte_stream.h"
#include "net/gate.h"
#include "net/reactor.h"
#include "net/request_parser.h"
#include "net/server.h"

namespace skerry::net {

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  using Place = std::list<std::shared_ptr<Connection>>::iterator;

  // Takes over `descriptor`, a connected non-blocking socket.
  Connection(Reactor& reactor, int descriptor, std::string peer);

  void start() { pump(); }
  // Closes the connection when its deadline has passed.
  void on_tick();
  // Closes the connection, now when it is idle, else after the answer to the running request.
  void drain();
  void close();

  void set_place(Place place) { place_ = place; }
  Place place() const { return place_; }

 private:
  enum class Phase {
    kHead,    // Between requests, or within a head.
    kBody,    // Within a body that is collected or skipped.
    kStream,  // Within a body that is handed to a BodyReceiver.
    kPool,    // A handler, or the opening or end of a receiver, runs on the pool.
    kLinger,  // The answer is out and the connection ends; what still comes is thrown away, because
              // closing over unread bytes would reset the connection and destroy the answer on its
              // way.
  };
  enum class Step { kGo, kWait };

  // Storage above this is given back after use, so that idle connections stay small.
  static constexpr std::size_t kKeptStorageMax = 64u << 10;
  static void trim(std::string& storage) {
    if (storage.capacity() > kKeptStorageMax) storage = std::string();
  }

  // A streamed body: one piece is filled here while the pool works on the other.
  struct Upload {
    std::shared_ptr<BodyReceiver> receiver;
    std::string filling;
    std::string writing;  // The pool's while `busy`.
    Status status;        // The pool's while `busy`.
    bool busy = false;
    bool complete = false;  // The whole body has come.
  };

  void pump();
  Step next();

  // connection_io.cc
  Step read_input();
  Step write_output();
  Step linger();
  Step wait(boost::asio::posix::descriptor_base::wait_type direction);
  void stash_input();
  bool has_output() const { return !output_.empty() || !tail_.empty(); }

  // connection.cc
  bool may_parse() const;
  bool body_can_be_skipped() const;
  void parse();
  void on_head();
  void on_done();
  void dispatch();
  void on_handled();
  void offer_continue();
  void begin_next();
  void reset_response();
  void refuse(const Refusal& refusal, bool skip_body);
  void respond(bool keep_alive);

  // connection_bodies.cc
  void open_upload();
  void on_upload_opened(Result<std::unique_ptr<BodyReceiver>> opened);
  Step upload_step();
  void submit_piece();
  void submit_finish();
  void abandon_upload();
  Step read_file_piece();

  Reactor& reactor_;
  ServerContext& context_;
  boost::asio::posix::stream_descriptor socket_;
  const std::unique_ptr<ByteStream> stream_;
  const std::string peer_;
  Place place_{};

  Phase phase_ = Phase::kHead;
  bool closed_ = false;
  bool ending_ = false;     // Nothing is read after the answers in output_.
  bool need_more_ = false;  // The parser waits for more than input_ holds.
  bool drained_ = false;    // The last read emptied the socket.
  bool waiting_read_ = false;
  bool waiting_write_ = false;
  bool skip_body_ = false;  // The request is answered already; its body is thrown away.
  std::uint64_t deadline_;  // Tick.
  std::uint64_t head_deadline_ = 0;

  std::string_view input_;  // Bytes to parse, in the reactor's scratch buffer or in stored_.
  std::string stored_;      // Keeps them across a wait.
  std::string output_;      // Heads and small bodies,
  std::string tail_;        // then a large body or a piece of a file.
  std::size_t output_sent_ = 0;
  std::size_t tail_sent_ = 0;

  RequestMessage message_;
  std::optional<RequestParser> parser_;  // Between the first byte of a request and its answer.
  Caller caller_;
  Request request_;
  Response response_;
  const Route* route_ = nullptr;
  Upload upload_;

  // The file that is being sent; the pool's while file_busy_.
  std::optional<FileBody> file_;
  bool file_busy_ = false;
};

}  // namespace skerry::net
