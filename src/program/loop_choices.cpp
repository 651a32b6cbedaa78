// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/loop_choices.h"

#include <fmt/format.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Dominators.h>

#include <bit>
#include <charconv>

#include "base/text.h"

namespace hone::program {

namespace {

constexpr int kMostLanes = 64;
constexpr int kMostUnroll = 1024;

// Metadata of a loop: a distinct node whose first operand is itself.
class LoopWords {
 public:
  explicit LoopWords(llvm::LLVMContext& context) : context_(context) {}

  void add(llvm::Metadata* word) { words_.push_back(word); }
  void add(llvm::StringRef name) { add(node(name, {})); }
  void add(llvm::StringRef name, int value) {
    add(node(name, {llvm::ConstantAsMetadata::get(llvm::ConstantInt::get(
                       llvm::Type::getInt32Ty(context_), value))}));
  }
  void add(llvm::StringRef name, bool value) {
    add(node(name, {llvm::ConstantAsMetadata::get(llvm::ConstantInt::get(
                       llvm::Type::getInt1Ty(context_), value))}));
  }
  llvm::MDNode* node(llvm::StringRef name,
                     llvm::ArrayRef<llvm::Metadata*> values) {
    llvm::SmallVector<llvm::Metadata*, 8> all = {
        llvm::MDString::get(context_, name)};
    all.append(values.begin(), values.end());
    return llvm::MDNode::get(context_, all);
  }
  llvm::ArrayRef<llvm::Metadata*> words() const { return words_; }
  llvm::MDNode* loop() {
    llvm::SmallVector<llvm::Metadata*, 8> all = {nullptr};
    all.append(words_.begin(), words_.end());
    llvm::MDNode* made = llvm::MDNode::getDistinct(context_, all);
    made->replaceOperandWith(0, made);
    return made;
  }

 private:
  llvm::LLVMContext& context_;
  llvm::SmallVector<llvm::Metadata*, 8> words_;
};

void add_unrolling(LoopWords& words, int unroll) {
  if (unroll != 0) words.add("llvm.loop.unroll.count", unroll);
}

// Words of the user's that a choice replaces.
bool is_replaced(const llvm::Metadata* word, const LoopChoice& choice) {
  const auto* node = llvm::dyn_cast_or_null<llvm::MDNode>(word);
  if (node == nullptr || node->getNumOperands() == 0) return false;
  const auto* name = llvm::dyn_cast<llvm::MDString>(node->getOperand(0));
  if (name == nullptr) return false;
  const llvm::StringRef text = name->getString();
  if (text.starts_with("llvm.loop.unroll.")) return choice.unroll != 0;
  return (text.starts_with("llvm.loop.vectorize.") ||
          text.starts_with("llvm.loop.interleave.")) &&
         (choice.width != 0 || choice.interleave != 0);
}

void apply(llvm::Loop& loop, const LoopChoice& choice) {
  if (choice == LoopChoice()) return;
  LoopWords words(loop.getHeader()->getContext());
  if (const llvm::MDNode* before = loop.getLoopID())
    for (unsigned i = 1; i < before->getNumOperands(); ++i)
      if (!is_replaced(before->getOperand(i), choice))
        words.add(before->getOperand(i).get());
  // A loop that is unrolled completely is none any more when the vectoriser
  // comes.
  if (choice.unroll == kFullUnroll) {
    words.add("llvm.loop.unroll.full");
    loop.setLoopID(words.loop());
    return;
  }
  LoopWords after = words;  // of what the vectoriser leaves behind
  after.add("llvm.loop.isvectorized");
  add_unrolling(after, choice.unroll);
  const bool has_vector_words = choice.width != 0 || choice.interleave != 0;
  if (choice.width != 0) {
    words.add("llvm.loop.vectorize.width", choice.width);
    words.add("llvm.loop.vectorize.scalable.enable", false);
  }
  if (choice.interleave != 0)
    words.add("llvm.loop.interleave.count", choice.interleave);
  if (choice.width > 1) words.add("llvm.loop.vectorize.enable", true);
  if (choice.unroll != 0 && choice.width > 1) {
    words.add(words.node("llvm.loop.vectorize.followup_all", after.words()));
  } else {
    if (choice.unroll != 0 && has_vector_words)
      words.add("llvm.loop.isvectorized");
    add_unrolling(words, choice.unroll);
  }
  loop.setLoopID(words.loop());
}

Result<int> factor_of(std::string_view text, int most) {
  int value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1 ||
      value > most || !std::has_single_bit(static_cast<unsigned>(value)))
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}' is no factor; expected a power of two from "
                             "1 to {}",
                             text, most));
  return value;
}

}  // namespace

std::string to_text(const LoopChoice& choice) {
  std::string text;
  const auto add = [&](std::string_view name, int value) {
    if (value == 0) return;
    if (!text.empty()) text += ';';
    text += value == kFullUnroll ? fmt::format("{}=full", name)
                                 : fmt::format("{}={}", name, value);
  };
  add("width", choice.width);
  add("interleave", choice.interleave);
  add("unroll", choice.unroll);
  return text.empty() ? "stock" : text;
}

Result<LoopChoice> parse_loop_choice(std::string_view text) {
  LoopChoice choice;
  if (text == "stock") return choice;
  for (const std::string& item : split(text, ';')) {
    const size_t equals = item.find('=');
    const std::string_view name = std::string_view(item).substr(0, equals);
    const std::string_view value =
        equals == std::string::npos ? std::string_view()
                                    : std::string_view(item).substr(equals + 1);
    int* const target = name == "width"        ? &choice.width
                        : name == "interleave" ? &choice.interleave
                        : name == "unroll"     ? &choice.unroll
                                               : nullptr;
    if (target == nullptr || *target != 0)
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("'{}' is no choice for a loop; expected stock, "
                               "or width=N, interleave=N and unroll=N with "
                               "semicolons between them",
                               text));
    if (target == &choice.unroll && value == "full") {
      *target = kFullUnroll;
      continue;
    }
    HONE_ASSIGN_OR_RETURN(
        *target,
        factor_of(value, target == &choice.unroll ? kMostUnroll : kMostLanes));
  }
  return choice;
}

void set_loop_choices(Module& module, std::span<const LoopChoice> choices) {
  size_t next = 0;
  for (llvm::Function& function : module.llvm_module()) {
    if (function.isDeclaration() || next == choices.size()) continue;
    const llvm::DominatorTree dominators(function);
    llvm::LoopInfo loops(dominators);
    for (llvm::Loop* loop : loops.getLoopsInPreorder())
      if (next < choices.size()) apply(*loop, choices[next++]);
  }
}

}  // namespace hone::program
