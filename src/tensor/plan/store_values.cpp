// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Layouts of values: the steps that convert between them, and halos.
#include <algorithm>

#include "tensor/kernel/relayout.h"
#include "tensor/plan/planner.h"
#include "tensor/plan/window.h"

namespace hone::tensor {

View blocked_view(const Stored& stored) {
  const Layout& l = stored.layout;
  return {.buffer = stored.buffer,
          .start = l.inside(),
          .dims = {l.images, l.planes(), l.height, l.width, kBlock},
          .strides = {l.image(), l.plane(), l.row(), kBlock, 1}};
}

void Planner::want_halo(ValueId id, const Halo& halo) {
  Halo& all = wanted_[index(id)];
  all = {std::max(all.top, halo.top), std::max(all.left, halo.left),
         std::max(all.bottom, halo.bottom), std::max(all.right, halo.right)};
}

// What the convolutions that read a value want around it.
void Planner::want_halos() {
  wanted_.resize(graph_.values.size());
  if (leaves_out("frames")) return;
  for (const Node& node : graph_.nodes) {
    if (node.op != Op::Conv) continue;
    const Result<WindowShape> window = window_of(*this, node);
    if (!window.ok()) continue;
    want_halo(node.inputs[0], window->halo);
    // A convolution of quantised numbers reads the bytes.
    const int from = makers_[index(node.inputs[0])];
    if (from >= 0 && graph_.nodes[from].op == Op::DequantizeLinear)
      want_halo(graph_.nodes[from].inputs[0], window->halo);
  }
}

void Planner::clear_halo(const Stored& stored, std::string_view node) {
  const Layout& l = stored.layout;
  if (l.halo == Halo{}) return;
  const Dim planes = l.images * l.planes();
  const bool words = stored.element != Element::F32;
  const int64_t each = stored.element == Element::U8 ? 4 : 1;
  std::vector<At> pointers = {{stored.buffer, 0}};
  if (words)
    pointers.push_back(
        {add_weight_bytes(std::string(4, static_cast<char>(stored.zero))), 0});
  add_step(add_kernel(build_zero_frame(kBlock, words)),
           {.node = node,
            .pointers = std::move(pointers),
            .sizes = {l.height, l.width, l.halo.top, l.halo.left, l.halo.bottom,
                      l.halo.right, floor_div(l.plane(), each),
                      floor_div(l.row(), each), l.pixel() / each},
            .tasks = planes,
            .bytes = estimate(planes) * 4 *
                     estimate(l.plane() - l.height * l.width * l.pixel())});
}

Result<Stored> Planner::plain(ValueId id) {
  for (const Stored& stored : stored_[id])
    if (stored.layout.kind == Layout::Kind::Plain) return stored;
  if (constant(id) != nullptr) return store_plain_constant(id);
  HONE_RETURN_IF_ERROR(make_dequantized(id));
  for (const Stored& from : std::vector<Stored>(stored_[id])) {
    if (from.layout.kind == Layout::Kind::Plain) return from;
    if (from.element == Element::I32) return plain_of_byte_words(id, from);
    if (from.element == Element::U8) return plain_of_byte_blocks(id, from);
  }
  for (const Stored& from : stored_[id]) {
    const Layout& l = from.layout;
    if (l.kind != Layout::Kind::Blocked) continue;
    // One pixel a channel: blocks behind each other are the channels in order.
    if (l.images == 1 && l.height == 1 && l.width == 1 && l.halo == Halo{} &&
        !is_output(id)) {
      Stored same = from;
      same.layout = {.width = elements(id)};
      stored_[id].push_back(same);
      return same;
    }
    const Stored to = new_plain(id);
    const Dim pixels = l.height * l.width;
    // Without a halo rows follow each other as one long row.
    const bool flat = l.halo == Halo{};
    add_step(
        add_kernel(build_from_blocked(kBlock)),
        {.node = graph_[id].name,
         .pointers = {{to.buffer, 0, l.channels * pixels},
                      {from.buffer, l.inside(), l.image()}},
         .sizes = {l.channels, flat ? 1 : l.height, flat ? pixels : l.width,
                   pixels, l.width, l.plane(), l.row()},
         .tasks = l.planes(),
         .repeats = l.images,
         .bytes = estimate(l.size()) * 8});
    stored_[id].push_back(to);
    return to;
  }
  return Error(ErrorKind::Internal,
               "value '" + graph_[id].name + "' is read before it is computed");
}

Result<Stored> Planner::blocked(ValueId id, const Halo& halo) {
  HONE_RETURN_IF_ERROR(make_dequantized(id));
  for (const Stored& stored : stored_[id])
    if (stored.layout.kind == Layout::Kind::Blocked &&
        stored.element == Element::F32 && covers(stored.layout.halo, halo))
      return stored;
  // Its readers' largest halo, so that one copy serves all of them.
  want_halo(id, halo);
  HONE_ASSIGN_OR_RETURN(const Stored from, plain(id));
  const Stored to = new_blocked(id);
  const Layout& l = to.layout;
  const Dim pixels = l.height * l.width;
  const bool flat = l.halo == Halo{};
  add_step(add_kernel(build_to_blocked(kBlock)),
           {.node = graph_[id].name,
            .pointers = {{to.buffer, l.inside(), l.image()},
                         {from.buffer, 0, l.channels * pixels}},
            .sizes = {l.channels, flat ? 1 : l.height, flat ? pixels : l.width,
                      l.plane(), l.row(), pixels, l.width},
            .tasks = l.planes(),
            .repeats = l.images,
            .bytes = estimate(l.size()) * 8});
  stored_[id].push_back(to);
  return to;
}

Result<Stored> Planner::planar(ValueId id, const Halo& halo) {
  for (const Stored& stored : stored_[id])
    if (stored.layout.kind == Layout::Kind::Planar &&
        covers(stored.layout.halo, halo))
      return stored;
  HONE_ASSIGN_OR_RETURN(const Stored from, plain(id));
  const std::vector<Dim> d = image_dims(id);
  const Layout layout = {.kind = Layout::Kind::Planar,
                         .images = d[0],
                         .channels = d[1].value(),
                         .height = d[2],
                         .width = d[3],
                         .halo = halo};
  if (halo == Halo{}) {
    Stored same = from;
    same.layout = layout;
    return same;
  }
  const Stored to = {.buffer = new_buffer(layout.size() * 4), .layout = layout};
  clear_halo(to, graph_[id].name);
  View inside = view(to, d);
  inside.start = layout.inside();
  inside.strides = {layout.image(), layout.plane(), layout.row(), 1};
  add_copy(graph_[id].name, Element::F32, inside, view(from, d));
  stored_[id].push_back(to);
  return to;
}

}  // namespace hone::tensor
