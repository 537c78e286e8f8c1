// SPDX-License-Identifier: Apache-2.0
#include "loop/run_report.h"

#include "data/json.h"
#include "data/number.h"
#include "loop/report_charts.h"
#include "loop/report_plot.h"
#include "loop/report_style.h"
#include "loop/run_record.h"
#include "train/recipe.h"

namespace skerry::loop {
namespace {

std::string tag(std::string_view style, std::string_view text) {
  return "<span class=\"badge " + std::string(style) + "\">" + escape_html(text) + "</span>";
}

// What a metric is, in the words of this recipe.
std::string metric_note(const train::Recipe& recipe, std::string_view key) {
  const bool capped = recipe.cap() < 1e300;
  const std::string unit = recipe.output_unit;
  if (key == "rmse")
    return capped ? unit + ", labels capped at " + format_number(recipe.cap()) : unit;
  if (key == "rmse_uncapped") return unit + ", labels as they are";
  if (key == "mae") return (unit.empty() ? "" : unit + ", ") + "mean absolute error";
  if (key == "nasa_score") return "sum, late answers cost more";
  if (key == "auc") return "area under the ROC curve";
  if (key == "ap") return "average precision";
  if (key == "f1") return "at probability 0.5";
  return "";
}

std::string gate_note(const train::Recipe& recipe, std::string_view key, double value) {
  std::string out;
  for (const train::Gate& gate : recipe.gates) {
    if (gate.metric != key) continue;
    const bool met = value >= gate.min && value <= gate.max;
    std::string bound;
    if (gate.max < 1e300) bound += "at most " + format_number(gate.max);
    if (gate.min > -1e300)
      bound += (bound.empty() ? "at least " : ", at least ") + format_number(gate.min);
    out += "<p class=\"s " + std::string(met ? "ok" : "bad") + "\">" + (met ? "✓ " : "✗ ") +
           "bound: " + bound + "</p>";
  }
  return out;
}

std::string head(const ReportContent& content) {
  const RunRecord& record = content.record;
  const bool met = record.gates_failed.empty();
  std::string out = "<p class=\"crumb\">Training run " + escape_html(record.id) + "</p><h1>" +
                    escape_html(record.model) + " v" + std::to_string(record.version) + " <span>" +
                    escape_html(content.recipe.output_name) +
                    (content.recipe.output_unit.empty() ? "" : " in ") +
                    escape_html(content.recipe.output_unit) + "</span></h1>";
  if (!content.recipe.description.empty()) {
    out += "<p class=\"lead\">" + escape_html(content.recipe.description) + "</p>";
  }
  out += "<p class=\"tags\">";
  if (content.recipe.gates.empty()) {
    out += tag("", "no bounds set");
  } else {
    out += met ? tag("ok", "✓ bounds met") : tag("bad", "✗ bound not met");
  }
  out += tag("", sys::format_time(record.started));
  out += tag("", with_commas(record.training_rows) + " rows of " +
                     with_commas(record.training_assets) + " assets");
  out += tag("", std::to_string(record.rounds) + " rounds") +
         tag("", "seed " + std::to_string(record.seed)) + tag("", "trigger " + record.trigger) +
         "</p>";
  if (!content.recipe.source.notice.empty()) {
    out += "<p class=\"notice\">" + escape_html(content.recipe.source.notice) + "</p>";
  }
  return out;
}

std::string metric_cards(const ReportContent& content) {
  std::string out = "<section class=\"grid cards\">";
  for (const auto& [key, value] : content.record.metrics) {
    out += "<div class=\"card pad\"><p class=\"s dim\">" + escape_html(key) +
           "</p><p class=\"fig\">" + readable(value) + "</p><p class=\"s sub\">" +
           escape_html(metric_note(content.recipe, key)) + "</p>" +
           gate_note(content.recipe, key, value) + "</div>";
  }
  out += "<div class=\"card pad\"><p class=\"s dim\">ONNX against XGBoost</p><p class=\"fig\">" +
         readable(content.record.parity_max_abs) +
         "</p><p class=\"s sub\">largest difference over " +
         with_commas(content.record.parity_rows) + " rows</p></div>";
  return out + "</section>\n";
}

std::string segment_table(const ReportContent& content) {
  const auto& segments = content.record.segments;
  if (segments.empty()) return "";
  std::string out =
      "<div class=\"card tw\"><table><thead><tr><th scope=\"col\">Segment</th><th scope=\"col\" "
      "class=\"n\">Rows</th>";
  for (const auto& metric : content.record.metrics) {
    out += "<th scope=\"col\" class=\"n\">" + escape_html(metric.first) + "</th>";
  }
  out += "</tr></thead><tbody>";
  for (const SegmentScore& segment : segments) {
    out += "<tr><th scope=\"row\">" + escape_html(segment.name) + "</th><td class=\"n\">" +
           with_commas(segment.rows) + "</td>";
    for (const auto& metric : content.record.metrics) {
      std::string cell = "<span class=\"dim\">none</span>";
      for (const auto& [key, value] : segment.metrics) {
        if (key == metric.first) cell = readable(value);
      }
      out += "<td class=\"n\">" + cell + "</td>";
    }
    out += "</tr>";
  }
  return out + "</tbody></table></div>";
}

std::string fact(std::string_view name, std::string_view value, bool code = false) {
  const std::string text = escape_html(value);
  return "<tr><th scope=\"row\">" + escape_html(name) + "</th><td>" +
         (code ? "<code>" + text + "</code>" : text) + "</td></tr>";
}

// The lineage was made by make_lineage(); what is absent is simply not shown.
std::string text_of(const json::Object& object, std::string_view key) {
  const auto text = json::get_string(object, key);
  return text ? *text : "";
}

std::string file_facts(const json::Object& lineage) {
  std::string out;
  const auto dataset = json::get_object(lineage, "dataset");
  if (!dataset) return out;
  const auto files = json::get_array(**dataset, "files");
  if (!files) return out;
  for (const json::Value& item : **files) {
    if (!item.is_object()) continue;
    out += fact("File " + text_of(item.get_object(), "name"), text_of(item.get_object(), "digest"),
                true);
  }
  return out;
}

std::string lineage_table(const ReportContent& content) {
  const json::Object& lineage = content.lineage;
  const RunRecord& record = content.record;
  std::string out = "<div class=\"card tw\"><table class=\"facts\"><tbody>";
  out += fact("Dataset", record.dataset_uri + " " + record.dataset_digest.to_string(), true);
  out += file_facts(lineage);
  out += fact("Recipe", record.recipe_digest.to_string(), true);
  out += fact("Feature pipeline", text_of(lineage, "pipeline_digest"), true);
  out += fact("Bundle", record.bundle_digest.to_string(), true);
  const std::string parent = text_of(lineage, "parent");
  out += fact("Parent model", parent.empty() ? "none" : parent, !parent.empty());
  out += fact("Code", text_of(lineage, "code"));
  if (const auto libraries = json::get_strings(lineage, "libraries")) {
    for (const auto& library : *libraries) out += fact("Library", library);
  }
  if (const auto machine = json::get_object(lineage, "machine")) {
    out += fact("Machine", text_of(**machine, "cpu") + ", " + std::to_string(record.threads) +
                               (record.threads == 1 ? " thread" : " threads"));
  }
  if (const auto parameters = json::get_object(lineage, "parameters")) {
    out += fact("Parameters", json::dump(**parameters), true);
  }
  return out + "</tbody></table></div>";
}

std::string remarks(const RunRecord& record) {
  std::string out;
  for (const auto& gate : record.gates_failed)
    out += "<li class=\"bad\">" + escape_html(gate) + "</li>";
  for (const auto& warning : record.warnings) {
    out += "<li class=\"warn\">" + escape_html(warning) + "</li>";
  }
  if (out.empty()) return out;
  return "<section><h2 class=\"over\">Remarks</h2><div class=\"card pad\"><ul>" + out +
         "</ul></div></section>\n";
}

}  // namespace

std::string render_report(const ReportContent& content) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta name=\"color-scheme\" content=\"light dark\"><title>" +
      escape_html(content.record.id) + " · Skerry training run</title><style>" +
      std::string(report_style()) + "</style></head>\n<body><main>" + head(content) + "\n";
  out += metric_cards(content) + remarks(content.record);
  out += "<section class=\"grid two\">" + learning_curve_figure(content) +
         predicted_against_actual_figure(content) + "</section>\n";
  if (!content.record.segments.empty()) {
    out += "<section class=\"grid two\">" + segment_figure(content) + segment_table(content) +
           "</section>\n";
  }
  out += "<section><h2 class=\"over\">Lineage</h2>" + lineage_table(content) + "</section>\n";
  out += "<section class=\"card pad\"><details><summary>Recipe as it was read</summary><pre>" +
         escape_html(content.recipe.text) + "</pre></details></section>\n";
  return out + "</main></body></html>\n";
}

}  // namespace skerry::loop
