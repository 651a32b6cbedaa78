// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/choose_tile.h"

#include <algorithm>
#include <bit>

namespace hone::tensor {

namespace {

// A kernel that is compiled already costs nothing; another one must be better
// by this.
constexpr double kNewKernel = 1.05;
// Candidates whose kernels are looked at, cheapest first.
constexpr size_t kMostLooks = 12;

// Cycles that a fused multiply-add takes, and how many start in one; bytes of
// weights that the second-level cache gives in one. Latency is hidden a little
// worse than the number says: 8 accumulators reach 89 % of 4 cycles, and 67 %
// where they are 4 vectors of weights.
constexpr double kLatency = 4.5, kPerCycle = 2, kStreamBytes = 42;

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Machine registers that one vector of kBlock lanes takes.
int parts(const PlanTarget& target) {
  return std::max(1, kBlock * 4 / target.vector_bytes);
}

// Whether accumulators, vectors of weights and one broadcast fit.
bool fits(const PlanTarget& target, int accumulators, int vectors) {
  return (accumulators + vectors) * parts(target) + 1 <=
         target.vector_registers;
}

template <typename Tile>
struct Candidate {
  double cost;
  Tile tile;
};

// The cheapest that the back end has not refused; one that is nearly as cheap
// where the plan has its kernel already.
template <typename Tile, typename Build>
Tile choose(Planner& planner, std::vector<Candidate<Tile>> candidates,
            const Tile& smallest, const Build& build) {
  std::ranges::sort(
      candidates, [](const auto& a, const auto& b) { return a.cost < b.cost; });
  const Candidate<Tile>* best = nullptr;
  std::string chosen;
  for (size_t i = 0; i < std::min(candidates.size(), kMostLooks); ++i) {
    const Candidate<Tile>& candidate = candidates[i];
    if (best != nullptr && candidate.cost > best->cost * kNewKernel) break;
    const std::string hash = kernel_hash(build(candidate.tile)).hex();
    if (planner.is_rejected(hash)) continue;
    const bool is_known = planner.has_kernel(hash);
    if (best == nullptr || is_known) {
      best = &candidate;
      chosen = hash;
    }
    if (is_known) break;
  }
  if (best == nullptr) return smallest;
  planner.note_choice(chosen);
  return best->tile;
}

// Cycles for one step of the inner loop of a tile.
double step_cycles(const PlanTarget& target, int pixels, int vectors) {
  const double p = parts(target);
  const double products = pixels * vectors * p / kPerCycle;
  const double loads = (pixels + vectors * p) / kPerCycle;
  const double stream = vectors * kBlock * 4 / kStreamBytes;
  return std::max({products, loads, stream, kLatency});
}

}  // namespace

ConvolutionTile choose_tile(Planner& planner, ConvolutionTile tile,
                            const Dim& out_height, const Dim& out_width,
                            int64_t out_blocks) {
  const PlanTarget& target = planner.target();
  const auto height = static_cast<int64_t>(planner.estimate(out_height));
  const auto width = static_cast<int64_t>(planner.estimate(out_width));
  tile.rows = tile.columns = tile.vectors = 1;
  tile.any_width = !out_width.is_constant();
  std::vector<Candidate<ConvolutionTile>> candidates;
  const int most_rows = out_height.is_constant()
                            ? static_cast<int>(std::min<int64_t>(height, 4))
                            : 1;
  const int most_columns = static_cast<int>(std::min<int64_t>(width, 28));
  const int most_vectors = static_cast<int>(std::min<int64_t>(out_blocks, 4));
  for (int vectors = 1; vectors <= most_vectors; ++vectors)
    for (int rows = 1; rows <= most_rows; ++rows)
      for (int columns = 1; columns <= most_columns; ++columns) {
        const int pixels = rows * columns;
        if (!fits(target, pixels * vectors, vectors)) continue;
        const double tiles = static_cast<double>(ceil_div(height, rows)) *
                             static_cast<double>(ceil_div(width, columns)) *
                             static_cast<double>(ceil_div(out_blocks, vectors));
        double cost = tiles * step_cycles(target, pixels, vectors);
        // Rows far apart need a pointer each.
        if (rows > 1) cost *= 1.01 + 0.01 * rows;
        candidates.push_back({cost, tile});
        candidates.back().tile.rows = rows;
        candidates.back().tile.columns = columns;
        candidates.back().tile.vectors = vectors;
      }
  return choose(planner, std::move(candidates), tile, build_convolution);
}

DepthwiseTile choose_tile(Planner& planner, DepthwiseTile tile,
                          const Dim& out_height, const Dim& out_width) {
  const PlanTarget& target = planner.target();
  const auto height = static_cast<int64_t>(planner.estimate(out_height));
  const auto width = static_cast<int64_t>(planner.estimate(out_width));
  const Window& w = tile.window;
  tile.rows = tile.columns = 1;
  tile.any_width = !out_width.is_constant();
  std::vector<Candidate<DepthwiseTile>> candidates;
  // One row: the addresses of two rows' inputs are more than the machine has
  // registers for, with any number of columns.
  const int most_columns = static_cast<int>(std::min<int64_t>(width, 14));
  for (int columns = 1; columns <= most_columns; ++columns) {
    const int taps = w.height * w.width;
    // Weights that do not fit are read from memory, one load a product.
    if (!fits(target, columns, 1) ||
        columns >
            std::max(2, target.vector_registers / parts(target) - taps - 5))
      continue;
    const double inputs =
        static_cast<double>(w.height) * ((columns - 1) * w.stride_x + w.width);
    const double products = static_cast<double>(taps) * columns;
    const double cycles =
        std::max({products, inputs, taps * kLatency * kPerCycle}) / kPerCycle;
    const double cost = static_cast<double>(height) *
                        static_cast<double>(ceil_div(width, columns)) *
                        (cycles + 4);
    candidates.push_back({cost, tile});
    candidates.back().tile.columns = columns;
  }
  return choose(planner, std::move(candidates), tile, build_depthwise);
}

// So much of B fits into half of the first cache, beside A and C.
int depth_of(int vectors, int64_t k) {
  constexpr int64_t kPart = 24 << 10;
  const int64_t depth = kPart / (int64_t{vectors} * kBlock * 4) / 16 * 16;
  return k > 2 * depth ? static_cast<int>(depth) : 0;
}

namespace {

// Cycles of one step of the inner loop over all rows of a column of tiles.
double row_cycles(const PlanTarget& target, const GemmTile& tile, int64_t m) {
  double cycles = static_cast<double>(m / tile.rows) *
                  step_cycles(target, tile.rows, tile.vectors);
  int64_t rest = m % tile.rows;
  if (rest == 0) return cycles;
  // What is left over: a tile of halves and quarters, a kernel of its own
  // where K is split, an overlapping tile.
  if (tile.any_rows) {
    for (int64_t rows = std::bit_floor(uint64_t(tile.rows) - 1); rows > 0;
         rows /= 2)
      if (rest >= rows) {
        cycles += step_cycles(target, static_cast<int>(rows), tile.vectors);
        rest -= rows;
      }
    return cycles;
  }
  if (tile.depth > 0)
    return cycles + kNewKernel * step_cycles(target, static_cast<int>(rest),
                                             tile.vectors);
  return cycles + step_cycles(target, tile.rows, tile.vectors);
}

// What open rows are taken for: short and long ones alike.
constexpr int64_t kOpenRows[] = {1, 17, 61, 128};

}  // namespace

GemmTile choose_tile(Planner& planner, GemmTile tile, const Dim& m,
                     const Dim& n, const Dim& k) {
  const PlanTarget& target = planner.target();
  const bool is_open = !m.is_constant();
  const auto panels =
      static_cast<int64_t>(planner.estimate(ceil_div(n, kBlock)));
  // A split costs an open K nothing where it turns out to be short.
  constexpr int64_t kLongK = 1 << 10;
  const int64_t depth_k = k.is_constant() ? k.value() : is_open ? kLongK : 0;
  tile.rows = tile.vectors = 1;
  tile.any_rows = is_open;
  std::vector<Candidate<GemmTile>> candidates;
  const int most_rows =
      is_open ? 14 : static_cast<int>(std::min<int64_t>(m.value(), 14));
  const int most_vectors = static_cast<int>(std::min<int64_t>(panels, 8));
  for (int vectors = 1; vectors <= most_vectors; ++vectors)
    for (int rows = 1; rows <= most_rows; ++rows) {
      if (!fits(target, rows * vectors, vectors)) continue;
      tile.rows = rows;
      tile.vectors = vectors;
      tile.depth =
          is_open || m.value() >= 2 * rows ? depth_of(vectors, depth_k) : 0;
      double cycles = 0;
      if (is_open)
        for (const int64_t typical : kOpenRows)
          cycles +=
              row_cycles(target, tile, typical) / static_cast<double>(typical);
      else
        cycles = row_cycles(target, tile, m.value());
      candidates.push_back(
          {cycles * static_cast<double>(ceil_div(panels, vectors)), tile});
    }
  tile.rows = tile.vectors = 1;
  tile.depth = 0;
  return choose(planner, std::move(candidates), tile, build_gemm);
}

}  // namespace hone::tensor
