// SPDX-License-Identifier: Apache-2.0
//
// Small charts as inline SVG, drawn with the style classes of the report's style sheet, and the
// number and text forms that the report uses. Threads: a Plot belongs to one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::loop {

// Text for HTML and SVG content and attributes.
std::string escape_html(std::string_view text);
// With that many decimals: "10.35". `value` is finite.
std::string fixed(double value, int decimals);
// As many decimals as a reader needs: "176.2", "10.35", "0.979", "7.6e-06".
std::string readable(double value);
std::string with_commas(std::uint64_t value);

struct Point {
  double x = 0;
  double y = 0;
};

struct Axis {
  double low = 0;
  double high = 1;
  std::string title;
};

// An axis from `low` to `high` moved out to round numbers.
Axis round_axis(double low, double high, std::string title);
// Round numbers inside the axis, about `count` of them.
std::vector<double> ticks(const Axis& axis, int count);

// A chart area with both axes linear. Units: pixels of the view box.
class Plot {
 public:
  // `right` is the room for labels beside the area.
  Plot(double width, double height, Axis x, Axis y, double right = 16);

  // Horizontal grid lines with labels, and the labels of the x axis.
  void grid();
  void line(const std::vector<Point>& points, std::string_view style);
  void area(const std::vector<Point>& polygon, std::string_view style);
  // `title` is shown by a pointing device; may be empty.
  void dot(Point at, double radius, std::string_view style, std::string_view title);
  void label(Point at, double shift_x, double shift_y, std::string_view style,
             std::string_view text);

  // `description` is what a screen reader says.
  std::string svg(std::string_view description) const;

 private:
  double px(double x) const;
  double py(double y) const;
  std::string path(const std::vector<Point>& points) const;

  const double width_;
  const double height_;
  const Axis x_;
  const Axis y_;
  const double right_;
  std::string body_;
};

struct Bar {
  std::string name;
  double value = 0;
  std::string note;  // After the value, dim.
};

// Horizontal bars from zero, one under the other; values are not negative.
std::string bars_svg(const std::vector<Bar>& bars, std::string_view description);

}  // namespace skerry::loop
