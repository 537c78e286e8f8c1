// SPDX-License-Identifier: Apache-2.0
#include "stats/t2q_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <utility>

#include "stats/symmetric.h"
#include "stats/t2q_score.h"

namespace skerry::stats {
namespace {

constexpr double kMadToSigma = 1.4826;  // Makes the MAD of normal data its standard deviation.

// Complete rows of the channels that vary.
struct Rows {
  std::vector<std::string> channels;
  std::vector<Life> lives;  // Without empty ones.

  std::size_t width() const { return channels.size(); }
};

double median_of(std::vector<double> values) {
  const std::size_t middle = values.size() / 2;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(middle);
  std::nth_element(values.begin(), at, values.end());
  if (values.size() % 2 == 1) return *at;
  return std::midpoint(*std::max_element(values.begin(), at), *at);
}

double scale_of(std::vector<double> values, double median) {
  for (double& value : values) value = std::abs(value - median);
  return kMadToSigma * median_of(std::move(values));
}

// The present values of one channel in all lives but those of `fold`.
std::vector<double> column(const std::vector<Life>& lives, std::size_t width, std::size_t channel,
                           std::size_t folds, std::size_t fold) {
  std::vector<double> values;
  for (std::size_t life = 0; life < lives.size(); ++life) {
    if (life % folds == fold) continue;
    for (std::size_t i = channel; i < lives[life].size(); i += width) {
      if (!std::isnan(lives[life][i])) values.push_back(lives[life][i]);
    }
  }
  return values;
}

Status check_lives(const std::vector<Life>& lives, std::size_t width, std::size_t rows_max) {
  if (width == 0) return failed_precondition("no channels");
  std::size_t rows = 0;
  for (std::size_t life = 0; life < lives.size(); ++life) {
    if (lives[life].size() % width != 0) {
      return invalid_argument("life " + std::to_string(life) + " does not hold whole rows");
    }
    rows += lives[life].size() / width;
    for (const double value : lives[life]) {
      if (std::isinf(value)) {
        return invalid_argument("life " + std::to_string(life) + " holds an infinite value");
      }
    }
  }
  if (rows > rows_max) return invalid_argument("more than " + std::to_string(rows_max) + " rows");
  return ok_status();
}

Result<std::vector<std::size_t>> varying_channels(const std::vector<Life>& lives,
                                                  std::size_t width) {
  std::vector<std::size_t> kept;
  for (std::size_t channel = 0; channel < width; ++channel) {
    std::vector<double> values = column(lives, width, channel, 1, 1);
    if (values.empty()) continue;
    const double median = median_of(values);
    if (scale_of(std::move(values), median) > 0) kept.push_back(channel);
  }
  if (kept.size() < 2) return failed_precondition("fewer than two channels vary");
  if (kept.size() > kT2QChannelsMax) {
    return failed_precondition(std::to_string(kept.size()) + " channels vary, at most " +
                               std::to_string(kT2QChannelsMax) + " can be monitored");
  }
  return kept;
}

Rows select(const std::vector<std::string>& channels, const std::vector<Life>& lives,
            const std::vector<std::size_t>& kept) {
  Rows rows;
  for (const std::size_t channel : kept) rows.channels.push_back(channels[channel]);
  for (const Life& life : lives) {
    Life complete;
    for (std::size_t start = 0; start < life.size(); start += channels.size()) {
      const auto missing = [&](std::size_t channel) { return std::isnan(life[start + channel]); };
      if (std::any_of(kept.begin(), kept.end(), missing)) continue;
      for (const std::size_t channel : kept) complete.push_back(life[start + channel]);
    }
    if (!complete.empty()) rows.lives.push_back(std::move(complete));
  }
  return rows;
}

// Sample covariance of the scaled rows outside `fold`, taken about their mean.
std::vector<double> covariance(const Rows& rows, const T2Q& t2q, std::size_t folds,
                               std::size_t fold) {
  const std::size_t n = rows.width();
  std::vector<double> scaled;
  for (std::size_t life = 0; life < rows.lives.size(); ++life) {
    if (life % folds == fold) continue;
    for (std::size_t i = 0; i < rows.lives[life].size(); ++i) {
      const double z = (rows.lives[life][i] - t2q.median[i % n]) / t2q.scale[i % n];
      scaled.push_back(std::clamp(z, -t2q.clip, t2q.clip));
    }
  }
  const double count = static_cast<double>(scaled.size()) / static_cast<double>(n);
  std::vector<double> mean(n, 0.0);
  for (std::size_t i = 0; i < scaled.size(); ++i) mean[i % n] += scaled[i] / count;
  std::vector<double> matrix(n * n, 0.0);
  for (std::size_t start = 0; start < scaled.size(); start += n) {
    for (std::size_t i = 0; i < n; ++i) {
      const double left = scaled[start + i] - mean[i];
      for (std::size_t j = 0; j <= i; ++j) {
        matrix[i * n + j] += left * (scaled[start + j] - mean[j]);
      }
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      matrix[i * n + j] /= std::max(1.0, count - 1);
      matrix[j * n + i] = matrix[i * n + j];
    }
  }
  return matrix;
}

// Leading components up to `share` of the variance. One direction at least stays outside, or Q
// would be rounding noise.
void set_components(T2Q& t2q, const std::vector<double>& matrix, double share) {
  const std::size_t n = t2q.channels.size();
  const Eigen eigen = symmetric_eigen(matrix, n);
  double total = 0;
  for (const double value : eigen.values) total += std::max(0.0, value);
  double explained = 0;
  std::size_t count = 0;
  while (count < n - 1 && (count == 0 || explained < share * total)) {
    explained += std::max(0.0, eigen.values[count]);
    ++count;
  }
  t2q.component_count = count;
  t2q.components.clear();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t c = 0; c < count; ++c) t2q.components.push_back(eigen.vectors[i * n + c]);
  }
}

