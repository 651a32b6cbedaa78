// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Register tiles. Of the nest of a node
//
//   for P… { init; for R… { update } }
//
// with a last parallel loop v along the target's last dimension, a candidate
// makes
//
//   for P_o… {                  the tile's copy is at home in the last of them
//     for P_t… { init }         unrolled; v in vectors
//     for R… { for P_t… { update } }
//     for … { write back }
//   }
//
// with tiles of v (in vectors) and of up to two other loops. Tiles of loops
// that do not divide overlap where they can, so that there is one loop body.
// Candidates are ordered by how many products a load feeds.
#include <algorithm>
#include <tuple>

#include "tensor/loop/choose_schedule.h"

namespace hone::tensor {

namespace {

struct Nest {
  std::vector<LoopVariable> parallel;  // by the tree's names, v last
  std::vector<LoopVariable> reduced;
};

// Loops of the nest that ends in the node's statement, as the default tree has
// them; nothing where it has been edited, or has another form.
std::optional<Nest> nest_of(const LoopProgram& program, const LoopNode& node) {
  for (const LoopTree& root : program.tree) {
    Nest nest;
    const LoopTree* at = &root;
    while (at->is_loop && at->mark == LoopTree::Mark::None &&
           !at->body.empty()) {
      const bool has_init = at->body.size() == 2 && !at->body[0].is_loop;
      if (at->body.size() > 1 && !has_init) break;
      const bool reduced =
          !nest.reduced.empty() ||
          (!nest.parallel.empty() && nest.parallel.back().name.empty());
      (reduced ? nest.reduced : nest.parallel)
          .push_back({at->variable, at->extent});
      if (has_init) nest.parallel.push_back({});  // marks the border
      at = &at->body.back();
    }
    if (at->is_loop || at->leaf.name != node.name) continue;
    std::erase_if(nest.parallel,
                  [](const LoopVariable& v) { return v.name.empty(); });
    if (nest.parallel.empty() || at->leaf.target.at.empty()) return {};
    // v to the end.
    const auto last = at->leaf.target.at.back().as_variable();
    const auto v = std::ranges::find(nest.parallel, last.value_or(""),
                                     &LoopVariable::name);
    if (v == nest.parallel.end()) return {};
    std::rotate(v, v + 1, nest.parallel.end());
    return nest;
  }
  return {};
}

// How much of each parallel loop, v last in vectors, a tile takes.
struct Tile {
  std::vector<int64_t> factors;
  bool v_first = false;  // v's outer loop outermost
  double score = 0;

  int64_t widest() const { return *std::ranges::max_element(factors); }
};

class ScriptWriter {
 public:
  ScriptWriter(const LoopNode& node, const Nest& nest,
               const LoopMachine& machine)
      : node_(node), nest_(nest), lanes_(machine.lanes) {}

  std::vector<LoopStep> write(const Tile& tile) {
    steps_.clear();
    std::vector<std::string> outer, inner;
    for (size_t i = 0; i + 1 < nest_.parallel.size(); ++i)
      split(nest_.parallel[i], tile.factors[i], outer);
    // The widest outermost: what it loads is used up at once, what the others
    // load is kept.
    for (int64_t f = tile.widest(); f > 1; --f)
      for (size_t i = 0; i + 1 < nest_.parallel.size(); ++i)
        if (tile.factors[i] == f)
          inner.push_back(nest_.parallel[i].extent.is(f)
                              ? nest_.parallel[i].name
                              : nest_.parallel[i].name + "_t");
    const LoopVariable& v = nest_.parallel.back();
    std::string lane = v.name;
    if (!v.extent.is(lanes_)) {
      const std::string whole = v.name + "_t";
      const int64_t width = tile.factors.back() * lanes_;
      lane = v.name + "_v";
      if (!v.extent.is(width)) {
        add(LoopStepKind::Split,
            {v.name, std::to_string(width), "as", v.name + "_o", whole});
        outer.insert(tile.v_first ? outer.begin() : outer.end(), v.name + "_o");
      }
      const std::string from = v.extent.is(width) ? v.name : whole;
      add(LoopStepKind::Split,
          {from, std::to_string(lanes_), "as", v.name + "_b", lane});
      inner.push_back(v.name + "_b");
    }
    if (outer.empty()) return {};
    std::vector<std::string> order = outer;
    order.insert(order.end(), inner.begin(), inner.end());
    order.push_back(lane);
    add(LoopStepKind::Order, order);
    if (node_.reduction == LoopReduction::None) {
      add(LoopStepKind::Vectorize, {lane});
      for (const std::string& loop : inner) add(LoopStepKind::Unroll, {loop});
      return steps_;
    }
    const std::string sums = node_.name + "_sums";
    add(LoopStepKind::Stage,
        {node_.target.tensor, outer.back(), "register", "as", sums});
    take_apart(inner, lane);
    copy_out(sums, tile);
    return steps_;
  }

