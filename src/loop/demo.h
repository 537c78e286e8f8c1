// SPDX-License-Identifier: Apache-2.0
//
// The main job on simulated plants, end to end through the real roles: train, containerize,
// register, deploy to a site, score. Every step uses what a user would use. Threads: single-thread.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/json.h"
#include "domain/model_ref.h"
#include "image/builder.h"
#include "loop/train_run.h"
#include "net/client.h"
#include "registry/registry.h"
#include "sys/clock.h"
#include "sys/files.h"

namespace skerry::loop {

struct DemoStep {
  int step = 0;      // Of the reference architecture.
  std::string name;  // "train"
  bool ok = false;
  std::string detail;  // The figure that matters, or what went wrong.
  double seconds = 0;
};

struct DemoTools {
  sys::FileSystem& files;
  sys::Clock& clock;
  TrainTools& train;
  registry::Registry& registry;
  net::Client& client;
  image::ImageOptions image;
  // Asks the hub to make a model the desired one of ring main.
  std::function<Status(const ModelRef& model)> start_rollout;
  // URL of the site, once it listens.
  std::function<Result<std::string>()> site_url;
  // Called while waiting; restarts what ended.
  std::function<void()> supervise;
  std::string token;  // Of the site.
};

struct DemoOptions {
  std::string folder;  // Plant data, runs and layouts of this demo.
  std::string recipe_path;
  std::uint64_t seed = 7;
  int training_assets = 60;
  int scoring_assets = 20;  // Machines the model has never seen.
  std::chrono::milliseconds deploy_timeout{60'000};
};

class DemoObserver {
 public:
  virtual ~DemoObserver() = default;
  virtual void begin(int step, const std::string& name) = 0;
  // `fraction` of the step, 0 to 1. False cancels.
  virtual bool progress(const std::string& phase, double fraction) = 0;
  virtual void end(const DemoStep& step) = 0;
};

// Walks until the first step that fails; that one is the last in the result.
std::vector<DemoStep> run_demo(const DemoTools& tools, const DemoOptions& options,
                               DemoObserver& observer);

}  // namespace skerry::loop
