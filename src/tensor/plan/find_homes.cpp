// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Concatenations of channels without a copy: what makes a part writes it where
// it stands in the whole. Parts of parts stand in the outermost one, so that a
// dense block (each layer's result joined to all before) is one buffer.
#include "tensor/plan/expression_of.h"
#include "tensor/plan/planner.h"

namespace hone::tensor {

// Whether its maker, or a value that a chain of element-wise nodes starts from,
// works on blocks. `joined`: results of concatenations that do.
bool Planner::stands_on_blocks(ValueId id,
                               const std::set<ValueId>& joined) const {
  for (;;) {
    if (joined.contains(id)) return true;
    const int maker = makers_[index(id)];
    if (maker < 0) return false;
    const Node& node = graph_.nodes[maker];
    if (node.op == Op::Conv || node.op == Op::AveragePool ||
        node.op == Op::MaxPool)
      return true;
    if (!is_elementwise(node.op) || dims(node.inputs[0]) != dims(id))
      return false;
    id = node.inputs[0];
  }
}

// Of channels, with whole blocks in every part but the last.
bool Planner::joins_blocks(const Node& node,
                           const std::set<ValueId>& joined) const {
  const ValueId result = node.outputs[0];
  const std::vector<int64_t>& d = dims(result);
  if (node.op != Op::Concat ||
      graph_[result].type.element != ElementType::F32 || d.size() != 4 ||
      is_slot(d[1]) ||
      (node.integer("axis") != 1 && node.integer("axis") != -3))
    return false;
  Dim channels = 0;
  for (size_t k = 0; k < node.inputs.size(); ++k) {
    std::vector<int64_t> part = dims(node.inputs[k]);
    if (!stands_on_blocks(node.inputs[k], joined) || is_slot(part[1]) ||
        (k + 1 < node.inputs.size() && part[1] % kBlock != 0))
      return false;
    channels += std::exchange(part[1], d[1]);
    if (part != d) return false;
  }
  return channels == d[1];
}

void Planner::find_homes() {
  // A whole that a branch leaves or a loop makes anew has no home.
  if (!marks_.empty() || leaves_out("parts-in-place")) return;
  std::set<ValueId> joined;
  for (const Node& node : graph_.nodes)
    if (joins_blocks(node, joined)) joined.insert(node.outputs[0]);
  // The outermost first: they say where the whole is.
  for (size_t i = graph_.nodes.size(); i-- > 0;) {
    const Node& node = graph_.nodes[i];
    const ValueId result = node.outputs[0];
    if (!joined.contains(result)) continue;
    const Home whole =
        homes_.try_emplace(result, Home{.whole = result}).first->second;
    int64_t channel = whole.channel;
    for (const ValueId part : node.inputs) {
      homes_.try_emplace(part, Home{whole.whole, channel});
      want_halo(whole.whole, wanted_[index(part)]);
      channel += dims(part)[1];
    }
    want_halo(whole.whole, wanted_[index(result)]);
  }
}

Stored Planner::part_of_whole(const Home& home, ValueId part) {
  auto whole = wholes_.find(home.whole);
  if (whole == wholes_.end()) {
    const std::vector<Dim> d = sizes(home.whole);
    const Layout layout = {.kind = Layout::Kind::Blocked,
                           .images = d[0],
                           .channels = d[1].value(),
                           .height = d[2],
                           .width = d[3],
                           .halo = wanted_[index(home.whole)]};
    const Stored stored = {.buffer = new_buffer(layout.size() * 4),
                           .layout = layout};
    clear_halo(stored, node_name_);
    whole = wholes_.emplace(home.whole, stored).first;
  }
  Stored stored = whole->second;
  stored.layout.joined = stored.layout.planes();
  stored.layout.channels = dims(part)[1];
  const PlanBuffer& all = buffers_[stored.buffer];
  buffers_.push_back(
      {.space = all.space,
       .index = all.index,
       .whole = stored.buffer,
       .within = home.channel / kBlock * stored.layout.plane() * 4});
  stored.buffer = static_cast<int>(buffers_.size() - 1);
  return stored;
}

std::optional<Stored> Planner::part_of(ValueId concat, int64_t channel,
                                       ValueId part) {
  const auto home = homes_.find(concat);
  if (home == homes_.end()) return {};
  const Home place = {home->second.whole, home->second.channel + channel};
  // Where its maker has put it already.
  for (const Stored& stored : stored_[part]) {
    const PlanBuffer& buffer = buffers_[stored.buffer];
    const auto whole = wholes_.find(place.whole);
    if (stored.layout.kind == Layout::Kind::Blocked && whole != wholes_.end() &&
        buffer.whole == whole->second.buffer &&
        buffer.within == place.channel / kBlock * stored.layout.plane() * 4)
      return stored;
  }
  return part_of_whole(place, part);
}

}  // namespace hone::tensor
