// SPDX-License-Identifier: Apache-2.0
#include "loop/report_plot.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace skerry::loop {
namespace {

// Room around the chart area for labels.
constexpr double kLeft = 44;
constexpr double kTop = 12;
constexpr double kBottom = 44;

std::string pixel(double value) { return fixed(value, 1); }

std::string text_at(double x, double y, std::string_view anchor, std::string_view style,
                    std::string_view text) {
  return "<text x=\"" + pixel(x) + "\" y=\"" + pixel(y) + "\" text-anchor=\"" +
         std::string(anchor) + "\" class=\"" + std::string(style) + "\">" + escape_html(text) +
         "</text>";
}

std::string open_svg(double width, double height, std::string_view description) {
  return "<svg class=\"chart\" viewBox=\"0 0 " + pixel(width) + " " + pixel(height) +
         "\" role=\"img\" aria-label=\"" + escape_html(description) + "\">";
}

// 1, 2 or 5 times a power of ten, at least `least`.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

std::string tick_text(double value, double step) {
  const int decimals = step >= 1 ? 0 : static_cast<int>(std::ceil(-std::log10(step) - 1e-9));
  const double clean = std::abs(value) < step / 1e6 ? 0 : value;
  if (decimals == 0 && clean >= 0 && clean < 1e15) {
    return with_commas(static_cast<std::uint64_t>(std::llround(clean)));
  }
  return fixed(clean, std::min(decimals, 9));
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string fixed(double value, int decimals) {
  std::array<char, 400> text{};  // The largest double has 309 digits.
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                 std::chars_format::fixed, decimals);
  return {text.data(), end.ptr};
}

std::string readable(double value) {
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (size < 0.001 || size >= 1e9) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                   std::chars_format::scientific, 1);
    return {text.data(), end.ptr};
  }
  return fixed(value, size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3);
}

std::string with_commas(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

Axis round_axis(double low, double high, std::string title) {
  if (!(high > low)) high = low + 1;
  const double step = round_step((high - low) / 5);
  return {std::floor(low / step + 1e-9) * step, std::ceil(high / step - 1e-9) * step,
          std::move(title)};
}

std::vector<double> ticks(const Axis& axis, int count) {
  const double step = round_step((axis.high - axis.low) / count);
  std::vector<double> out;
  for (double at = std::ceil(axis.low / step - 1e-9); at * step <= axis.high + step * 1e-9; ++at) {
    out.push_back(at * step);
  }
  return out;
}

Plot::Plot(double width, double height, Axis x, Axis y, double right)
    : width_(width), height_(height), x_(std::move(x)), y_(std::move(y)), right_(right) {}

double Plot::px(double x) const {
  return kLeft + (x - x_.low) / (x_.high - x_.low) * (width_ - kLeft - right_);
}

double Plot::py(double y) const {
  return height_ - kBottom - (y - y_.low) / (y_.high - y_.low) * (height_ - kTop - kBottom);
}

void Plot::grid() {
  const std::vector<double> ys = ticks(y_, 5);
  const std::vector<double> xs = ticks(x_, 6);
  const double y_step = ys.size() > 1 ? ys[1] - ys[0] : 1;
  const double x_step = xs.size() > 1 ? xs[1] - xs[0] : 1;
  for (const double y : ys) {
    body_ += "<path class=\"" + std::string(y == y_.low ? "ax" : "gl") + "\" d=\"M" + pixel(kLeft) +
             " " + pixel(py(y)) + "H" + pixel(width_ - right_) + "\"/>";
    body_ += text_at(kLeft - 8, py(y) + 4, "end", "", tick_text(y, y_step));
  }
  for (const double x : xs) {
    body_ += text_at(px(x), height_ - kBottom + 17, "middle", "", tick_text(x, x_step));
  }
  body_ += text_at((kLeft + width_ - right_) / 2, height_ - 8, "middle", "lab", x_.title);
}

std::string Plot::path(const std::vector<Point>& points) const {
  std::string out;
  for (const Point& point : points) {
    out += (out.empty() ? "M" : "L") + pixel(px(point.x)) + " " + pixel(py(point.y));
  }
  return out;
}

void Plot::line(const std::vector<Point>& points, std::string_view style) {
  body_ += "<path class=\"" + std::string(style) + "\" d=\"" + path(points) + "\"/>";
}

void Plot::area(const std::vector<Point>& polygon, std::string_view style) {
  std::vector<Point> inside = polygon;
  for (Point& point : inside) {
    point.x = std::clamp(point.x, x_.low, x_.high);
    point.y = std::clamp(point.y, y_.low, y_.high);
  }
  body_ += "<path class=\"" + std::string(style) + "\" d=\"" + path(inside) + "Z\"/>";
}

void Plot::dot(Point at, double radius, std::string_view style, std::string_view title) {
  body_ += "<circle cx=\"" + pixel(px(at.x)) + "\" cy=\"" + pixel(py(at.y)) + "\" r=\"" +
           pixel(radius) + "\" class=\"" + std::string(style) + "\"";
  if (title.empty()) {
    body_ += "/>";
  } else {
    body_ += "><title>" + escape_html(title) + "</title></circle>";
  }
}

void Plot::label(Point at, double shift_x, double shift_y, std::string_view style,
                 std::string_view text) {
  body_ += text_at(px(at.x) + shift_x, py(at.y) + shift_y, "start", style, text);
}

std::string Plot::svg(std::string_view description) const {
  return open_svg(width_, height_, description) + body_ + "</svg>";
}

std::string bars_svg(const std::vector<Bar>& bars, std::string_view description) {
  constexpr double kWidth = 560;
  constexpr double kRow = 26;
  constexpr double kNames = 112;
  constexpr double kNotes = 150;
  double highest = 0;
  for (const Bar& bar : bars) highest = std::max(highest, bar.value);
  std::string body;
  double y = 4;
  for (const Bar& bar : bars) {
    const double length =
        highest > 0 ? std::max(1.0, bar.value / highest * (kWidth - kNames - kNotes)) : 1;
    body += text_at(0, y + 14, "start", "lab", bar.name);
    body += "<rect class=\"bar\" x=\"" + pixel(kNames) + "\" y=\"" + pixel(y + 3) + "\" width=\"" +
            pixel(length) + "\" height=\"14\" rx=\"1.5\"/>";
    body += text_at(kNames + length + 8, y + 14, "start", "strong", readable(bar.value));
    body += text_at(kWidth, y + 14, "end", "", bar.note);
    y += kRow;
  }
  return open_svg(kWidth, y + 2, description) + body + "</svg>";
}

}  // namespace skerry::loop
