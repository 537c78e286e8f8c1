// SPDX-License-Identifier: Apache-2.0
//
// Two routines for small symmetric matrices, row-major n x n. The order of operations is fixed, so
// equal input gives equal bits. Threads: pure functions. Source: Golub and Van Loan, Matrix
// Computations, 4th edition, sections 4.2 (Cholesky) and 8.5 (Jacobi).
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"

namespace skerry::stats {

// Errors: kInvalidArgument for a matrix that is not positive definite.
Result<std::vector<double>> invert_positive_definite(const std::vector<double>& matrix,
                                                     std::size_t n);

struct Eigen {
  std::vector<double> values;  // Descending.
  std::vector<double>
      vectors;  // n x n, row-major; column i belongs to values[i], its largest entry > 0.
};

// `matrix` holds finite numbers.
Eigen symmetric_eigen(std::vector<double> matrix, std::size_t n);

}  // namespace skerry::stats
