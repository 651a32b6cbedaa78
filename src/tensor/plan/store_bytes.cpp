// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Quantised values: bytes on channel blocks, and the numbers that they stand
// for, which are made only where somebody asks for them.
#include <cstring>

#include "tensor/plan/planner.h"

namespace hone::tensor {

std::optional<Quantization> quantization_of(const Planner& planner,
                                            const Node& node) {
  const bool quantizes = node.op == Op::QuantizeLinear;
  if (!quantizes && node.op != Op::DequantizeLinear) return {};
  const Graph& graph = planner.graph();
  if (node.integer("block_size") != 0 ||
      graph[quantizes ? node.outputs[0] : node.inputs[0]].type.element !=
          ElementType::U8 ||
      graph[quantizes ? node.inputs[0] : node.outputs[0]].type.element !=
          ElementType::F32)
    return {};
  const auto scale = planner.floats(node.inputs[1]);
  if (!scale || scale->size() != 1 || !((*scale)[0] > 0)) return {};
  Quantization q = {.scale = (*scale)[0]};
  if (node.has_input(2)) {
    const auto zero = planner.integers(node.inputs[2]);
    if (!zero || zero->size() != 1) return {};
    q.zero = static_cast<int>((*zero)[0]);
  }
  return q;
}

View Planner::quantized_view(const View& view, const Quantization& q) {
  View bytes = view;
  bytes.numbers =
      add_weights(std::vector<float>{q.scale, static_cast<float>(q.zero)});
  return bytes;
}

void Planner::define_dequantized(ValueId id, ValueId bytes,
                                 const Quantization& q) {
  dequantized_.insert_or_assign(id, std::pair(bytes, q));
}

const std::pair<ValueId, Quantization>* Planner::dequantized(ValueId id) const {
  const auto found = dequantized_.find(id);
  return found == dequantized_.end() ? nullptr : &found->second;
}

// Where the bytes stand on blocks, so do the numbers.
Status Planner::make_dequantized(ValueId id) {
  const auto found = dequantized_.find(id);
  if (found == dequantized_.end() || !stored_[id].empty()) return {};
  const auto [bytes, q] = found->second;
  for (const Stored& from : std::vector<Stored>(stored_[bytes])) {
    if (from.layout.kind != Layout::Kind::Blocked) continue;
    const Stored to = new_blocked(id);
    const View view = blocked_view(to);
    add_elementwise(graph_[id].name, identity_expression(), view,
                    {quantized_view(blocked_view(from), q)});
    define(id, to);
    return {};
  }
  HONE_ASSIGN_OR_RETURN(const Stored from, plain(bytes));
  const Stored to = new_plain(id);
  add_elementwise(graph_[id].name, identity_expression(), view(to, dims(id)),
                  {quantized_view(view(from, dims(id)), q)});
  define(id, to);
  return {};
}

Stored Planner::new_byte_blocks(ValueId id, int zero) {
  const std::vector<Dim> d = image_dims(id);
  const Layout layout = {.kind = Layout::Kind::Blocked,
                         .images = d[0],
                         .channels = d[1].value(),
                         .height = d[2],
                         .width = d[3],
                         .halo = wanted_[index(id)]};
  const Stored stored = {.buffer = new_buffer(layout.size()),
                         .layout = layout,
                         .element = Element::U8,
                         .zero = zero};
  clear_halo(stored, node_name_);
  return stored;
}

Stored Planner::new_byte_words(ValueId id, int zero) {
  const std::vector<Dim> d = image_dims(id);
  const Layout layout = {.kind = Layout::Kind::Planar,
                         .images = d[0],
                         .channels = 1,
                         .height = d[2],
                         .width = d[3],
                         .halo = wanted_[index(id)]};
  const Stored stored = {.buffer = new_buffer(layout.size() * 4),
                         .layout = layout,
                         .element = Element::I32,
                         .zero = zero};
  clear_halo(stored, node_name_);
  return stored;
}

const Stored* Planner::byte_words(ValueId id, const Halo& halo,
                                  int zero) const {
  const auto found = stored_.find(id);
  if (found == stored_.end()) return nullptr;
  for (const Stored& stored : found->second)
    if (stored.layout.kind == Layout::Kind::Planar &&
        stored.element == Element::I32 && stored.zero == zero &&
        covers(stored.layout.halo, halo))
      return &stored;
  return nullptr;
}

Stored Planner::plain_of_byte_words(ValueId id, const Stored& from) {
  const Stored to = new_plain(id);
  const Layout& l = from.layout;
  const std::vector<Dim> d = image_dims(id);
  add_copy(graph_[id].name, Element::U8, view(to, d),
           {.buffer = from.buffer,
            .start = l.inside() * 4,
            .dims = d,
            .strides = {l.image() * 4, 1, l.row() * 4, 4}});
  stored_[id].push_back(to);
  return to;
}

Result<Stored> Planner::byte_blocks(ValueId id, const Halo& halo, int zero) {
  for (const Stored& stored : stored_[id])
    if (stored.layout.kind == Layout::Kind::Blocked &&
        stored.element == Element::U8 && stored.zero == zero &&
        covers(stored.layout.halo, halo))
      return stored;
  want_halo(id, halo);
  HONE_ASSIGN_OR_RETURN(const Stored from, plain(id));
  const Stored to = new_byte_blocks(id, zero);
  const Layout& l = to.layout;
  // Element by element, whole blocks first; what is behind the last channel is
  // multiplied by weights that are 0.
  const Dim pixels = l.height * l.width;
  for (int64_t first = 0; first < l.channels;) {
    const int64_t left = l.channels - first;
    const int64_t blocks = std::max<int64_t>(left / kBlock, 1);
    const int64_t lanes = std::min<int64_t>(left, kBlock);
    const std::vector<Dim> extents = {l.images, blocks, l.height, l.width,
                                      lanes};
    add_copy(graph_[id].name, Element::U8,
             {.buffer = to.buffer,
              .start = first / kBlock * l.plane() + l.inside(),
              .dims = extents,
              .strides = {l.image(), l.plane(), l.row(), kBlock, 1}},
             {.buffer = from.buffer,
              .start = first * pixels,
              .dims = extents,
              .strides = {l.channels * pixels, kBlock * pixels, l.width, 1,
                          pixels}});
    first += blocks * lanes;
  }
  stored_[id].push_back(to);
  return to;
}

Stored Planner::plain_of_byte_blocks(ValueId id, const Stored& from) {
  const Stored to = new_plain(id);
  const Layout& l = from.layout;
  const Dim pixels = l.height * l.width;
  for (int64_t first = 0; first < l.channels;) {
    const int64_t left = l.channels - first;
    const int64_t blocks = std::max<int64_t>(left / kBlock, 1);
    const int64_t lanes = std::min<int64_t>(left, kBlock);
    const std::vector<Dim> extents = {l.images, blocks, lanes, l.height,
                                      l.width};
    add_copy(
        graph_[id].name, Element::U8,
        {.buffer = to.buffer,
         .start = first * pixels,
         .dims = extents,
         .strides = {l.channels * pixels, kBlock * pixels, pixels, l.width, 1}},
        {.buffer = from.buffer,
         .start = first / kBlock * l.plane() + l.inside(),
         .dims = extents,
         .strides = {l.image(), l.plane(), 1, l.row(), kBlock}});
    first += blocks * lanes;
  }
  stored_[id].push_back(to);
  return to;
}

}  // namespace hone::tensor
