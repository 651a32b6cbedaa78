// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/random_loops.h"

#include <fmt/format.h>

#include <algorithm>

#include "tensor/loop/loop_text.h"
#include "tensor/loop/lower_loops.h"

namespace hone::tensor {

namespace {

// Declares a size, or writes its number.
class Sizes {
 public:
  explicit Sizes(Random& random) : random_(random) {}

  std::string make(int least, int most) {
    const int value = least + static_cast<int>(random_.below(most - least + 1));
    if (random_.chance(0.5)) return std::to_string(value);
    const std::string name = fmt::format("N{}", count_++);
    text_ += fmt::format("  size {} = {}\n", name, value);
    return name;
  }
  const std::string& text() const { return text_; }

 private:
  Random& random_;
  int count_ = 0;
  std::string text_;
};

std::string product(Sizes& s, bool with_post) {
  const auto m = s.make(1, 20), n = s.make(1, 40), k = s.make(1, 12);
  std::string text = fmt::format(
      "  input a[{0}, {2}]\n  input b[{2}, {1}]\n  {3} c[{0}, {1}]\n"
      "  node mm: c[i, j] += a[i, k] * b[k, j] over i < {0}, j < {1}, k < "
      "{2}\n",
      m, n, k, with_post ? "local" : "output");
  if (with_post)
    text += fmt::format(
        "  input bias[{1}]\n  output d[{0}, {1}]\n"
        "  node post: d[i, j] = max(c[i, j] + bias[j], 0) "
        "over i < {0}, j < {1}\n",
        m, n);
  return text;
}

std::string convolution(Sizes& s) {
  const auto c = s.make(1, 4), o = s.make(1, 8);
  const auto h = s.make(1, 6), w = s.make(1, 18);
  return fmt::format(
      "  input x[{0}, {2} + 2, {3} + 2]\n  input w[{0}, 3, 3, {1}]\n"
      "  output y[{2}, {3}, {1}]\n"
      "  node conv: y[i, j, o] += x[c, i + r, j + s] * w[c, r, s, o] "
      "over i < {2}, j < {3}, o < {1}, c < {0}, r < 3, s < 3\n",
      c, o, h, w);
}

std::string pooling(Sizes& s, Random& random) {
  const auto h = s.make(1, 10), c = s.make(1, 20);
  return fmt::format(
      "  input x[2*{0} + 1, {1}]\n  output y[{0}, {1}]\n"
      "  node pool: y[i, c] {2} x[2*i + r, c] "
      "over i < {0}, c < {1}, r < 3\n",
      h, c, random.chance(0.5) ? "max=" : "min=");
}

std::string padding(Sizes& s) {
  const auto h = s.make(1, 8), w = s.make(1, 20);
  return fmt::format(
      "  input x[{0}, {1}]\n  output y[{0} + 2, {1} + 3]\n"
      "  node pad: y[i, j] = select(0 < i && i < {0} + 1 && 0 < j && "
      "j < {1} + 1, x[i - 1, j - 1], 0) over i < {0} + 2, j < {1} + 3\n",
      h, w);
}

std::string concatenation(Sizes& s) {
  const auto a = s.make(1, 9), b = s.make(1, 9), w = s.make(1, 20);
  return fmt::format(
      "  input x[{0}, {2}]\n  input z[{1}, {2}]\n  output y[{0} + {1}, {2}]\n"
      "  node join: y[i, j] = select(i < {0}, x[i, j], z[i - {0}, j]) "
      "over i < {0} + {1}, j < {2}\n",
      a, b, w);
}

std::string gather(Sizes& s) {
  const auto rows = s.make(1, 9), count = s.make(1, 9), w = s.make(1, 20);
  return fmt::format(
      "  input x[{0}, {2}]\n  input at[{1}] i64\n  output y[{1}, {2}]\n"
      "  node take: y[i, j] = x[max(min(at[i], {0} - 1), 0), j] * 2 "
      "over i < {1}, j < {2}\n",
      rows, count, w);
}

std::string transposition(Sizes& s) {
  const auto h = s.make(1, 20), w = s.make(1, 20);
  return fmt::format(
      "  input x[{0}, {1}]\n  output y[{1}, {0}]\n"
      "  node turn: y[j, i] = x[i, j] over i < {0}, j < {1}\n",
      h, w);
}

std::string sums(Sizes& s) {
  const auto h = s.make(1, 10), w = s.make(1, 40);
  return fmt::format(
      "  input x[{0}, {1}]\n  local most[{0}]\n  output y[{0}]\n"
      "  node high: most[i] max= x[i, j] over i < {0}, j < {1}\n"
      "  node sum: y[i] += x[i, j] - most[i] over i < {0}, j < {1}\n",
      h, w);
}

std::string stencil_chain(Sizes& s) {
  const auto w = s.make(1, 30);
  return fmt::format(
      "  input x[{0} + 4]\n  local t[{0} + 2]\n  output y[{0}]\n"
      "  node first: t[i] += x[i + r] over i < {0} + 2, r < 3\n"
      "  node second: y[j] max= abs(t[j + q]) over j < {0}, q < 3\n",
      w);
}

std::string elementwise_chain(Sizes& s) {
  const auto h = s.make(1, 8), w = s.make(1, 34);
  return fmt::format(
      "  input x[{0}, {1}]\n  input z[{1}]\n  local t[{0}, {1}]\n"
      "  local u[{0}, {1}]\n  output y[{0}, {1}]\n"
      "  node one: t[i, j] = x[i, j] * z[j] over i < {0}, j < {1}\n"
      "  node two: u[i, j] = min(t[i, j], 1) - x[i, j] "
      "over i < {0}, j < {1}\n"
      "  node three: y[i, j] = neg(u[i, j]) + t[i, j] "
      "over i < {0}, j < {1}\n",
      h, w);
}

// --- Schedules
// -------------------------------------------------------------------

class Scheduler {
 public:
  Scheduler(const LoopProgram& program, Random& random, IndexOracle& oracle,
            bool registers)
      : random_(random),
        oracle_(oracle),
        registers_(registers),
        lanes_(int64_t{4} << random.below(3)) {
    result_.program = program;
  }

