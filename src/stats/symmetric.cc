// SPDX-License-Identifier: Apache-2.0
#include "stats/symmetric.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"

namespace skerry::stats {
namespace {

constexpr int kSweepsMax = 60;  // Converges quadratically; 64 x 64 needs fewer than 15.

// Zeroes the entry (p, q) of `a` by a rotation and collects the rotation in `v`.
void rotate(std::vector<double>& a, std::vector<double>& v, std::size_t n, std::size_t p,
            std::size_t q) {
  const double off = a[p * n + q];
  if (off == 0) return;
  const double theta = (a[q * n + q] - a[p * n + p]) / (2 * off);
  const double t = (theta >= 0 ? 1.0 : -1.0) / (std::abs(theta) + std::hypot(theta, 1.0));
  const double c = 1 / std::hypot(t, 1.0);
  const double s = t * c;
  for (std::size_t k = 0; k < n; ++k) {
    const double kp = a[k * n + p];
    const double kq = a[k * n + q];
    a[k * n + p] = c * kp - s * kq;
    a[k * n + q] = s * kp + c * kq;
  }
  for (std::size_t k = 0; k < n; ++k) {
    const double pk = a[p * n + k];
    const double qk = a[q * n + k];
    a[p * n + k] = c * pk - s * qk;
    a[q * n + k] = s * pk + c * qk;
  }
  for (std::size_t k = 0; k < n; ++k) {
    const double kp = v[k * n + p];
    const double kq = v[k * n + q];
    v[k * n + p] = c * kp - s * kq;
    v[k * n + q] = s * kp + c * kq;
  }
}

double off_diagonal(const std::vector<double>& a, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) sum += a[i * n + j] * a[i * n + j];
  }
  return sum;
}

// Columns by falling eigenvalue, signs fixed by the entry of largest size.
Eigen ordered(const std::vector<double>& a, const std::vector<double>& v, std::size_t n) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t x, std::size_t y) { return a[x * n + x] > a[y * n + y]; });
  Eigen eigen{{}, std::vector<double>(n * n)};
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t from = order[i];
    eigen.values.push_back(a[from * n + from]);
    double largest = 0;
    for (std::size_t k = 0; k < n; ++k) {
      if (std::abs(v[k * n + from]) > std::abs(largest)) largest = v[k * n + from];
    }
    const double sign = largest < 0 ? -1 : 1;
    for (std::size_t k = 0; k < n; ++k) eigen.vectors[k * n + i] = sign * v[k * n + from];
  }
  return eigen;
}

}  // namespace

Result<std::vector<double>> invert_positive_definite(const std::vector<double>& matrix,
                                                     std::size_t n) {
  SKERRY_CHECK(matrix.size() == n * n);
  std::vector<double> lower(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = matrix[i * n + j];
      for (std::size_t k = 0; k < j; ++k) sum -= lower[i * n + k] * lower[j * n + k];
      if (i != j) {
        lower[i * n + j] = sum / lower[j * n + j];
      } else if (sum > 0) {
        lower[i * n + i] = std::sqrt(sum);
      } else {
        return invalid_argument("the matrix is not positive definite");
      }
    }
  }
  std::vector<double> inverse(n * n, 0.0);
  for (std::size_t column = 0; column < n; ++column) {
    std::vector<double> x(n, 0.0);
    for (std::size_t i = column; i < n; ++i) {
      double sum = i == column ? 1.0 : 0.0;
      for (std::size_t k = column; k < i; ++k) sum -= lower[i * n + k] * x[k];
      x[i] = sum / lower[i * n + i];
    }
    for (std::size_t i = n; i-- > 0;) {
      double sum = x[i];
      for (std::size_t k = i + 1; k < n; ++k) sum -= lower[k * n + i] * x[k];
      x[i] = sum / lower[i * n + i];
    }
    for (std::size_t i = 0; i < n; ++i) inverse[i * n + column] = x[i];
  }
  return inverse;
}

Eigen symmetric_eigen(std::vector<double> matrix, std::size_t n) {
  SKERRY_CHECK(matrix.size() == n * n);
  std::vector<double> vectors(n * n, 0.0);
  double norm = 0;
  for (const double entry : matrix) norm += entry * entry;
  for (std::size_t i = 0; i < n; ++i) vectors[i * n + i] = 1;
  for (int sweep = 0; sweep < kSweepsMax && off_diagonal(matrix, n) > 1e-30 * norm; ++sweep) {
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) rotate(matrix, vectors, n, p, q);
    }
  }
  return ordered(matrix, vectors, n);
}

}  // namespace skerry::stats
