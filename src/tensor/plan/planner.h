// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The state that the lowerings of operators share while a plan is made: where
// each value stands, in which layouts, and the steps so far.
//
// A lowering asks for its inputs in the layout that it likes; the planner adds
// the step that converts where a value does not stand so yet, once for all of
// its readers. Results are announced by define().
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "tensor/kernel/elementwise.h"
#include "tensor/plan/flatten.h"
#include "tensor/plan/plan.h"

namespace hone::tensor {

// A stretch of memory with the lifetime of one value.
struct PlanBuffer {
  PlanPlace::Space space = PlanPlace::Space::Arena;
  int index = 0;
  int64_t bytes = 0;   // an estimate where it grows
  int64_t offset = 0;  // known at once for weights, at the end for the arena
  // The buffer that this one is a part of, and where in it.
  int whole = -1;
  Dim within = 0;
};

struct Stored {
  int buffer = -1;
  Layout layout;
  Element element = Element::F32;
  int zero = 0;  // of blocks of bytes: what their frame holds
};

// What the bytes of a quantised value stand for: (byte - zero) * scale.
struct Quantization {
  float scale = 1;
  int zero = 0;
  bool operator==(const Quantization&) const = default;
};

// A pointer of a step: an element of a buffer, and how many further the next
// repetition's is.
struct At {
  int buffer = -1;
  Dim element = 0;
  Dim stride = 0;
};

// Strided elements of a buffer: what a copy reads or writes.
struct View {
  int buffer = -1;
  Dim start = 0;
  std::vector<Dim> dims;
  std::vector<Dim> strides;
  // Of bytes that stand for numbers: where their scale and zero are.
  int numbers = -1;
};

struct Step {
  std::string_view node;
  std::vector<At> pointers;
  Element element = Element::F32;  // what At::element counts
  std::vector<Dim> sizes;
  Dim tasks = 1;
  Dim repeats = 1;
  double flops = 0;
  double bytes = 0;
};

// The kernel that was chosen for a loop program (loop_step.cpp).
struct ChosenLoops;

class Planner {
 public:
  // Control flow stands flat in the graph, between marks.
  Planner(const Graph& graph, const std::vector<ControlMark>& marks,
          const PlanTarget& target);

  Result<Plan> run();

  const Graph& graph() const { return graph_; }
  const PlanTarget& target() const { return target_; }
  // Whether the target leaves out this one of plan_choices().
  bool leaves_out(std::string_view choice) const;

  // --- Facts about values ---------------------------------------------------
  // Sizes, or slots; {-1} where not even their number is known.
  const std::vector<int64_t>& dims(ValueId id) const;
  // Where all sizes are numbers.
  int64_t elements(ValueId id) const;
  // The same with slots as what they hold.
  std::vector<Dim> sizes(ValueId id) const;
  bool is_dynamic(ValueId id) const { return has_slot(dims(id)); }
  // Whether an input or output is.
  bool is_dynamic(const Node& node) const;
  // Images, channels, height, width of a value of four dimensions, or of three,
  // whose height is 1: what convolutions work on.
  std::vector<Dim> image_dims(ValueId id) const;
  // Null where it is known only when the model runs.
  const Literal* constant(ValueId id) const;
  void set_constant(ValueId id, Literal literal);
  // A constant of f32 as numbers; nothing for other types.
  std::optional<std::vector<float>> floats(ValueId id) const;
  // Of i64, i32 or bool.
  std::optional<std::vector<int64_t>> integers(ValueId id) const;
  // The only node (between the same marks) that reads it, -1 where there are
  // others, or where the graph returns it.
  int only_reader(ValueId id) const;
  bool is_output(ValueId id) const;
  // Whether anybody reads it.
  bool is_used(ValueId id) const {
    return !readers_[index(id)].empty() || is_output(id);
  }
  bool is_done(int node) const { return done_[node]; }
  void mark_done(int node) { done_[node] = true; }