 private:
  void add(LoopStepKind kind, std::vector<std::string> words) {
    steps_.push_back({kind, std::move(words)});
  }

  void split(const LoopVariable& loop, int64_t factor,
             std::vector<std::string>& outer) {
    if (factor == 1) return outer.push_back(loop.name);
    if (loop.extent.is(factor)) return;
    const bool divides =
        loop.extent.is_constant() && loop.extent.constant() % factor == 0;
    add(LoopStepKind::Split,
        {loop.name, std::to_string(factor), divides ? "guard" : "overlap", "as",
         loop.name + "_o", loop.name + "_t"});
    outer.push_back(loop.name + "_o");
  }

  // Beginnings apart from updates, and these inside of the reduction.
  void take_apart(const std::vector<std::string>& inner,
                  const std::string& lane) {
    std::vector<std::string> tile = inner;
    tile.push_back(lane);
    std::vector<std::string> order;
    for (const LoopVariable& loop : nest_.reduced) order.push_back(loop.name);
    for (size_t i = tile.size(); i-- > 0;)
      add(LoopStepKind::Distribute, {tile[i], "1"});
    for (const std::string& loop : tile) order.push_back(loop + "_1");
    add(LoopStepKind::Order, order);
    for (const std::string& suffix : {"", "_1"}) {
      for (const std::string& loop : inner)
        add(LoopStepKind::Unroll, {loop + suffix});
      add(LoopStepKind::Vectorize, {lane + suffix});
    }
  }

  void copy_out(const std::string& sums, const Tile& tile) {
    const size_t rank = node_.target.at.size();
    for (size_t d = 0; d + 1 < rank; ++d)
      add(LoopStepKind::Unroll, {sums + "_out" + std::to_string(d)});
    std::string lane = sums + "_out" + std::to_string(rank - 1);
    if (tile.factors.back() > 1 || !nest_.parallel.back().extent.is(lanes_)) {
      add(LoopStepKind::Split,
          {lane, std::to_string(lanes_), "as", sums + "_b", sums + "_v"});
      add(LoopStepKind::Unroll, {sums + "_b"});
      lane = sums + "_v";
    }
    add(LoopStepKind::Vectorize, {lane});
  }

