// SPDX-License-Identifier: Apache-2.0
#include "stats/symmetric.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace skerry::stats {
namespace {

// A positive definite matrix: G G' + I / 10 with entries of G in [-1, 1].
std::vector<double> random_matrix(std::size_t n, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<double> g(n * n);
  for (double& entry : g) entry = static_cast<double>(random() >> 11) * 0x1p-52 - 1;
  std::vector<double> matrix(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) matrix[i * n + j] += g[i * n + k] * g[j * n + k];
    }
    matrix[i * n + i] += 0.1;
  }
  return matrix;
}

TEST(Symmetric, InverseTimesMatrixIsIdentity) {
  for (const std::size_t n : {1, 2, 14, 64}) {
    const std::vector<double> matrix = random_matrix(n, 7);
    const std::vector<double> inverse = *invert_positive_definite(matrix, n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        double sum = 0;
        for (std::size_t k = 0; k < n; ++k) sum += inverse[i * n + k] * matrix[k * n + j];
        EXPECT_NEAR(sum, i == j ? 1 : 0, 1e-9) << n;
      }
    }
  }
}

TEST(Symmetric, IndefiniteMatrixIsRefused) {
  EXPECT_FALSE(invert_positive_definite({1, 2, 2, 1}, 2).ok());
  EXPECT_FALSE(invert_positive_definite({0}, 1).ok());
}

TEST(Symmetric, EigenvaluesMatchKnownMatrix) {
  const Eigen eigen = symmetric_eigen({4, 1, .5, 1, 3, -1, .5, -1, 2}, 3);
  EXPECT_NEAR(eigen.values[0], 4.622905121644135, 1e-12);
  EXPECT_NEAR(eigen.values[1], 3.317544438556552, 1e-12);
  EXPECT_NEAR(eigen.values[2], 1.0595504397993136, 1e-12);
  EXPECT_NEAR(eigen.vectors[0], 0.836750211772703, 1e-12);
  EXPECT_NEAR(eigen.vectors[3], 0.5454377265056805, 1e-12);
}

TEST(Symmetric, EigenvectorsRebuildTheMatrix) {
  for (const std::size_t n : {2, 5, 64}) {
    const std::vector<double> matrix = random_matrix(n, 11);
    const Eigen eigen = symmetric_eigen(matrix, n);
    for (std::size_t i = 0; i < n; ++i) {
      if (i > 0) {
        EXPECT_GE(eigen.values[i - 1], eigen.values[i]);
      }
      for (std::size_t j = 0; j < n; ++j) {
        double rebuilt = 0;
        double product = 0;
        for (std::size_t k = 0; k < n; ++k) {
          rebuilt += eigen.vectors[i * n + k] * eigen.values[k] * eigen.vectors[j * n + k];
          product += eigen.vectors[k * n + i] * eigen.vectors[k * n + j];
        }
        EXPECT_NEAR(rebuilt, matrix[i * n + j], 1e-9);
        EXPECT_NEAR(product, i == j ? 1 : 0, 1e-12);
      }
    }
  }
}

TEST(Symmetric, ZeroMatrixHasZeroEigenvalues) {
  const Eigen eigen = symmetric_eigen({0, 0, 0, 0}, 2);
  EXPECT_EQ(eigen.values, (std::vector<double>{0, 0}));
  EXPECT_EQ(eigen.vectors, (std::vector<double>{1, 0, 0, 1}));
}

}  // namespace
}  // namespace skerry::stats