  // --- Where values stand ---------------------------------------------------
  bool is_stored(ValueId id) const;
  bool is_blocked(ValueId id) const;
  Result<Stored> plain(ValueId id);
  // At least this halo, of zeros. The value has three or four dimensions.
  Result<Stored> blocked(ValueId id, const Halo& halo);
  Result<Stored> planar(ValueId id, const Halo& halo);
  // Bytes on channel blocks with a frame of `zero`.
  Result<Stored> byte_blocks(ValueId id, const Halo& halo, int zero);
  Stored new_byte_blocks(ValueId id, int zero);
  // At most four channels as one word a pixel: a planar layout of one channel
  // of Element::I32. With the halo that its readers want.
  Stored new_byte_words(ValueId id, int zero);
  // Null where it does not stand so.
  const Stored* byte_words(ValueId id, const Halo& halo, int zero) const;
  // `id` is what `bytes` stand for; it is made when somebody asks for it.
  void define_dequantized(ValueId id, ValueId bytes, const Quantization& q);
  // The bytes of such a value; null where it is none.
  const std::pair<ValueId, Quantization>* dequantized(ValueId id) const;
  View quantized_view(const View& view, const Quantization& q);
  // The node that makes a value, -1 where there is none.
  int maker(ValueId id) const { return makers_[index(id)]; }
  // Room for a result; plain results of the graph stand in the caller's memory.
  Stored new_plain(ValueId id);
  // With the halo that its readers want, which is cleared.
  Stored new_blocked(ValueId id);
  // The place of a part within its concatenation (find_homes); nothing where
  // the result of `concat` does not stand on blocks.
  std::optional<Stored> part_of(ValueId concat, int64_t channel, ValueId part);
  // `id` stands there from now on; remembered as the last step's result.
  void define(ValueId id, const Stored& stored);
  // The elements from `first` on of a plain value, where they stand.
  Stored part(const Stored& whole, const Dim& first, const Dim& count);
  // The same bytes under other dimensions.
  void alias(ValueId id, const Stored& stored);
  View view(const Stored& stored, std::vector<Dim> dims) const;
  View view(const Stored& stored, const std::vector<int64_t>& dims) const;

  // --- Sizes that are known only when the model runs ------------------------
  // Where steps write it.
  At slot(int64_t size) const { return {slots_buffer_, slot_of(size)}; }
  bool is_slot_known(int64_t size) const {
    return slots_[slot_of(size)].is_known;
  }
  // The last step wrote it. compute_sizes() follows.
  void set_slot_known(int64_t size) { slots_[slot_of(size)].is_known = true; }
  // The slots that expressions of known slots give.
  Status compute_sizes();
  // What a number or slot says.
  Dim size(int64_t number_or_slot) const;
  // Whether all that it is made of is known now; so of a node's values.
  bool can_know(const Dim& size) const;
  bool can_know(const Node& node) const;
  // A number, or a slot that holds the size from here on. can_know(size).
  int64_t number(const Dim& size);
  // A number to weigh costs with.
  double estimate(const Dim& size) const;
  // Room for `id` in memory that grows, to be reserved when its sizes are
  // known.
  Stored new_region(ValueId id);
  void reserve(const Stored& stored, ValueId id);
  // A region for `dims` elements of `bits`, reserved.
  int new_region(int64_t bits, const std::vector<int64_t>& dims);

  // --- Values that are no plain tensors (value_steps.h) ----------------------
  bool is_boxed(ValueId id) const;
  // Whether a caller passes it as a hone_value.
  bool is_passed_as_value(ValueId id) const;
  Stored new_value();
  // As a hone_value of a caller's input or output.
  int new_passed_value(PlanPlace::Space space, int index);
  // The step's pointers are buffers; its sizes stand as they are.
  void add_value_step(std::string symbol, std::vector<int> buffers,
                      std::vector<int64_t> sizes, bool is_call = false);
  // What a text is called in the model's list.
  int64_t text_number(const std::string& text);

  // --- Steps ----------------------------------------------------------------
  int add_kernel(VectorKernel kernel);
  // By hash, in hexadecimal.
  bool has_kernel(const std::string& hash) const;
  bool is_rejected(const std::string& hash) const;
  // There are other kernels in its place, should it spill.
  void note_choice(const std::string& hash) { plan_.choices.insert(hash); }
  int new_buffer(const Dim& bytes);
  // Constant data, shared with equal data.
  int add_weights(std::span<const float> numbers);
  int add_weight_bytes(std::string_view bytes);
  void add_step(int kernel, Step step);
  // By the program's text, for loop_step.h.
  std::map<std::string, std::shared_ptr<const ChosenLoops>>& chosen_loops() {
    return chosen_loops_;
  }
  // Any of the views' element type; dims are alike.
  void add_copy(std::string_view node, Element element, const View& to,
                const View& from);
  // expression(inputs) for every element of `to`; strides 0 repeat.
  void add_elementwise(std::string_view node, Expression expression,
                       const View& to, std::vector<View> inputs,
                       Element element = Element::F32);

  Error unsupported(const Node& node, std::string_view what) const;

