// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The subset construction (Rabin and Scott, 1959) over the positions of a
// RegularExpression. Whether a word begins or ends between two bytes is asked
// when the second one is known, so a state holds the positions before that, and
// whether the last byte was of a word.
#include "tensor/interpreter/text_automaton.h"

#include <fmt/format.h>

#include <cctype>
#include <map>
#include <set>

#include "tensor/interpreter/regular_expression.h"

namespace hone::tensor {

class AutomatonMaker {
 public:
  AutomatonMaker(const RegularExpression& expression, size_t most)
      : expression_(expression), most_(most) {}

  Result<TextAutomaton> run() {
    find_classes();
    number({{expression_.start_}, false});
    for (size_t at = 0; at < states_.size(); ++at) {
      if (states_.size() > most_)
        return Error(ErrorKind::Unsupported,
                     fmt::format("regular expression: it needs more than {} "
                                 "states",
                                 most_));
      const State state = states_[at];
      for (const int byte : bytes_) {
        const bool word = is_word(byte);
        const std::set<int> open = closed(state.positions, word != state.word);
        std::set<int> next;
        for (const int position : open)
          if (position != kAccept && step(position).kind == Kind::Take &&
              step(position).bytes[byte])
            next.insert(step(position).next);
        result_.next.push_back(next.empty() ? -1
                                            : number({std::move(next), word}));
      }
      // Behind the last byte there is no word.
      result_.ends.push_back(
          closed(state.positions, state.word).contains(kAccept) ? 1 : 0);
    }
    return std::move(result_);
  }

 private:
  using Kind = RegularExpression::Kind;
  using Step = RegularExpression::Step;
  static constexpr int kAccept = RegularExpression::kAccept;

  struct State {
    std::set<int> positions;
    bool word;
    auto operator<=>(const State&) const = default;
  };

  const Step& step(int position) const { return expression_.steps_[position]; }

  static bool is_word(int byte) {
    return byte < 128 && (std::isalnum(byte) != 0 || byte == '_');
  }

  // Bytes that no step tells apart; bytes_ has one of each class.
  void find_classes() {
    std::map<std::vector<bool>, int64_t> known;
    for (int byte = 0; byte < 256; ++byte) {
      std::vector<bool> signature = {is_word(byte)};
      for (const Step& each : expression_.steps_)
        if (each.kind == Kind::Take) signature.push_back(each.bytes[byte]);
      const auto [found, is_new] = known.emplace(
          std::move(signature), static_cast<int64_t>(known.size()));
      if (is_new) bytes_.push_back(byte);
      result_.classes[byte] = found->second;
    }
    result_.class_count = static_cast<int64_t>(known.size());
  }

  // All that is reached without taking a byte; `edge`: between a word and what
  // is none.
  std::set<int> closed(const std::set<int>& from, bool edge) const {
    std::set<int> reached;
    std::vector<int> waiting(from.begin(), from.end());
    while (!waiting.empty()) {
      const int at = waiting.back();
      waiting.pop_back();
      if (!reached.insert(at).second || at == kAccept) continue;
      const Step& each = step(at);
      if (each.kind == Kind::Split) {
        waiting.push_back(each.next);
        waiting.push_back(each.other);
      } else if (each.kind != Kind::Take &&
                 edge == (each.kind == Kind::Boundary)) {
        waiting.push_back(each.next);
      }
    }
    return reached;
  }

  int64_t number(State state) {
    const auto [found, is_new] = numbers_.emplace(
        std::move(state), static_cast<int64_t>(states_.size()));
    if (is_new) states_.push_back(found->first);
    return found->second;
  }

  const RegularExpression& expression_;
  size_t most_;
  TextAutomaton result_;
  std::vector<int> bytes_;
  std::vector<State> states_;
  std::map<State, int64_t> numbers_;
};

Result<TextAutomaton> text_automaton(std::string_view pattern, size_t most) {
  HONE_ASSIGN_OR_RETURN(const RegularExpression expression,
                        RegularExpression::parse(pattern));
  return AutomatonMaker(expression, most).run();
}

}  // namespace hone::tensor
