// SPDX-License-Identifier: Apache-2.0
#include "stats/detector_reference.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

#include "base/limits.h"

namespace skerry::stats {
namespace {

constexpr std::size_t kBinsMax = 1000;
constexpr std::int64_t kWindowMax = 1000;

json::Object bins_to_json(const Bins& bins) {
  return {{"name", bins.name},
          {"edges", json::from_numbers(bins.edges)},
          {"shares", json::from_numbers(bins.shares)},
          {"missing", bins.missing},
          {"minimum", bins.minimum},
          {"maximum", bins.maximum}};
}

json::Object t2q_to_json(const T2Q& t2q) {
  return {{"channels", json::from_strings(t2q.channels)},
          {"median", json::from_numbers(t2q.median)},
          {"scale", json::from_numbers(t2q.scale)},
          {"inverse", json::from_numbers(t2q.inverse)},
          {"components", json::from_numbers(t2q.components)},
          {"component_count", static_cast<std::int64_t>(t2q.component_count)},
          {"lambda", t2q.lambda},
          {"clip", t2q.clip},
          {"t2_limit", t2q.t2_limit},
          {"q_limit", t2q.q_limit},
          {"exceedances", t2q.exceedances},
          {"window", t2q.window}};
}

// A share: finite and in [0, 1].
bool is_share(double value) { return value >= 0 && value <= 1; }

Result<double> finite_number(const json::Object& object, std::string_view key) {
  const double value = TRY(json::get_number(object, key));
  if (!std::isfinite(value)) {
    return invalid_argument("field \"" + std::string(key) + "\" is not finite");
  }
  return value;
}

Result<std::vector<double>> finite_numbers(const json::Object& object, std::string_view key,
                                           std::size_t size) {
  std::vector<double> values = TRY(json::get_numbers(object, key));
  if (values.size() != size) {
    return invalid_argument("field \"" + std::string(key) + "\" has " +
                            std::to_string(values.size()) + " numbers, not " +
                            std::to_string(size));
  }
  for (const double value : values) {
    if (!std::isfinite(value)) {
      return invalid_argument("field \"" + std::string(key) +
                              "\" holds a number that is not finite");
    }
  }
  return values;
}

Result<Bins> bins_from_json(const json::Value& value) {
  const json::Object& object = *TRY(json::as_object(value, "bins"));
  TRY(json::check_keys(object, {"name", "edges", "shares", "missing", "minimum", "maximum"},
                       "bins"));
  Bins bins;
  bins.name = TRY(json::get_string(object, "name"));
  const std::size_t count = TRY(json::get_array(object, "shares"))->size();
  if (count == 0 || count > kBinsMax) {
    return invalid_argument("field \"shares\" needs 1 to " + std::to_string(kBinsMax) + " numbers");
  }
  bins.shares = TRY(finite_numbers(object, "shares", count));
  bins.edges = TRY(finite_numbers(object, "edges", count - 1));
  bins.missing = TRY(finite_number(object, "missing"));
  bins.minimum = TRY(finite_number(object, "minimum"));
  bins.maximum = TRY(finite_number(object, "maximum"));
  if (!std::all_of(bins.shares.begin(), bins.shares.end(), is_share) || !is_share(bins.missing)) {
    return invalid_argument("a share is outside 0 to 1");
  }
  if (std::adjacent_find(bins.edges.begin(), bins.edges.end(), std::greater_equal<>()) !=
      bins.edges.end()) {
    return invalid_argument("field \"edges\" does not ascend");
  }
  if (bins.minimum > bins.maximum) return invalid_argument("\"minimum\" is above \"maximum\"");
  return bins;
}

Result<std::vector<Bins>> bins_list(const json::Object& object, std::string_view key) {
  const json::Array& array = *TRY(json::get_array(object, key));
  if (array.size() > limits::kFeaturesMax) {
    return invalid_argument("field \"" + std::string(key) + "\" has too many members");
  }
  std::vector<Bins> list;
  for (std::size_t i = 0; i < array.size(); ++i) {
    list.push_back(TRY(bins_from_json(array[i]).with(std::string(key) + " " + std::to_string(i))));
  }
  return list;
}

Status check_t2q(const T2Q& t2q) {
  if (!std::all_of(t2q.scale.begin(), t2q.scale.end(), [](double scale) { return scale > 0; })) {
    return invalid_argument("field \"scale\" holds a number that is not positive");
  }
  if (!(t2q.lambda > 0 && t2q.lambda <= 1)) return invalid_argument("\"lambda\" is outside 0 to 1");
  if (!(t2q.clip > 0)) return invalid_argument("\"clip\" is not positive");
  if (!(t2q.t2_limit > 0) || !(t2q.q_limit > 0)) {
    return invalid_argument("\"t2_limit\" or \"q_limit\" is not positive");
  }
  return ok_status();
}

Result<T2Q> t2q_from_json(const json::Value& value) {
  const json::Object& object = *TRY(json::as_object(value, "t2q"));
  TRY(json::check_keys(object,
                       {"channels", "median", "scale", "inverse", "components", "component_count",
                        "lambda", "clip", "t2_limit", "q_limit", "exceedances", "window"},
                       "t2q"));
  T2Q t2q;
  t2q.channels = TRY(json::get_strings(object, "channels"));
  const std::size_t count = t2q.channels.size();
  if (count < 2 || count > kT2QChannelsMax) {
    return invalid_argument("field \"channels\" needs 2 to " + std::to_string(kT2QChannelsMax) +
                            " names");
  }
  const std::int64_t components = TRY(json::get_int(object, "component_count"));
  if (components < 1 || components >= static_cast<std::int64_t>(count)) {
    return invalid_argument("\"component_count\" is not between 1 and the channels less one");
  }
  t2q.component_count = static_cast<std::size_t>(components);
  t2q.median = TRY(finite_numbers(object, "median", count));
  t2q.scale = TRY(finite_numbers(object, "scale", count));
  t2q.inverse = TRY(finite_numbers(object, "inverse", count * count));
  t2q.components = TRY(finite_numbers(object, "components", count * t2q.component_count));
  t2q.lambda = TRY(finite_number(object, "lambda"));
  t2q.clip = TRY(finite_number(object, "clip"));
  t2q.t2_limit = TRY(finite_number(object, "t2_limit"));
  t2q.q_limit = TRY(finite_number(object, "q_limit"));
  const std::int64_t window = TRY(json::get_int(object, "window"));
  const std::int64_t exceedances = TRY(json::get_int(object, "exceedances"));
  if (window < 1 || window > kWindowMax || exceedances < 1 || exceedances > window) {
    return invalid_argument("\"exceedances\" and \"window\" do not fit each other");
  }
  t2q.window = static_cast<int>(window);
  t2q.exceedances = static_cast<int>(exceedances);
  TRY(check_t2q(t2q));
  return t2q;
}

}  // namespace

json::Object to_json(const DetectorReference& reference) {
  json::Array inputs;
  for (const Bins& bins : reference.inputs) inputs.emplace_back(bins_to_json(bins));
  json::Array outputs;
  for (const Bins& bins : reference.outputs) outputs.emplace_back(bins_to_json(bins));
  json::Object object{{"inputs", std::move(inputs)}, {"outputs", std::move(outputs)}};
  if (reference.t2q) object["t2q"] = t2q_to_json(*reference.t2q);
  return object;
}

Result<DetectorReference> detector_reference_from_json(const json::Value& value) {
  const json::Object& object = *TRY(json::as_object(value, "detector reference"));
  TRY(json::check_keys(object, {"inputs", "outputs", "t2q"}, "detector reference"));
  DetectorReference reference;
  reference.inputs = TRY(bins_list(object, "inputs"));
  reference.outputs = TRY(bins_list(object, "outputs"));
  if (const json::Value* t2q = object.if_contains("t2q")) {
    reference.t2q = TRY(t2q_from_json(*t2q).with("t2q"));
  }
  return reference;
}

}  // namespace skerry::stats
