// SPDX-License-Identifier: Apache-2.0
#include "loop/report_charts.h"

#include <algorithm>
#include <cmath>

#include "loop/report_plot.h"
#include "loop/run_record.h"
#include "loop/run_report.h"
#include "train/trainer.h"

namespace skerry::loop {
namespace {

constexpr double kWidth = 560;
constexpr double kHeight = 300;
constexpr double kCurveLabels = 100;  // Room for "held out 12.34" beside the lines.
constexpr std::size_t kCurvePointsMax = 400;
constexpr std::size_t kDotsMax = 2000;
constexpr std::size_t kTitledDotsMax = 300;  // Beyond it, titles would outweigh the picture.
constexpr int kScoreBins = 10;

std::string figure(std::string_view title, std::string_view about, std::string_view now,
                   const std::string& chart, const std::string& key) {
  return "<figure class=\"card pad\"><figcaption><h2>" + escape_html(title) +
         "</h2><span class=\"dim s\">" + escape_html(about) + "</span><span class=\"now\">" +
         escape_html(now) + "</span></figcaption>" + chart + key + "</figure>\n";
}

std::string key_line(std::string_view style, std::string_view text) {
  return "<span><svg width=\"22\" height=\"8\" aria-hidden=\"true\"><path class=\"" +
         std::string(style) + "\" d=\"M0 4H22\"/></svg>" + escape_html(text) + "</span>";
}

std::string key_area(std::string_view style, std::string_view text) {
  return "<span><svg width=\"22\" height=\"10\" aria-hidden=\"true\"><rect class=\"" +
         std::string(style) + "\" width=\"22\" height=\"10\"/></svg>" + escape_html(text) +
         "</span>";
}

std::string key_dot(std::string_view text) {
  return "<span><svg width=\"10\" height=\"10\" aria-hidden=\"true\"><circle class=\"dot\" "
         "cx=\"5\" "
         "cy=\"5\" r=\"3\"/></svg>" +
         escape_html(text) + "</span>";
}

std::vector<Point> thin(const std::vector<train::RoundLoss>& curve, bool validation) {
  std::vector<Point> points;
  const std::size_t step = std::max<std::size_t>(1, curve.size() / kCurvePointsMax);
  for (std::size_t i = 0; i < curve.size(); ++i) {
    if (i % step != 0 && i + 1 != curve.size()) continue;
    const double loss = validation ? curve[i].validation : curve[i].train;
    if (std::isfinite(loss)) points.push_back({static_cast<double>(i + 1), loss});
  }
  return points;
}

// Where labels at the ends of two lines stand when the lines end close together.
double label_shift(const std::vector<Point>& lines, const std::vector<Point>& other,
                   double height) {
  if (lines.empty() || other.empty()) return 4;
  const double gap = (lines.back().y - other.back().y) / height * kHeight;
  if (std::abs(gap) > 16) return 4;
  return gap >= 0 ? -10 : 4;
}

std::string interval_band(const ReportContent& content, Plot& plot, const Axis& axis) {
  if (!content.intervals) return "";
  const auto& table = *content.intervals;
  const auto& predictions = content.scored.prediction;
  const double highest = *std::max_element(predictions.begin(), predictions.end());
  for (std::size_t i = 0; i < table.lower_quantile.size(); ++i) {
    const double low = i == 0 ? axis.low : std::max(axis.low, table.upper[i - 1]);
    const double high = i < table.upper.size() ? std::min(highest, table.upper[i]) : highest;
    if (!(high > low)) continue;
    plot.area({{low + table.lower_quantile[i], low},
               {low + table.upper_quantile[i], low},
               {high + table.upper_quantile[i], high},
               {high + table.lower_quantile[i], high}},
              "fb");
  }
  return key_area("fb", fixed(table.coverage * 100, 0) + " % interval");
}

std::string dot_title(const ReportContent& content, std::size_t i) {
  const ScoredRows& rows = content.scored;
  return rows.series_of(i).asset + ": actual " + readable(rows.truth[i]) + ", predicted " +
         readable(rows.prediction[i]);
}

std::string regression_figure(const ReportContent& content) {
  const ScoredRows& rows = content.scored;
  double low = 0;
  double high = 0;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    low = std::min({low, rows.truth[i], rows.prediction[i]});
    high = std::max({high, rows.truth[i], rows.prediction[i]});
  }
  const std::string unit =
      content.recipe.output_unit.empty() ? "" : ", " + content.recipe.output_unit;
  const Axis x = round_axis(low, high, "actual " + content.recipe.output_name + unit);
  const Axis y = round_axis(low, high, "");
  Plot plot(kWidth, kHeight, x, y);
  std::string key = key_dot("a test row") + key_line("bound", "exact");
  key += interval_band(content, plot, y);
  plot.grid();
  plot.line({{x.low, y.low}, {x.high, y.high}}, "bound");
  const std::size_t step = (rows.rows.size() + kDotsMax - 1) / kDotsMax;
  for (std::size_t i = 0; i < rows.rows.size(); i += std::max<std::size_t>(step, 1)) {
    const bool titled = rows.rows.size() <= kTitledDotsMax;
    plot.dot({rows.truth[i], rows.prediction[i]}, titled ? 3 : 1.5, "dot",
             titled ? dot_title(content, i) : "");
  }
  return figure("Predicted against actual", "prediction above, truth below",
                with_commas(rows.rows.size()) + " test rows",
                plot.svg("Predicted against actual " + content.recipe.output_name),
                "<div class=\"key\">" + key + "</div>");
}

std::string classification_figure(const ReportContent& content) {
  const ScoredRows& rows = content.scored;
  std::vector<double> count(kScoreBins), score(kScoreBins), positive(kScoreBins);
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const double at = std::clamp(rows.prediction[i], 0.0, 1.0) * kScoreBins;
    const auto bin = std::min<std::size_t>(static_cast<std::size_t>(at), kScoreBins - 1);
    count[bin] += 1;
    score[bin] += rows.prediction[i];
    positive[bin] += rows.truth[i];
  }
  Plot plot(kWidth, kHeight, {0, 1, "predicted probability"}, {0, 1, ""});
  plot.grid();
  plot.line({{0, 0}, {1, 1}}, "bound");
  std::vector<Point> points;
  for (std::size_t bin = 0; bin < kScoreBins; ++bin) {
    if (count[bin] > 0) points.push_back({score[bin] / count[bin], positive[bin] / count[bin]});
  }
  plot.line(points, "l l1");
  std::size_t bin = 0;
  for (const Point& point : points) {
    while (count[bin] == 0) ++bin;
    const std::string rows_text = with_commas(static_cast<std::uint64_t>(count[bin++]));
    plot.dot(
        point, 4, "dot",
        rows_text + " rows, predicted " + readable(point.x) + ", observed " + readable(point.y));
    plot.label(point, 8, 14, "halo", rows_text);
  }
  return figure("Predicted against actual", "observed share above, mean probability below",
                with_commas(rows.rows.size()) + " test rows",
                plot.svg("Observed share of positives by predicted probability"),
                "<div class=\"key\">" + key_dot("rows of like probability, with their number") +
                    key_line("bound", "exact") + "</div>");
}

}  // namespace