  RandomSchedule run(int count) && {
    for (int i = 0; i < count; ++i) attempt(any_step());
    for (const std::string& loop : loops(true))
      if (random_.chance(0.7)) vectorize(loop);
    for (const std::string& loop : loops(false))
      if (random_.chance(0.3)) attempt({LoopStepKind::Unroll, {loop}});
    if (result_.program.tree.size() == 1 && random_.chance(0.3))
      attempt({LoopStepKind::Parallel, {result_.program.tree[0].variable}});
    return std::move(result_);
  }

 private:
  bool attempt(const LoopStep& step) {
    ++result_.tried;
    auto next = apply_step(result_.program, step, oracle_);
    if (!next.ok()) return false;
    result_.program = *std::move(next);
    result_.steps.push_back(step);
    return true;
  }

  // Names of loops; of those that hold statements only, or of small ones.
  std::vector<std::string> loops(bool innermost) const {
    std::vector<std::string> names;
    visit_tree(result_.program.tree, [&](const LoopTree& tree) {
      if (!tree.is_loop || tree.mark != LoopTree::Mark::None) return;
      const bool holds_loops = std::ranges::any_of(
          tree.body, [](const LoopTree& child) { return child.is_loop; });
      const bool small =
          tree.extent.is_constant() && tree.extent.constant() <= 4;
      if (innermost ? !holds_loops : small) names.push_back(tree.variable);
    });
    return names;
  }

  void vectorize(const std::string& loop) {
    const std::string lane = unused_name(result_.program, {}, loop + "_v");
    const std::string outer = unused_name(result_.program, {}, loop + "_b");
    if (!attempt({LoopStepKind::Split,
                  {loop, std::to_string(lanes_), "guard", "as", outer, lane}}))
      return;
    if (!attempt({LoopStepKind::Vectorize, {lane}}))
      attempt({LoopStepKind::Unroll, {lane}});
  }

  std::string any_loop() {
    std::vector<std::string> names;
    visit_tree(result_.program.tree, [&](const LoopTree& tree) {
      if (tree.is_loop) names.push_back(tree.variable);
    });
    return random_.pick(names);
  }

