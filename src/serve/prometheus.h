// SPDX-License-Identifier: Apache-2.0
//
// The counters of every model in Prometheus' text format 0.0.4: the names Triton users have on
// their dashboards (nv_inference_*) and a latency histogram (skerry_request_duration_seconds).
// Threads: may be called from any thread.
#pragma once

#include <string>

#include "serve/repository.h"

namespace skerry::serve {

std::string prometheus_text(const ModelRepository& models);

}  // namespace skerry::serve
