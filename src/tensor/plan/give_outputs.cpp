// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Results in the caller's memory: written there by the step that makes them
// where that is possible, else copied at the end.
#include <algorithm>

#include "tensor/plan/planner.h"

namespace hone::tensor {

// The output whose memory a result may be written to at once: its own, or that
// of a reshape behind it; -1 where there is none.
int Planner::output_of(const ValueId value) const {
  ValueId id = value;
  const ElementType type = graph_[id].type.element.value_or(ElementType::F32);
  while (true) {
    const auto found = std::ranges::find(graph_.outputs, id);
    if (found != graph_.outputs.end()) {
      if (is_passed_as_value(id)) return -1;
      const auto output = static_cast<int>(found - graph_.outputs.begin());
      const ValueId owner = given_[output];
      return owner == kNone || owner == value ? output : -1;
    }
    const int reader = marks_.empty() ? only_reader(id) : -1;
    if (reader < 0) return -1;
    const Node& node = graph_.nodes[reader];
    const bool same_bytes = node.op == Op::Flatten || node.op == Op::Identity ||
                            node.op == Op::Reshape || node.op == Op::Squeeze ||
                            node.op == Op::Unsqueeze;
    if (!same_bytes || node.inputs[0] != id) return -1;
    id = node.outputs[0];
    if (is_dynamic(id) || graph_[id].type.element != type) return -1;
  }
}

Status Planner::give_outputs() {
  node_name_ = "outputs";
  for (size_t i = 0; i < graph_.outputs.size(); ++i) {
    const ValueId id = graph_.outputs[i];
    if (is_passed_as_value(id)) {
      HONE_RETURN_IF_ERROR(give_value(static_cast<int>(i)));
      continue;
    }
    HONE_ASSIGN_OR_RETURN(const Stored from, plain(id));
    const PlanBuffer& buffer = buffers_[from.buffer];
    if (buffer.space == PlanPlace::Space::Output &&
        buffer.index == static_cast<int>(i))
      continue;
    Stored to = from;
    to.buffer = new_buffer(buffer.bytes);
    buffers_[to.buffer].space = PlanPlace::Space::Output;
    buffers_[to.buffer].index = static_cast<int>(i);
    HONE_RETURN_IF_ERROR(copy_output(id, from, to));
  }
  return {};
}

}  // namespace hone::tensor
