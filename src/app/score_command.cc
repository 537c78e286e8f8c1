// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <iostream>

#include "app/commands.h"
#include "app/progress.h"
#include "app/state.h"
#include "data/csv.h"
#include "data/number.h"
#include "loop/observe_client.h"

namespace skerry::app {
namespace {

constexpr std::uint64_t kCsvBytesMax = 1ull << 30;
constexpr std::array<std::string_view, 4> kTextColumns{"source", "asset", "time", "id"};

json::Value cell_value(std::string_view cell) {
  if (cell.empty()) return nullptr;
  const Result<double> number = parse_number(cell);
  if (number.ok() && *number - *number == 0) return *number;  // Finite.
  return json::Value(std::string(cell));
}

// One observation from a row: source, asset, life, time and id by name, every other column a
// sensor.
Result<json::Value> observation(const std::vector<std::string>& header,
                                const std::vector<std::string_view>& cells) {
  json::Object out{{"source", "csv"}, {"asset", "csv"}};
  json::Object values;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (std::ranges::find(kTextColumns, header[i]) != kTextColumns.end()) {
      if (!cells[i].empty()) out[header[i]] = std::string(cells[i]);
    } else if (header[i] == "life") {
      const Result<double> life = parse_number(cells[i]);
      if (!life.ok()) return life.error().with("column \"life\"");
      out["life"] = static_cast<std::int64_t>(*life);
    } else {
      values[header[i]] = cell_value(cells[i]);
    }
  }
  out["values"] = std::move(values);
  return json::Value(std::move(out));
}

Result<std::vector<json::Value>> read_observations(const std::string& path) {
  const std::string text = TRY(sys::read_file(sys::real_file_system(), path, kCsvBytesMax));
  std::vector<json::Value> observations;
  std::vector<std::string> header;
  TRY(csv::for_each_row(
          text, header,
          [&](std::size_t line, const std::vector<std::string_view>& cells) -> Status {
            observations.push_back(
                TRY(observation(header, cells).with(fmt::format("line {}", line))));
            return ok_status();
          })
          .with(path));
  return observations;
}

// Answers as CSV: asset, id, the outputs, the interval, and what went wrong.
std::string answer_table(const std::vector<json::Value>& observations,
                         const std::vector<json::Value>& answers) {
  std::vector<std::string> outputs;
  for (const json::Value& answer : answers) {
    const json::Value* values = answer.get_object().if_contains("outputs");
    if (values == nullptr) continue;
    for (const auto& member : values->get_object()) outputs.emplace_back(member.key());
    break;
  }
  std::vector<std::string> header{"asset", "id"};
  header.insert(header.end(), outputs.begin(), outputs.end());
  for (const char* name : {"low", "high", "error"}) header.emplace_back(name);
  std::string text = csv::format_row(header);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const json::Object& answer = answers[i].get_object();
    const auto text_of = [](const json::Value* value) {
      if (value == nullptr) return std::string();
      return value->is_string() ? std::string(value->get_string()) : json::dump(*value);
    };
    std::vector<std::string> row{text_of(observations[i].get_object().if_contains("asset")),
                                 text_of(answer.if_contains("id"))};
    const json::Value* values = answer.if_contains("outputs");
    for (const std::string& name : outputs) {
      row.push_back(values == nullptr ? "" : text_of(values->get_object().if_contains(name)));
    }
    const json::Value* interval = answer.if_contains("interval");
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      row.push_back(interval == nullptr ? "" : text_of(&interval->get_array().at(side)));
    }
    row.push_back(text_of(answer.if_contains("error")));
    text += csv::format_row(row);
  }
  return text;
}

// What answer_table() relies on: an object, with outputs and an interval of two ends where it has
// them.
Status check_answer(const json::Value& value) {
  const json::Object* answer = TRY(json::as_object(value, "the site's answer"));
  if (answer->contains("outputs")) TRY(json::get_object(*answer, "outputs"));
  if (!answer->contains("interval")) return ok_status();
  if (TRY(json::get_array(*answer, "interval"))->size() == 2) return ok_status();
  return invalid_argument("the site's answer has an interval without two ends");
}

Result<Output> score(const Invocation& call) {
  const std::vector<json::Value> observations = TRY(read_observations(call.value("OBSERVATIONS")));
  const std::unique_ptr<net::Client> client = TRY(make_client(call.settings()));
  loop::ObserveClient::Options options;
  options.url = call.value("--site");
  options.model = call.value("--model");
  options.token =
      call.value("--token").empty() ? TRY(own_token(call.value("state"))) : call.value("--token");
  loop::ObserveClient site(*client, std::move(options));
  std::vector<json::Value> answers;
  ProgressLine progress(call.json());
  constexpr std::size_t kStep = 1000;
  for (std::size_t first = 0; first < observations.size(); first += kStep) {
    const std::size_t last = std::min(first + kStep, observations.size());
    const std::vector<json::Value> part(observations.begin() + static_cast<std::ptrdiff_t>(first),
                                        observations.begin() + static_cast<std::ptrdiff_t>(last));
    for (json::Value& answer : TRY(site.send(part).with(call.value("--site")))) {
      TRY(check_answer(answer));
      answers.push_back(std::move(answer));
    }
    progress.update("score", static_cast<double>(last) / static_cast<double>(observations.size()));
  }
  const auto refused = std::ranges::count_if(
      answers, [](const json::Value& answer) { return answer.get_object().contains("error"); });
  if (refused > 0) {
    std::cerr << fmt::format("▲ the site refused {} of {} rows; their answers say why\n", refused,
                             answers.size());
  }
  return Output{answer_table(observations, answers), json::Array(answers.begin(), answers.end()),
                refused > 0 ? kExitIncomplete : 0};
}

}  // namespace

std::vector<Command> score_commands() {
  return {{"score",
           "Score the rows of a CSV file at a site; prints CSV",
           {{"OBSERVATIONS",
             "CSV file: columns asset, life, time, id, source by name, all others are sensors",
             {}}},
           {{"--site", "URL of the site", "http://localhost:8100"},
            {"--model", "Model, where the site serves several", ""},
            {"--token", "Token of the site instead of this state folder's own", ""}},
           score}};
}

}  // namespace skerry::app
