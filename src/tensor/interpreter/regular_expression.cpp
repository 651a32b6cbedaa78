// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/interpreter/regular_expression.h"

#include <fmt/format.h>

#include <cctype>

namespace hone::tensor {

// Reads the pattern into a tree; the tree is then written out as steps from the
// back to the front, each part knowing where to go after it.
class ExpressionParser {
 public:
  using Bytes = std::bitset<256>;

  struct Part {
    enum class Shape { Empty, Bytes, Boundary, Sequence, Choice, Repeat };
    Shape shape = Shape::Empty;
    Bytes bytes;
    std::vector<Part> parts;
    int least = 0, most = 0;   // of Repeat; most < 0: any number
    bool is_word_edge = true;  // of Boundary
  };

  explicit ExpressionParser(std::string_view pattern) : rest_(pattern) {}

  Result<RegularExpression> run() {
    HONE_ASSIGN_OR_RETURN(const Part part, choice(0));
    if (!rest_.empty()) return fail("')' without '('");
    RegularExpression result;
    HONE_ASSIGN_OR_RETURN(result.start_,
                          write(part, RegularExpression::kAccept, result));
    return result;
  }

 private:
  static constexpr int kDeepest = 64;
  static constexpr size_t kMostSteps = 100000;

  static Error fail(std::string_view what) {
    return Error(ErrorKind::Unsupported,
                 fmt::format("regular expression: {}", what));
  }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  Result<Part> choice(int depth) {
    if (depth > kDeepest) return fail("groups lie too deep");
    Part result{.shape = Part::Shape::Choice};
    do {
      HONE_ASSIGN_OR_RETURN(result.parts.emplace_back(), sequence(depth));
    } while (take('|'));
    return result;
  }

  Result<Part> sequence(int depth) {
    Part result{.shape = Part::Shape::Sequence};
    while (!rest_.empty() && rest_.front() != '|' && rest_.front() != ')') {
      HONE_ASSIGN_OR_RETURN(Part part, atom(depth));
      HONE_ASSIGN_OR_RETURN(part, repeated(std::move(part)));
      result.parts.push_back(std::move(part));
    }
    return result;
  }

  Result<Part> repeated(Part part) {
    while (!rest_.empty()) {
      int least = 0, most = -1;
      if (take('*')) {
      } else if (take('+')) {
        least = 1;
      } else if (take('?')) {
        most = 1;
      } else if (take('{')) {
        HONE_ASSIGN_OR_RETURN(least, number());
        most = least;
        if (take(',')) {
          most = -1;
          if (!rest_.empty() && rest_.front() != '}') {
            HONE_ASSIGN_OR_RETURN(most, number());
          }
        }
        if (!take('}') || (most >= 0 && most < least))
          return fail("a count that is no {n}, {n,} or {n,m}");
      } else {
        break;
      }
      take('?');  // lazy: the same texts match
      Part outer{.shape = Part::Shape::Repeat, .least = least, .most = most};
      outer.parts.push_back(std::move(part));
      part = std::move(outer);
    }
    return part;
  }

  Result<int> number() {
    int value = 0;
    bool any = false;
    while (!rest_.empty() &&
           std::isdigit(static_cast<unsigned char>(rest_.front()))) {
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
      any = true;
      if (value > 1000) return fail("a count over 1000");
    }
    if (!any) return fail("a count that is no number");
    return value;
  }

  Result<Part> atom(int depth) {
    Part part{.shape = Part::Shape::Bytes};
    if (take('(')) {
      if (take('?') && !take(':')) return fail("a group that begins with '(?'");
      HONE_ASSIGN_OR_RETURN(part, choice(depth + 1));
      if (!take(')')) return fail("'(' without ')'");
      return part;
    }
    if (take('[')) {
      HONE_ASSIGN_OR_RETURN(part.bytes, char_class());
      return part;
    }
    if (take('.')) {
      part.bytes.set();
      part.bytes.reset('\n');
      return part;
    }
    if (rest_.starts_with("\\b") || rest_.starts_with("\\B")) {
      part.shape = Part::Shape::Boundary;
      part.is_word_edge = rest_[1] == 'b';
      rest_.remove_prefix(2);
      return part;
    }
    // At the ends of a whole match they say nothing.
    if (take('^') || take('$')) return Part{};
    const char c = rest_.front();
    if (c == '*' || c == '+' || c == '?' || c == '{')
      return fail(fmt::format("'{}' behind nothing", c));
    HONE_ASSIGN_OR_RETURN(part.bytes, one());
    return part;
  }

  // A character, or an escape.
  Result<Bytes> one() {
    if (rest_.empty()) return fail("an end where a character was expected");
    Bytes bytes;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c != '\\') return bytes.set(static_cast<unsigned char>(c));
    if (rest_.empty()) return fail("'\\' at the end");
    const char escaped = rest_.front();
    rest_.remove_prefix(1);
    const auto fill = [&](auto test) {
      for (int i = 0; i < 128; ++i)
        if (test(i)) bytes.set(i);
    };
    switch (std::tolower(static_cast<unsigned char>(escaped))) {
      case 'd':
        fill([](int i) { return std::isdigit(i); });
        break;
      case 'w':
        fill([](int i) { return std::isalnum(i) || i == '_'; });
        break;
      case 's':
        fill([](int i) { return std::isspace(i) && i != '\v'; });
        break;
      default:
        if (escaped == 'n') return bytes.set('\n');
        if (escaped == 't') return bytes.set('\t');
        if (escaped == 'r') return bytes.set('\r');
        if (std::isalnum(static_cast<unsigned char>(escaped)))
          return fail(fmt::format("the escape '\\{}'", escaped));
        return bytes.set(static_cast<unsigned char>(escaped));
    }
    return std::isupper(static_cast<unsigned char>(escaped)) ? ~bytes : bytes;
  }

