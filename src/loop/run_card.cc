// SPDX-License-Identifier: Apache-2.0
#include "data/json.h"
#include "loop/report_plot.h"
#include "loop/run_lineage.h"

namespace skerry::loop {
namespace {

// A table cell cannot hold a bar or a line break.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

std::string row(std::string_view name, std::string_view value) {
  return "| " + cell(name) + " | " + cell(value) + " |\n";
}

Result<std::string> metric_rows(const json::Object& metrics) {
  std::string out = "| metric | value |\n|---|---:|\n";
  for (const auto& member : metrics) {
    out += row(std::string(member.key()), readable(TRY(json::get_number(metrics, member.key()))));
  }
  return out;
}

Result<std::string> segment_rows(const json::Array& segments) {
  std::string out;
  for (const json::Value& item : segments) {
    const json::Object& segment = *TRY(json::as_object(item, "segment"));
    const json::Object& metrics = *TRY(json::get_object(segment, "metrics"));
    std::string values;
    for (const auto& member : metrics) {
      values += (values.empty() ? "" : ", ") + std::string(member.key()) + " " +
                readable(TRY(json::get_number(metrics, member.key())));
    }
    out += "| " + cell(TRY(json::get_string(segment, "name"))) + " | " +
           std::to_string(TRY(json::get_int(segment, "rows"))) + " | " + values + " |\n";
  }
  if (out.empty()) return std::string();
  return "\n## By segment\n\n| segment | rows | metrics |\n|---|---:|---|\n" + out;
}

Result<std::string> list(std::string_view title, const std::vector<std::string>& items) {
  if (items.empty()) return std::string();
  std::string out = "\n## " + std::string(title) + "\n\n";
  for (const auto& item : items) out += "- " + item + "\n";
  return out;
}

Result<std::string> origin_rows(const json::Object& lineage) {
  const json::Object& dataset = *TRY(json::get_object(lineage, "dataset"));
  const json::Object& recipe = *TRY(json::get_object(lineage, "recipe"));
  const json::Object& machine = *TRY(json::get_object(lineage, "machine"));
  std::string out = "\n## Where it comes from\n\n| | |\n|---|---|\n";
  out += row("run", TRY(json::get_string(lineage, "run")));
  out += row("created", TRY(json::get_string(lineage, "created")));
  out += row("trigger", TRY(json::get_string(lineage, "trigger")));
  out +=
      row("training rows", std::to_string(TRY(json::get_int(dataset, "rows"))) + " of " +
                               std::to_string(TRY(json::get_int(dataset, "assets"))) + " assets");
  out += row("dataset", TRY(json::get_string(dataset, "digest")));
  for (const json::Value& item : *TRY(json::get_array(dataset, "files"))) {
    const json::Object& file = *TRY(json::as_object(item, "file"));
    out +=
        row("file " + TRY(json::get_string(file, "name")), TRY(json::get_string(file, "digest")));
  }
  out += row("recipe", TRY(json::get_string(recipe, "digest")));
  out += row("feature pipeline", TRY(json::get_string(lineage, "pipeline_digest")));
  out += row("rounds", std::to_string(TRY(json::get_int(lineage, "rounds"))));
  out += row("code", TRY(json::get_string(lineage, "code")));
  for (const auto& library : TRY(json::get_strings(lineage, "libraries")))
    out += row("library", library);
  out += row("machine", TRY(json::get_string(machine, "cpu")) + ", " +
                            std::to_string(TRY(json::get_int(machine, "cores"))) + " cores");
  return out;
}

}  // namespace

Result<std::string> make_card(const json::Object& lineage) {
  const json::Object& model = *TRY(json::get_object(lineage, "model"));
  const json::Object& output = *TRY(json::get_object(lineage, "output"));
  const json::Object& dataset = *TRY(json::get_object(lineage, "dataset"));
  const json::Object& parity = *TRY(json::get_object(lineage, "parity"));
  const std::string unit = TRY(json::get_string(output, "unit"));
  std::string card = "# " + TRY(json::get_string(model, "name")) + " v" +
                     std::to_string(TRY(json::get_int(model, "version"))) + "\n\n";
  const std::string description = TRY(json::get_string(lineage, "description"));
  if (!description.empty()) card += description + "\n\n";
  card += "It answers with `" + TRY(json::get_string(output, "name")) + "`" +
          (unit.empty() ? "" : " in " + unit) + ".\n";
  const std::string notice = TRY(json::get_string(dataset, "notice"));
  if (!notice.empty()) card += "\n> " + cell(notice) + "\n";
  card += "\n## How good it is\n\nOver " +
          std::to_string(TRY(json::get_int(lineage, "scored_rows"))) +
          " test rows that it did not learn from.\n\n";
  card += TRY(metric_rows(*TRY(json::get_object(lineage, "metrics"))));
  card += "\nThe ONNX graph and the booster it was made from differ by at most " +
          readable(TRY(json::get_number(parity, "max_abs"))) + " over " +
          std::to_string(TRY(json::get_int(parity, "rows"))) + " rows.\n";
  card += TRY(segment_rows(*TRY(json::get_array(lineage, "segments"))));
  card += TRY(list("Bounds not met", TRY(json::get_strings(lineage, "gates_failed"))));
  card += TRY(list("Remarks", TRY(json::get_strings(lineage, "warnings"))));
  card += TRY(origin_rows(lineage));
  return card;
}

}  // namespace skerry::loop
