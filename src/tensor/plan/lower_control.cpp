// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Branches and loops as jumps between steps. What a branch gives is copied to
// where the If's results stand; what a loop carries has a place of its own, and
// is copied there at the end of each turn.
#include <set>

#include "tensor/plan/lower_general.h"
#include "tensor/plan/value_steps.h"

namespace hone::tensor {

using K = ElementKernel;
using Kind = ControlMark::Kind;

namespace {

// Sizes of `to` that are slots become those of `from`.
Status copy_sizes(Planner& planner, const Node& node, ValueId from,
                  ValueId to) {
  const std::vector<int64_t>&given = planner.dims(from),
        &wanted = planner.dims(to);
  if (given.size() != wanted.size())
    return planner.unsupported(node, "a value whose rank changes");
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open({}, {}));
  std::vector<std::pair<Ix, Operand>> moves;
  std::vector<Ix> sizes;
  for (size_t d = 0; d < given.size(); ++d) {
    if (!is_slot(wanted[d]) || wanted[d] == given[d]) continue;
    const Ix size = k.extra_size(given[d]);
    moves.emplace_back(size, k.size_place(wanted[d]));
  }
  for (const auto& [size, place] : moves) k.store(place, 0, k.of(size));
  if (!moves.empty()) HONE_RETURN_IF_ERROR(k.emit_only());
  for (const int64_t size : wanted)
    if (is_slot(size)) planner.set_slot_known(size);
  return {};
}

// The same where sizes come at run time: they are copied too.
Status copy_dynamic(Planner& planner, const Node& node, ValueId from,
                    ValueId type_of, const Stored& to) {
  HONE_RETURN_IF_ERROR(copy_sizes(planner, node, from, type_of));
  planner.reserve(to, type_of);
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open_into({from}, type_of, to));
  k.loop(0, k.out(0).count,
         [&](Ix i) { copy_element(k, k.out(0), i, k.in(0), i); });
  return k.emit_only();
}

// A boxed value into a tensor's memory.
Status unbox_into(Planner& planner, ValueId from, ValueId type_of,
                  const Stored& to) {
  HONE_ASSIGN_OR_RETURN(const int buffer, boxed(planner, from));
  planner.add_value_step("hone_values_unbox", {buffer, to.buffer},
                         written_form(planner, type_of));
  for (const int64_t size : planner.dims(type_of))
    if (is_slot(size)) planner.set_slot_known(size);
  return {};
}

// A value's memory, or a name for the same bytes elsewhere.
Status copy_value(Planner& planner, const Node& node, ValueId from,
                  ValueId type_of, const Stored& to) {
  if (planner.is_boxed(type_of)) return copy_boxed(planner, from, to);
  if (planner.is_boxed(from)) return unbox_into(planner, from, type_of, to);
  HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(from));
  if (planner.is_dynamic(from) || planner.is_dynamic(type_of))
    return copy_dynamic(planner, node, from, type_of, to);
  if (planner.dims(from) != planner.dims(type_of))
    return planner.unsupported(node, "a value whose sizes change");
  if (stored.buffer == to.buffer) return {};
  const ElementType type =
      planner.graph()[type_of].type.element.value_or(ElementType::F32);
  const std::vector<int64_t> bytes = {
      stored_bytes(type, planner.elements(type_of))};
  planner.add_copy(node.name, Element::U8, planner.view(to, bytes),
                   planner.view(stored, bytes));
  return {};
}

Status check_known(Planner& planner, const Node& node, ValueId id) {
  const Type& type = planner.graph()[id].type;
  if (planner.is_boxed(id)) return {};
  if (!type.is_tensor() || !type.element || !memory_element(*type.element) ||
      planner.dims(id) == std::vector<int64_t>{-1})
    return planner.unsupported(
        node, "'" + planner.graph()[id].name + "' is " + to_text(type));
  return {};
}

// What a loop has written behind turn `turn`: turn + 1 slices. Nothing yet
// where there is no slice.
// `own` are the sizes that are to be written.
Status set_sizes(Planner& planner, const Node& node, ValueId whole,
                 const std::set<int64_t>& own, ValueId slice, ValueId turn) {
  const std::vector<int64_t>& sizes = planner.dims(whole);
  if (slice != kNone && planner.dims(slice).size() + 1 != sizes.size())
    return planner.unsupported(node, "slices of another rank");
  K k(planner, node);
  std::vector<ValueId> inputs;
  if (turn != kNone) inputs.push_back(turn);
  HONE_RETURN_IF_ERROR(k.open(inputs, {}));
  std::vector<std::pair<Ix, Operand>> moves;
  for (size_t d = 0; d < sizes.size(); ++d) {
    if (!own.contains(sizes[d])) continue;
    const Ix size = slice == kNone || d == 0
                        ? Ix(0)
                        : k.extra_size(planner.dims(slice)[d - 1]);
    moves.emplace_back(size, k.size_place(sizes[d]));
  }
  for (size_t i = 0; i < moves.size(); ++i) {
    Reg size = k.of(moves[i].first);
    if (i == 0 && turn != kNone && own.contains(sizes[0]))
      size = k.add(k.load(k.in(0), 0), k.integer(1));
    k.store(moves[i].second, 0, size);
  }
  HONE_RETURN_IF_ERROR(k.emit_only());
  for (const int64_t size : own) planner.set_slot_known(size);
  return {};
}

