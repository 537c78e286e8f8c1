// SPDX-License-Identifier: Apache-2.0
//
// The site's own HTTP surface beside OIP (step 3): POST /v1/observe, GET /v1/status, GET /v1/models
// and the page for people at /. Format: docs/formats/observe.md. Threads: handlers run inline on
// the reactors, any number at once.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "data/json.h"
#include "loop/site_api_assets.h"
#include "net/server.h"
#include "serve/repository.h"
#include "sys/clock.h"

namespace skerry::loop {

class SiteApi {
 public:
  struct Options {
    // Scores observations that name no model (?model=); empty: the only model served.
    std::string model;
    std::size_t body_bytes_max = 1u << 20;
    std::size_t lines_max =
        1'000;  // A request's; keeps one request from holding a reactor for long.
    std::size_t line_bytes_max = 256u << 10;
    AssetStates::Options assets;
  };

  // What GET /v1/status answers, to which "observe" (the counts below) is added.
  using StatusProvider = std::function<json::Object()>;

  // `models` and `clock` outlive the api, and the api the server that takes its routes.
  SiteApi(const serve::ModelRepository& models, sys::Clock& clock, StatusProvider status,
          Options options);
  ~SiteApi();

  std::vector<net::Route> routes();
  AssetStates::Counts counts() const { return assets_.counts(); }
  // The counts in Prometheus' text format, to be put behind serve::prometheus_text().
  std::string prometheus_text() const;

 private:
  net::Response observe(const net::Request& request);
  Result<serve::ModelRepository::Handle> choose_model(const net::Request& request) const;
  // Appends the answer to one line.
  Status observe_line(const ScoringModel& model, std::string_view line, std::string& out);
  net::Response observe_lines(const ScoringModel& model, std::string_view body);
  net::Response observe_one(const ScoringModel& model, std::string_view body);

  const serve::ModelRepository& models_;
  sys::Clock& clock_;
  const StatusProvider status_;
  const Options options_;
  AssetStates assets_;
};

}  // namespace skerry::loop
