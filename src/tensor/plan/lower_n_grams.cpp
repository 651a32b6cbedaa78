// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/lower_general.h"

namespace hone::tensor {

using K = ElementKernel;

// N-grams of numbers, each with the words that may be left out between.
Status lower_tf_idf(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const std::vector<int64_t> pool = node.integers("pool_int64s");
  if (pool.empty()) return planner.unsupported(node, "a pool of words");
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const auto counts = node.integers("ngram_counts");
  const auto places = node.integers("ngram_indexes");
  const auto weights = node.numbers("weights");
  const std::string mode = node.text("mode");
  const Ix rows = x.rank() == 2 ? x.dims[0] : Ix(1), length = x.dims.back();
  const int64_t least = node.integer("min_gram_length");
  const int64_t most = node.integer("max_gram_length");
  k.loop(0, y.count, [&](Ix i) { k.store(y, i, k.number(0)); });
  size_t gram = 0;
  for (size_t n = 1; n <= counts.size(); ++n) {
    const auto width = static_cast<int64_t>(n);
    const auto size = static_cast<int64_t>(pool.size());
    const int64_t end = n < counts.size() ? counts[n] : size;
    for (int64_t at = counts[n - 1]; at + width <= end; at += width, ++gram) {
      if (width < least || width > most || gram >= places.size()) continue;
      const int64_t skips = n == 1 ? 0 : node.integer("max_skip_count");
      const Reg weight = k.number(weights.empty() ? 1 : weights[gram]);
      k.for_each({rows, skips + 1}, [&](const Index& i) {
        const Ix step = i[1] + 1;
        k.loop(0, length - (width - 1) * step, [&](Ix from) {
          Reg same = k.less(k.integer(0), k.integer(1));
          for (int64_t w = 0; w < width; ++w)
            same =
                k.both(same, k.equal(k.load(x, i[0] * length + from + w * step),
                                     k.integer(pool[at + w])));
          const Ix cell = i[0] * y.dims.back() + places[gram];
          const Reg old = k.load(y, cell);
          const Reg next = mode == "TF"    ? k.add(old, k.number(1))
                           : mode == "IDF" ? weight
                                           : k.add(old, weight);
          k.store(y, cell, k.select(same, next, old));
        });
      });
    }
  }
  return k.emit();
}

}  // namespace hone::tensor