// One element of `to`, from a constant or another value.
Status set_scalar(Planner& planner, const Node& node, const Stored& to,
                  ValueId id, std::vector<ValueId> inputs,
                  const std::function<Reg(K&)>& value) {
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open_into(std::move(inputs), id, to));
  k.store(k.out(0), 0, value(k));
  return k.emit_only();
}

// Slice `turn` of a tensor, from or to it.
Status move_slice(Planner& planner, const Node& node, const ScannedSlice& s,
                  ValueId turn, const Stored& to, bool is_read) {
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open_into({is_read ? s.whole : s.slice, turn},
                                   is_read ? s.slice : s.whole, to));
  const Operand& whole = is_read ? k.in(0) : k.out(0);
  const Operand& slice = is_read ? k.out(0) : k.in(0);
  const int64_t axis = front_axis(s.axis, whole.rank());
  const Ix length = whole.dims[axis];
  Ix at = k.let(clamp(k.fetch(k.in(1), 0), 0, length - 1));
  if (s.backward) at = k.let(length - 1 - at);
  k.for_each(slice.dims, [&](const Index& i) {
    Index full = i;
    full.insert(full.begin() + axis, at);
    const Ix from = is_read ? k.flat(whole, full) : k.flat(slice, i);
    const Ix place = is_read ? k.flat(slice, i) : k.flat(whole, full);
    copy_element(k, k.out(0), place, k.in(0), from);
  });
  return k.emit_only();
}

}  // namespace

Status Planner::lower_mark(int number) {
  const ControlMark& mark = marks_[number];
  switch (mark.kind) {
    case Kind::If:
      return begin_if(mark);
    case Kind::Else:
      return switch_branch(mark);
    case Kind::EndIf:
      return end_if(mark);
    case Kind::Loop:
      return begin_loop(mark);
    case Kind::EndLoop:
      return end_loop(mark);
  }
  return {};
}

// --- Branches ----------------------------------------------------------------

Status Planner::begin_if(const ControlMark& mark) {
  Region region = {.first_step = static_cast<int>(plan_.steps.size())};
  for (const ValueId result : mark.control.outputs) {
    if (result == kNone) continue;
    HONE_RETURN_IF_ERROR(check_known(*this, mark.control, result));
    region.results.emplace_back(
        result, is_dynamic(result) ? new_region(result) : new_plain(result));
  }
  HONE_ASSIGN_OR_RETURN(const Stored condition, plain(mark.condition));
  region.open_jump = add_jump(condition.buffer, mark.control.name);
  region.stored = stored_;
  region.known_slots = known_slots();
  ++plan_.branches;
  regions_.push_back(std::move(region));
  return {};
}

Status Planner::give_branch(const ControlMark& mark) {
  const Node& node = marks_[mark.begin].control;
  if (mark.fails) {
    plan_.steps[add_jump(-1, node.name)].target = PlanStep::kFail;
    return {};
  }
  for (size_t i = 0, k = 0; i < node.outputs.size(); ++i) {
    if (node.outputs[i] == kNone) continue;
    const auto& [result, stored] = regions_.back().results[k++];
    HONE_RETURN_IF_ERROR(
        copy_value(*this, node, mark.values[i], result, stored));
  }
  return {};
}

Status Planner::switch_branch(const ControlMark& mark) {
  HONE_RETURN_IF_ERROR(give_branch(mark));
  Region& region = regions_.back();
  const int out = add_jump(-1, marks_[mark.begin].control.name);
  plan_.steps[region.open_jump].target = static_cast<int>(plan_.steps.size());
  region.open_jump = out;
  stored_ = region.stored;
  restore_slots(region.known_slots);
  return {};
}

Status Planner::end_if(const ControlMark& mark) {
  HONE_RETURN_IF_ERROR(give_branch(mark));
  const Region region = std::move(regions_.back());
  regions_.pop_back();
  close_region(region, marks_[mark.begin].control.name, region.open_jump);
  for (const auto& [result, stored] : region.results) {
    know_sizes(result);
    define(result, stored);
  }
  return compute_sizes();
}