  const LoopNode& node_;
  const Nest& nest_;
  const int lanes_;
  std::vector<LoopStep> steps_;
};

// Loads that a step of the reduction takes for a tile: for each operand, as
// many as the tile's loops that it depends on make.
double loads_of(const LoopNode& node, const Nest& nest, const Tile& tile) {
  double loads = 0;
  visit_loads(node.value, [&](const Place& place) {
    double own = 1;
    for (size_t i = 0; i < nest.parallel.size(); ++i)
      for (const Index& index : place.at)
        if (index.mentions(nest.parallel[i].name)) {
          own *= static_cast<double>(tile.factors[i]);
          break;
        }
    loads += own;
  });
  return loads;
}

// Vectors that hold an operand for several products.
double vectors_of(const LoopNode& node, const Nest& nest, const Tile& tile) {
  double most = 1;
  visit_loads(node.value, [&](const Place& place) {
    double own = 1;
    bool is_vector = false;
    for (size_t i = 0; i < nest.parallel.size(); ++i)
      for (const Index& index : place.at)
        if (index.mentions(nest.parallel[i].name)) {
          own *= static_cast<double>(tile.factors[i]);
          is_vector |= i + 1 == nest.parallel.size();
          break;
        }
    if (is_vector) most = std::max(most, own);
  });
  return most;
}

void collect_tiles(const LoopProgram& program, const LoopNode& node,
                   const Nest& nest, const LoopMachine& machine,
                   std::vector<Tile>& tiles) {
  constexpr int64_t kWidest = 14;
  const size_t count = nest.parallel.size();
  const auto extent = [&](size_t i) {
    return value_of(program, nest.parallel[i].extent);
  };
  const int64_t vectors =
      (extent(count - 1) + machine.lanes - 1) / machine.lanes;
  const bool reduces = node.reduction != LoopReduction::None;
  // One loop is tiled widely, another narrowly, and v by vectors.
  const auto look = [&](std::optional<size_t> wide, int64_t w,
                        std::optional<size_t> narrow, int64_t n, int64_t v) {
    Tile tile = {.factors = std::vector<int64_t>(count, 1)};
    if (wide) tile.factors[*wide] = w;
    if (narrow) tile.factors[*narrow] = n;
    tile.factors.back() = v;
    double sums = 1, work = 1;  // computed for one that is asked for
    for (size_t i = 0; i < count; ++i) {
      const int64_t whole = i + 1 == count ? vectors : extent(i);
      const int64_t factor = tile.factors[i];
      if (factor > whole) return;
      sums *= static_cast<double>(factor);
      work *= static_cast<double>((whole + factor - 1) / factor * factor) /
              static_cast<double>(whole);
    }
    if (reduces &&
        sums + vectors_of(node, nest, tile) + 1 > machine.vector_registers)
      return;
    const double loads = loads_of(node, nest, tile);
    const double cycles = std::max(
        {sums / machine.per_cycle, loads / machine.per_cycle, machine.latency});
    // A turn of the loop costs one more; of equals, the one that loads less.
    tile.score = work * (cycles + 1 + 0.01 * loads) / sums;
    tiles.push_back(tile);
  };
  for (int64_t v = 1; v <= 4; ++v) {
    look({}, 1, {}, 1, v);
    for (size_t wide = 0; wide + 1 < count; ++wide)
      for (int64_t w = 2; w <= kWidest; ++w) {
        look(wide, w, {}, 1, v);
        for (size_t narrow = 0; narrow + 1 < count; ++narrow)
          for (int64_t n = 2; n <= 4 && narrow != wide; ++n)
            look(wide, w, narrow, n, v);
      }
  }
}

}  // namespace

std::vector<std::vector<LoopStep>> TileSpace::candidates(
    const LoopProgram& program, const LoopMachine& machine) {
  constexpr size_t kMostTiles = 12;
  // Nodes are independent: the n-th candidates of all make the n-th script.
  std::vector<std::vector<LoopStep>> scripts;
  for (const LoopNode& node : program.nodes) {
    const auto nest = nest_of(program, node);
    if (!nest) continue;
    std::vector<Tile> tiles;
    collect_tiles(program, node, *nest, machine, tiles);
    std::ranges::sort(tiles, [](const Tile& a, const Tile& b) {
      return std::tie(a.score, a.factors) < std::tie(b.score, b.factors);
    });
    if (tiles.size() > kMostTiles) tiles.resize(kMostTiles);
    std::vector<std::vector<LoopStep>> own;
    for (Tile tile : tiles)
      for (const bool v_first : {true, false}) {
        tile.v_first = v_first;
        auto script = ScriptWriter(node, *nest, machine).write(tile);
        if (!script.empty()) own.push_back(std::move(script));
      }
    if (own.empty()) continue;
    if (scripts.empty()) {
      scripts = std::move(own);
      continue;
    }
    scripts.resize(std::max(scripts.size(), own.size()), scripts.front());
    for (size_t i = 0; i < scripts.size(); ++i) {
      const auto& more = own[std::min(i, own.size() - 1)];
      scripts[i].insert(scripts[i].end(), more.begin(), more.end());
    }
  }
  return scripts;
}

}  // namespace hone::tensor