 private:
  // One place of a concatenation on blocks: a stretch of the channels of
  // `whole`, the outermost concatenation that it goes into.
  struct Home {
    ValueId whole = kNone;
    int64_t channel = 0;
  };
  // A branch or loop that is open.
  struct Region {
    int first_step = 0;
    int head = 0;       // of a loop: where a turn begins
    int open_jump = 0;  // whose target is not known yet
    // Where the If's results stand, or what the loop carries.
    std::vector<std::pair<ValueId, Stored>> results;
    std::vector<Stored> writes;
    // What stood before: what is only made inside does not stand behind.
    std::map<ValueId, std::vector<Stored>> stored;
    std::vector<bool> known_slots;
    // Of writes that get longer with each turn: their slots.
    std::vector<std::set<int64_t>> grows;
  };
  struct Slot {
    Dim dim;
    bool is_symbol = false;  // else computed from others
    bool is_known = false;
  };
  void add_compute(SizeOp op, int slot, int64_t a, int64_t b);
  int64_t compute(SizeOp op, int64_t a, int64_t b);
  int64_t compute(const Dim& size);
  void check_given_sizes();
  void add_reserve(int buffer, int64_t bits, const std::vector<int64_t>& dims);
  PlanLayout numbers_of(const Layout& layout);
  // The whole that a buffer is a part of, and where in it, in bytes; weights
  // are parts of all weights.
  std::pair<int, Dim> whole_of(int buffer) const;
  Status lower_mark(int number);
  Status begin_if(const ControlMark& mark);
  Status give_branch(const ControlMark& mark);
  Status switch_branch(const ControlMark& mark);
  Status end_if(const ControlMark& mark);
  Status begin_loop(const ControlMark& mark);
  Status end_loop(const ControlMark& mark);
  int add_jump(int condition, std::string_view node);
  void close_region(const Region& region, std::string_view node, int jump);
  void keep_alive(int first_step);
  void know_sizes(ValueId id);
  bool has_unknown_slot(ValueId id) const;
  Status give_state(const Node& node, const CarriedState& state,
                    const Stored& stored);

  void begin_values();
  void end_values();
  Status take_input(int number);
  Status give_value(int number);
  int64_t size_of(const Dim& dim);
  void find_sizes();
  std::vector<bool> known_slots() const;
  void restore_slots(const std::vector<bool>& known);

  int output_of(ValueId value) const;
  void find_readers();
  void find_homes();
  bool stands_on_blocks(ValueId id, const std::set<ValueId>& joined) const;
  bool joins_blocks(const Node& node, const std::set<ValueId>& joined) const;
  Stored part_of_whole(const Home& home, ValueId part);
  void want_halos();
  void want_halo(ValueId id, const Halo& halo);
  void clear_halo(const Stored& stored, std::string_view node);
  Stored store_plain_constant(ValueId id);
  Stored plain_of_byte_words(ValueId id, const Stored& from);
  Stored plain_of_byte_blocks(ValueId id, const Stored& from);
  Status make_dequantized(ValueId id);
  Status lower(int node);
  Status give_outputs();
  Status copy_output(ValueId id, const Stored& from, const Stored& to);
  void place_buffers();

  const Graph& graph_;
  const std::vector<ControlMark>& marks_;
  const PlanTarget& target_;
  Plan plan_;
  std::vector<Region> regions_;
  // Steps at which more buffers are needed than those of their places.
  std::map<size_t, std::set<int>> step_lives_;
  std::vector<std::vector<int64_t>> dims_;
  std::vector<Slot> slots_;
  std::map<std::string, int> slot_numbers_;
  // Slots of single operations on numbers and slots.
  std::map<std::tuple<SizeOp, int64_t, int64_t>, int> computed_slots_;
  int slots_buffer_ = -1;
  std::vector<std::vector<int>> readers_;
  std::vector<bool> returned_;
  std::vector<ValueId> given_;  // of each output: whose memory it is
  std::vector<Halo> wanted_;
  std::vector<int> makers_;  // the node that makes a value, or -1
  std::map<ValueId, Home> homes_;
  std::map<ValueId, std::pair<ValueId, Quantization>> dequantized_;
  std::map<ValueId, Stored> wholes_;
  std::vector<bool> done_;
  std::map<ValueId, Literal> folded_;
  std::map<ValueId, std::vector<Stored>> stored_;
  std::vector<PlanBuffer> buffers_;
  // Of each step's places: the buffer, whose offset is added at the end.
  std::vector<std::vector<int>> step_buffers_;
  std::vector<int> probe_buffers_;
  std::map<std::string, int> kernels_;
  std::map<std::string, std::shared_ptr<const ChosenLoops>> chosen_loops_;
  std::map<std::string, int> weights_;
  // Of texts: "" is 0. The first step, if the plan has values.
  std::map<std::string, int64_t> texts_;
  int begin_step_ = -1;
  // Of the node that is being lowered; without a name its operator and result.
  std::string node_name_;
};

// By node, where its scale and zero point are one constant each and its bytes
// are natural numbers.
std::optional<Quantization> quantization_of(const Planner& planner,
                                            const Node& node);

// Numbers as sizes.
std::vector<Dim> as_sizes(const std::vector<int64_t>& numbers);

// The pixels of a value on blocks, without the halo.
View blocked_view(const Stored& stored);

// The memory type of the fast kernels, which hold 32 bits of each element.
std::optional<Element> element_of(ElementType type);

// That of element kernels: what an element, or the byte that it stands in,
// looks like in memory. Nothing for text and complex numbers.
std::optional<Element> memory_element(ElementType type);
// Bits that an element takes in memory; 6-bit floats take a byte.
int64_t stored_bits(ElementType type);
int64_t stored_bytes(ElementType type, int64_t elements);

}  // namespace hone::tensor