// Both roads meet in a step that does nothing, so that what stands after it
// stands whichever road was taken.
void Planner::close_region(const Region& region, std::string_view node,
                           int jump) {
  plan_.steps[jump].target = static_cast<int>(plan_.steps.size());
  const int join = add_jump(-1, node);
  plan_.steps[join].target = join + 1;
  stored_ = region.stored;
  restore_slots(region.known_slots);
}

// Both roads wrote them.
void Planner::know_sizes(ValueId id) {
  for (const int64_t size : dims(id))
    if (is_slot(size)) set_slot_known(size);
}

int Planner::add_jump(int condition, std::string_view node) {
  PlanStep step = {.kernel = -1, .node = std::string(node)};
  std::vector<int> buffers;
  if (condition >= 0) {
    step.places.push_back({});
    buffers.push_back(condition);
  }
  plan_.steps.push_back(std::move(step));
  step_buffers_.push_back(std::move(buffers));
  return static_cast<int>(plan_.steps.size()) - 1;
}

// --- Loops -------------------------------------------------------------------

Status Planner::begin_loop(const ControlMark& mark) {
  const Node& node = mark.control;
  Region region;
  const auto place = [&](ValueId id) -> Result<Stored> {
    HONE_RETURN_IF_ERROR(check_known(*this, node, id));
    const Stored stored = is_dynamic(id) ? new_region(id) : new_plain(id);
    region.results.emplace_back(id, stored);
    return stored;
  };
  region.first_step = static_cast<int>(plan_.steps.size());
  HONE_ASSIGN_OR_RETURN(const Stored turn, place(mark.turn));
  HONE_RETURN_IF_ERROR(set_scalar(*this, node, turn, mark.turn, {},
                                  [](K& k) { return k.integer(0); }));
  if (mark.condition_in != kNone) {
    HONE_ASSIGN_OR_RETURN(const Stored condition, place(mark.condition_in));
    if (mark.condition != kNone)
      HONE_RETURN_IF_ERROR(copy_value(*this, node, mark.condition,
                                      mark.condition_in, condition));
    else
      HONE_RETURN_IF_ERROR(set_scalar(*this, node, condition, mark.condition_in,
                                      {}, [](K& k) { return k.integer(1); }));
  }
  for (const CarriedState& state : mark.states) {
    HONE_ASSIGN_OR_RETURN(const Stored stored, place(state.inside));
    HONE_RETURN_IF_ERROR(
        copy_value(*this, node, state.first, state.inside, stored));
  }
  HONE_ASSIGN_OR_RETURN(const Stored goes_on, place(mark.goes_on));
  for (const ScannedSlice& write : mark.writes) {
    HONE_RETURN_IF_ERROR(check_known(*this, node, write.whole));
    if (is_boxed(write.whole) || is_boxed(write.slice))
      return unsupported(node,
                         "slices whose number of dimensions is known only when "
                         "the model runs");
    std::set<int64_t>& own = region.grows.emplace_back();
    for (const int64_t size : dims(write.whole))
      if (is_slot(size) && !is_slot_known(size)) own.insert(size);
    const bool grows = !own.empty();
    region.writes.push_back(grows ? new_region(write.whole)
                                  : new_plain(write.whole));
    if (!grows) continue;
    // Nothing, until a turn has written.
    HONE_RETURN_IF_ERROR(
        set_sizes(*this, node, write.whole, own, kNone, kNone));
    reserve(region.writes.back(), write.whole);
  }
  // What is read in every turn is brought into plain form once.
  for (const ScannedSlice& read : mark.reads) {
    HONE_ASSIGN_OR_RETURN(const Stored whole, plain(read.whole));
    (void)whole;
  }
  if (mark.trips != kNone) {
    HONE_ASSIGN_OR_RETURN(const Stored trips, plain(mark.trips));
    (void)trips;
  }
  for (const auto& [id, stored] : region.results) alias(id, stored);
  region.stored = stored_;
  region.known_slots = known_slots();
  region.head = static_cast<int>(plan_.steps.size());
  ++plan_.branches;
  // What the states' sizes give changes from turn to turn.
  HONE_RETURN_IF_ERROR(compute_sizes());
  std::vector<ValueId> inputs = {mark.turn};
  if (mark.condition_in != kNone) inputs.push_back(mark.condition_in);
  if (mark.trips != kNone) inputs.push_back(mark.trips);
  HONE_RETURN_IF_ERROR(
      set_scalar(*this, node, goes_on, mark.goes_on, inputs, [&](K& k) {
        Reg go = k.less(k.integer(0), k.integer(1));
        size_t next = 1;
        if (mark.condition_in != kNone)
          go = k.less(k.integer(0), k.load(k.in(next++), 0));
        if (mark.trips != kNone)
          go = k.both(go, k.less(k.load(k.in(0), 0), k.load(k.in(next), 0)));
        return k.to_bit(go);
      }));
  region.open_jump = add_jump(goes_on.buffer, node.name);
  for (const ScannedSlice& read : mark.reads) {
    HONE_RETURN_IF_ERROR(check_known(*this, node, read.slice));
    if (is_boxed(read.slice) || is_boxed(read.whole))
      return unsupported(node,
                         "slices whose number of dimensions is known only when "
                         "the model runs");
    if (has_unknown_slot(read.slice))
      return unsupported(node, "slices of sizes that are not known");
    const Stored slice = new_plain(read.slice);
    HONE_RETURN_IF_ERROR(move_slice(*this, node, read, mark.turn, slice, true));
    alias(read.slice, slice);
  }
  regions_.push_back(std::move(region));
  return {};
}