// A monitor without limits, from all lives but those of `fold` (fold == folds: from all). A channel
// that does not vary in this part takes the scale of `whole`.
Result<T2Q> fit_part(const Rows& rows, std::size_t folds, std::size_t fold, const T2Q* whole,
                     const T2QOptions& options) {
  T2Q t2q;
  t2q.channels = rows.channels;
  const std::size_t n = rows.width();
  for (std::size_t channel = 0; channel < n; ++channel) {
    std::vector<double> values = column(rows.lives, n, channel, folds, fold);
    t2q.median.push_back(median_of(values));
    double scale = scale_of(std::move(values), t2q.median.back());
    if (!(scale > 0) && whole != nullptr) scale = whole->scale[channel];
    if (!(scale > 0 && std::isfinite(scale))) {
      return failed_precondition("the complete rows of channel \"" + rows.channels[channel] +
                                 "\" have no finite spread");
    }
    t2q.scale.push_back(scale);
  }
  std::vector<double> matrix = covariance(rows, t2q, folds, fold);
  set_components(t2q, matrix, options.variance_share);
  for (std::size_t i = 0; i < n; ++i) matrix[i * n + i] += options.ridge;
  t2q.inverse = TRY(invert_positive_definite(matrix, n));
  return t2q;
}

void score_life(const T2Q& t2q, const Life& life, std::vector<double>& t2, std::vector<double>& q) {
  const std::size_t n = t2q.channels.size();
  T2QState state;
  for (std::size_t start = 0; start < life.size(); start += n) {
    const T2QScore score = advance(t2q, state, std::span(life).subspan(start, n));
    t2.push_back(score.t2);
    q.push_back(score.q);
  }
}

// The ceil((n + 1)(1 - alpha))-th smallest score; it would be infinite with fewer rows than 1/alpha
// - 1.
Result<double> conformal_limit(std::vector<double> scores, double alpha) {
  const auto count = static_cast<double>(scores.size());
  const double rank =
      std::ceil((count + 1) * (1 - alpha) - 1e-9);  // 200 x 0.995 is 199, not above.
  if (rank > count) {
    return failed_precondition("needs " + std::to_string(std::llround(std::ceil(1 / alpha)) - 1) +
                               " complete rows, has " + std::to_string(scores.size()));
  }
  const auto at = scores.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
  std::nth_element(scores.begin(), at, scores.end());
  return std::max(*at, std::numeric_limits<double>::min());
}

}  // namespace

Result<T2Q> fit_t2q(const std::vector<std::string>& channels, const std::vector<Life>& lives,
                    const T2QOptions& options) {
  TRY(check_lives(lives, channels.size(), options.rows_max));
  const std::vector<std::size_t> kept = TRY(varying_channels(lives, channels.size()));
  const Rows rows = select(channels, lives, kept);
  if (rows.lives.size() < 2) return failed_precondition("fewer than two lives with complete rows");
  const std::size_t folds = std::clamp<std::size_t>(options.folds_max, 2, rows.lives.size());
  T2Q whole = TRY(fit_part(rows, folds, folds, nullptr, options));

  std::vector<double> t2;
  std::vector<double> q;
  for (std::size_t fold = 0; fold < folds; ++fold) {
    const T2Q part = TRY(fit_part(rows, folds, fold, &whole, options));
    for (std::size_t life = fold; life < rows.lives.size(); life += folds) {
      score_life(part, rows.lives[life], t2, q);
    }
  }
  whole.t2_limit = options.margin * TRY(conformal_limit(std::move(t2), options.alpha));
  whole.q_limit = options.margin * TRY(conformal_limit(std::move(q), options.alpha));
  return whole;
}

}  // namespace skerry::stats