std::string learning_curve_figure(const ReportContent& content) {
  const std::vector<Point> trained = thin(content.curve, false);
  const std::vector<Point> held_out = thin(content.held_out_curve, true);
  if (trained.empty()) return "";
  double highest = 0;
  double rounds = 1;
  for (const auto* curve : {&trained, &held_out}) {
    for (const Point& point : *curve) {
      highest = std::max(highest, point.y);
      rounds = std::max(rounds, point.x);
    }
  }
  const std::string loss = content.recipe.classification() ? "log loss" : "rmse";
  const Axis y = round_axis(0, highest, "");
  Plot plot(kWidth, kHeight, {0, rounds, "round"}, y, kCurveLabels);
  plot.grid();
  plot.line(trained, "l l1");
  plot.label(trained.back(), 8, label_shift(trained, held_out, y.high), "strong c1",
             "train " + readable(trained.back().y));
  std::string key = key_line("l l1", "all training rows");
  if (!held_out.empty()) {
    plot.line(held_out, "l l2");
    plot.label(held_out.back(), 8, label_shift(held_out, trained, y.high), "strong c2",
               "held out " + readable(held_out.back().y));
    key += key_line("l l2", "rows held out, by a model of the others");
  }
  return figure("Learning curve", loss + " by round",
                std::to_string(content.record.rounds) + " rounds",
                plot.svg("Loss by round: train ends at " + readable(trained.back().y)),
                "<div class=\"key\">" + key + "</div>");
}

std::string predicted_against_actual_figure(const ReportContent& content) {
  return content.recipe.classification() ? classification_figure(content)
                                         : regression_figure(content);
}

std::string segment_figure(const ReportContent& content) {
  if (content.record.segments.empty()) return "";
  // One metric for the bars: the error of a regression; the ranking of a classification.
  const std::string metric = content.recipe.classification() ? "ap" : "rmse";
  std::vector<Bar> bars;
  for (const SegmentScore& segment : content.record.segments) {
    for (const auto& [key, value] : segment.metrics) {
      if (key != metric) continue;
      bars.push_back({segment.name, value, with_commas(segment.rows) + " rows"});
    }
  }
  if (bars.empty()) return "";
  const std::string by = content.recipe.segments.by == train::Segments::By::kTarget
                             ? "true " + content.recipe.output_name
                             : content.recipe.segments.column;
  return figure(content.recipe.classification() ? "Quality by segment" : "Error by segment",
                metric + " by " + by, "", bars_svg(bars, metric + " by " + by), "");
}

}  // namespace skerry::loop