Status Planner::end_loop(const ControlMark& end) {
  const ControlMark& mark = marks_[end.begin];
  const Node& node = mark.control;
  const Region region = std::move(regions_.back());
  regions_.pop_back();
  const auto place_of = [&](ValueId id) {
    for (const auto& [value, stored] : region.results)
      if (value == id) return stored;
    return Stored();
  };
  for (size_t i = 0; i < mark.writes.size(); ++i) {
    if (!region.grows[i].empty()) {
      HONE_RETURN_IF_ERROR(set_sizes(*this, node, mark.writes[i].whole,
                                     region.grows[i], mark.writes[i].slice,
                                     mark.turn));
      reserve(region.writes[i], mark.writes[i].whole);
    }
    HONE_RETURN_IF_ERROR(move_slice(*this, node, mark.writes[i], mark.turn,
                                    region.writes[i], false));
  }
  // A state may be what another state becomes: all are read before any is
  // written.
  std::vector<Stored> between;
  for (const CarriedState& state : mark.states) {
    between.push_back(is_dynamic(state.between) ? new_region(state.between)
                                                : new_plain(state.between));
    HONE_RETURN_IF_ERROR(
        copy_value(*this, node, state.next, state.between, between.back()));
    alias(state.between, between.back());
  }
  if (mark.condition_out != kNone)
    HONE_RETURN_IF_ERROR(copy_value(*this, node, mark.condition_out,
                                    mark.condition_in,
                                    place_of(mark.condition_in)));
  for (const CarriedState& state : mark.states)
    HONE_RETURN_IF_ERROR(copy_value(*this, node, state.between, state.inside,
                                    place_of(state.inside)));
  HONE_RETURN_IF_ERROR(
      set_scalar(*this, node, place_of(mark.turn), mark.turn, {mark.turn},
                 [](K& k) { return k.add(k.load(k.in(0), 0), k.integer(1)); }));
  const int back = add_jump(-1, node.name);
  plan_.steps[back].target = region.head;
  close_region(region, node.name, region.open_jump);
  keep_alive(region.first_step);
  for (const CarriedState& state : mark.states)
    if (state.result != kNone)
      HONE_RETURN_IF_ERROR(give_state(node, state, place_of(state.inside)));
  for (size_t i = 0; i < mark.writes.size(); ++i) {
    know_sizes(mark.writes[i].whole);
    define(mark.writes[i].whole, region.writes[i]);
  }
  return compute_sizes();
}

// The state behind the loop, where it stands; a copy where its sizes are called
// otherwise, because the model declares some.
Status Planner::give_state(const Node& node, const CarriedState& state,
                           const Stored& stored) {
  if (dims(state.result) == dims(state.inside)) {
    define(state.result, stored);
    return {};
  }
  HONE_RETURN_IF_ERROR(check_known(*this, node, state.result));
  const Stored to = is_dynamic(state.result) ? new_region(state.result)
                                             : new_plain(state.result);
  HONE_RETURN_IF_ERROR(copy_value(*this, node, state.inside, state.result, to));
  define(state.result, to);
  return {};
}

bool Planner::has_unknown_slot(ValueId id) const {
  return std::ranges::any_of(dims(id), [&](int64_t size) {
    return is_slot(size) && !is_slot_known(size);
  });
}

// All that a loop touches is needed from its first step to its last.
void Planner::keep_alive(int first_step) {
  std::set<int> touched;
  for (size_t i = first_step; i < step_buffers_.size(); ++i)
    touched.insert(step_buffers_[i].begin(), step_buffers_[i].end());
  for (const size_t step :
       {static_cast<size_t>(first_step), step_buffers_.size() - 1})
    step_lives_[step].insert(touched.begin(), touched.end());
}

}  // namespace hone::tensor