  // A loop and the first thing in it or behind it, where that is a loop.
  std::pair<std::string, std::string> pair_of(bool nested) {
    std::vector<std::pair<std::string, std::string>> pairs;
    const auto look = [&](const std::vector<LoopTree>& body) {
      for (size_t i = 0; i + 1 < body.size(); ++i)
        if (body[i].is_loop && body[i + 1].is_loop)
          pairs.emplace_back(body[i].variable, body[i + 1].variable);
    };
    if (!nested) look(result_.program.tree);
    visit_tree(std::as_const(result_.program.tree), [&](const LoopTree& tree) {
      if (!tree.is_loop) return;
      if (!nested)
        look(tree.body);
      else if (tree.body.size() == 1 && tree.body[0].is_loop)
        pairs.emplace_back(tree.variable, tree.body[0].variable);
    });
    if (pairs.empty()) return {any_loop(), any_loop()};
    return random_.pick(pairs);
  }

  LoopStep any_step() {
    const std::string number = std::to_string(1 + random_.below(7));
    switch (random_.below(12)) {
      case 0:
      case 1:
      case 2: {
        const std::vector<std::string> modes = {"guard", "tail", "overlap"};
        return {LoopStepKind::Split, {any_loop(), number, random_.pick(modes)}};
      }
      case 3:
        return {LoopStepKind::Cut, {any_loop(), number}};
      case 4:
      case 5: {
        const auto [a, b] = pair_of(true);
        return {LoopStepKind::Swap, {a, b}};
      }
      case 6: {
        const auto [a, b] = pair_of(true);
        return {LoopStepKind::Merge, {a, b}};
      }
      case 7: {
        const auto [a, b] = pair_of(false);
        return {LoopStepKind::Fuse, {a, b}};
      }
      case 8:
        return {LoopStepKind::Distribute, {any_loop(), "1"}};
      case 9:
        return {LoopStepKind::Compute,
                {random_.pick(result_.program.nodes).name, any_loop()}};
      default: {
        LoopStep step = {
            LoopStepKind::Stage,
            {random_.pick(result_.program.tensors).name, any_loop()}};
        if (registers_ && random_.chance(0.3))
          step.words.emplace_back("register");
        const LoopTensor& tensor = *result_.program.find_tensor(step.words[0]);
        if (random_.chance(0.3)) {
          step.words.emplace_back("order");
          for (size_t d = tensor.extents.size(); d-- > 0;)
            step.words.push_back(std::to_string(d));
        }
        return step;
      }
    }
  }

  Random& random_;
  IndexOracle& oracle_;
  const bool registers_;
  const int64_t lanes_;
  RandomSchedule result_;
};

}  // namespace

LoopProgram random_program(Random& random) {
  Sizes sizes(random);
  std::string body;
  switch (random.below(11)) {
    case 0:
      body = product(sizes, false);
      break;
    case 1:
      body = product(sizes, true);
      break;
    case 2:
      body = convolution(sizes);
      break;
    case 3:
      body = pooling(sizes, random);
      break;
    case 4:
      body = padding(sizes);
      break;
    case 5:
      body = concatenation(sizes);
      break;
    case 6:
      body = gather(sizes);
      break;
    case 7:
      body = transposition(sizes);
      break;
    case 8:
      body = sums(sizes);
      break;
    case 9:
      body = stencil_chain(sizes);
      break;
    default:
      body = elementwise_chain(sizes);
      break;
  }
  auto program = parse_loops("loops p {\n" + sizes.text() + body + "}\n");
  HONE_CHECK(program.ok());
  return *std::move(program);
}

LoopData random_inputs(const LoopProgram& program, Random& random) {
  LoopData data;
  for (const LoopTensor& tensor : program.tensors) {
    if (tensor.role != LoopTensor::Role::Input) continue;
    const auto count = static_cast<size_t>(elements_of(program, tensor));
    if (tensor.element == Element::F32) {
      std::vector<float>& values = data.floats[tensor.name];
      values.resize(count);
      for (float& value : values)
        value = static_cast<float>(static_cast<int>(random.below(17)) - 8) / 4;
    } else {
      std::vector<int64_t>& values = data.integers[tensor.name];
      values.resize(count);
      for (int64_t& value : values)
        value = static_cast<int64_t>(random.below(16)) - 4;
    }
  }
  return data;
}

RandomSchedule random_schedule(const LoopProgram& program, int count,
                               Random& random, IndexOracle& oracle) {
  RandomSchedule schedule = Scheduler(program, random, oracle, true).run(count);
  // Copies in registers ask for loops that happen to be unrolled.
  if (lower_loops(schedule.program).ok()) return schedule;
  return Scheduler(program, random, oracle, false).run(count);
}

}  // namespace hone::tensor