  Result<Bytes> char_class() {
    const bool negated = take('^');
    Bytes bytes;
    bool first = true;
    while (first || rest_.empty() || rest_.front() != ']') {
      if (rest_.empty()) return fail("'[' without ']'");
      if (rest_.starts_with("[:")) return fail("a class of the form [:name:]");
      first = false;
      const char low = rest_.front();
      HONE_ASSIGN_OR_RETURN(const Bytes one_end, one());
      if (low != '\\' && rest_.size() >= 2 && rest_[0] == '-' &&
          rest_[1] != ']') {
        rest_.remove_prefix(1);
        const char high = rest_.front();
        if (high == '\\') return fail("a range that ends in an escape");
        rest_.remove_prefix(1);
        for (int i = static_cast<unsigned char>(low);
             i <= static_cast<unsigned char>(high); ++i)
          bytes.set(i);
      } else {
        bytes |= one_end;
      }
    }
    rest_.remove_prefix(1);
    return negated ? ~bytes : bytes;
  }

  using Step = RegularExpression::Step;
  using Kind = RegularExpression::Kind;

  Result<int> add(Step step, RegularExpression& out) {
    if (out.steps_.size() >= kMostSteps) return fail("it is too large");
    out.steps_.push_back(step);
    return static_cast<int>(out.steps_.size()) - 1;
  }

  // Writes a part that goes on to `next`; returns where it begins.
  Result<int> write(const Part& part, int next, RegularExpression& out) {
    switch (part.shape) {
      case Part::Shape::Empty:
        return next;
      case Part::Shape::Bytes:
        return add({.bytes = part.bytes, .next = next}, out);
      case Part::Shape::Boundary:
        return add(
            {.kind = part.is_word_edge ? Kind::Boundary : Kind::NoBoundary,
             .next = next},
            out);
      case Part::Shape::Sequence:
        for (size_t i = part.parts.size(); i > 0; --i) {
          HONE_ASSIGN_OR_RETURN(next, write(part.parts[i - 1], next, out));
        }
        return next;
      case Part::Shape::Choice: {
        HONE_ASSIGN_OR_RETURN(int begin, write(part.parts.back(), next, out));
        for (size_t i = part.parts.size() - 1; i > 0; --i) {
          HONE_ASSIGN_OR_RETURN(const int other,
                                write(part.parts[i - 1], next, out));
          HONE_ASSIGN_OR_RETURN(
              begin,
              add({.kind = Kind::Split, .next = other, .other = begin}, out));
        }
        return begin;
      }
      case Part::Shape::Repeat:
        break;
    }
    const Part& inner = part.parts.front();
    int begin = next;
    if (part.most < 0) {
      HONE_ASSIGN_OR_RETURN(begin,
                            add({.kind = Kind::Split, .other = next}, out));
      HONE_ASSIGN_OR_RETURN(const int body, write(inner, begin, out));
      out.steps_[begin].next = body;
    }
    for (int i = part.least; i < part.most; ++i) {
      HONE_ASSIGN_OR_RETURN(const int body, write(inner, begin, out));
      HONE_ASSIGN_OR_RETURN(
          begin, add({.kind = Kind::Split, .next = body, .other = next}, out));
    }
    for (int i = 0; i < part.least; ++i) {
      HONE_ASSIGN_OR_RETURN(begin, write(inner, begin, out));
    }
    return begin;
  }

  std::string_view rest_;
};

Result<RegularExpression> RegularExpression::parse(std::string_view pattern) {
  return ExpressionParser(pattern).run();
}

bool RegularExpression::matches(std::string_view text) const {
  std::vector<bool> now(steps_.size()), next(steps_.size());
  bool accepts = false;
  const auto is_word = [&](size_t at) {
    return at < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[at])) ||
            text[at] == '_');
  };
  // Marks a step and what it leads to, before text[place], without taking
  // anything.
  const auto mark = [&](int from, size_t place, std::vector<bool>& marks) {
    const bool edge = is_word(place) != (place > 0 && is_word(place - 1));
    std::vector<int> waiting = {from};
    while (!waiting.empty()) {
      const int at = waiting.back();
      waiting.pop_back();
      if (at == kAccept) {
        accepts = true;
        continue;
      }
      if (marks[at]) continue;
      marks[at] = true;
      const Step& step = steps_[at];
      if (step.kind == Kind::Split) {
        waiting.push_back(step.next);
        waiting.push_back(step.other);
      } else if (step.kind != Kind::Take &&
                 edge == (step.kind == Kind::Boundary)) {
        waiting.push_back(step.next);
      }
    }
  };
  mark(start_, 0, now);
  for (size_t place = 0; place < text.size(); ++place) {
    accepts = false;
    next.assign(steps_.size(), false);
    for (size_t i = 0; i < steps_.size(); ++i)
      if (now[i] && steps_[i].kind == Kind::Take &&
          steps_[i].bytes[static_cast<unsigned char>(text[place])])
        mark(steps_[i].next, place + 1, next);
    now.swap(next);
  }
  return accepts;
}

}  // namespace hone::tensor
