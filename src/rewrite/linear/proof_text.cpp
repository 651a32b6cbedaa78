// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/linear/proof_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace hone::rewrite::linear {

using term::Op;
using term::Sort;
using term::Term;

namespace {

class Writer {
 public:
  explicit Writer(Problem& problem)
      : problem_(problem), forms_(problem.forms()) {
    written_atoms_.resize(forms_.atom_count());
    reading_of_.resize(problem.cond_count(), -1);
  }

  Result<std::string> write(const Decider& decider, const Decision& decision);

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format,
                   std::forward<Args>(args)...);
  }

  Status write_readings(size_t begin, size_t end);
  Status write_reading(int32_t reading);
  Status write_int(int32_t reading, std::string& justified);
  Status write_bool(int32_t reading, std::string& justified);
  void write_atom(AtomId id);
  void write_atoms_of(FormId form);
  std::string form_text(FormId form) const;
  // Appends the lemma "form >= 0", unless it is a matter of course.
  Status need(FormId form, std::string& justified);
  void write_tree(const Certificate& certificate, int32_t root);
  void write_shares(const Certificate& certificate, const Node& node,
                    bool paired);
  std::string fact_text(const Fact& fact) const;
  bool is_negative(CondId cond) const;
  int32_t operand(int32_t reading, int index) const;
  FormId form_of(int32_t reading) const;

  Problem& problem_;
  Forms& forms_;
  std::string text_ = "hone-proof 1\n";
  std::vector<char> written_atoms_;
  std::vector<int32_t> reading_of_;  // of conditions
  std::vector<int32_t> term_reading_;
  struct Lemma {
    FormId form;
    int32_t number;
  };
  std::vector<Lemma> lemmas_;
  std::vector<Requirement> known_;
  Search search_;
  CondId denied_ = -1;
};

std::string Writer::form_text(FormId form) const {
  std::string text = fmt::format("{}", forms_.constant_of(form));
  for (const Part& part : forms_.parts(form))
    fmt::format_to(std::back_inserter(text), " {}*{}", part.coefficient,
                   part.atom);
  return text;
}

void Writer::write_atoms_of(FormId form) {
  for (const Part& part : forms_.parts(form)) write_atom(part.atom);
}

// Atoms nest as deep as terms do; the parser bounds that.
void Writer::write_atom(AtomId id) {
  written_atoms_.resize(forms_.atom_count());
  if (written_atoms_[id]) return;
  const Atom atom = forms_.atom(id);
  if (atom.first >= 0) write_atoms_of(atom.first);
  if (atom.second >= 0) write_atoms_of(atom.second);
  written_atoms_[id] = 1;
  switch (atom.kind) {
    case AtomKind::Variable:
      line("atom {} variable {}\n", id,
           problem_.terms().name(Term{static_cast<uint32_t>(atom.source)}));
      break;
    case AtomKind::Floor:
      line("atom {} floor {} {}\n", id, atom.number, form_text(atom.first));
      break;
    case AtomKind::Least:
      line("atom {} least {}\n", id, form_text(atom.first));
      break;
    case AtomKind::Choice:
      line("atom {} choice {} {}\n", id, reading_of_[atom.source],
           form_text(atom.first));
      break;
    case AtomKind::Product:
      line("atom {} product {}\n", id, form_text(atom.first));
      break;
    case AtomKind::Quotient:
    case AtomKind::Remainder:
      line("atom {} {} {} , {}\n", id,
           atom.kind == AtomKind::Quotient ? "quotient" : "remainder",
           form_text(atom.first), form_text(atom.second));
      // Facts about a quotient are about its products with the divisor.
      if (atom.kind == AtomKind::Quotient)
        for (const Part& part : forms_.parts(atom.second))
          if (const AtomId product = forms_.find_product(id, part.atom);
              product >= 0)
            write_atom(product);
      if (atom.kind == AtomKind::Remainder)
        if (const AtomId quotient = forms_.find_quotient(id); quotient >= 0)
          write_atom(quotient);
      break;
  }
}

Status Writer::need(FormId form, std::string& justified) {
  if (forms_.is_constant(form)) return {};
  for (const Lemma& lemma : lemmas_)
    if (forms_.same(lemma.form, form)) {
      fmt::format_to(std::back_inserter(justified), " {}", lemma.number);
      return {};
    }
  write_atoms_of(form);
  denied_ = problem_.claim(forms_.shift(forms_.scale(form, -1), -1));
  reading_of_.resize(problem_.cond_count(), -1);
  std::vector<Requirement> required = known_;
  required.push_back({denied_, true});
  if (search_.run(problem_, required, {}) != Outcome::Unsatisfiable)
    return Error(ErrorKind::LimitReached,
                 fmt::format("the proof needs {} >= 0, for which the search "
                             "found no proof within its limits",
                             form_text(form)));
  const auto number = static_cast<int32_t>(lemmas_.size());
  lemmas_.push_back({form, number});
  line("lemma {} {}\n", number, form_text(form));
  write_tree(search_.certificate(), search_.certificate().root);
  fmt::format_to(std::back_inserter(justified), " {}", number);
  return {};
}

int32_t Writer::operand(int32_t reading, int index) const {
  const Term term = problem_.readings()[reading].term;
  return term_reading_[problem_.terms().arg(term, index).id];
}

// As a number, whatever the sort.
FormId Writer::form_of(int32_t reading) const {
  const Problem::Reading& r = problem_.readings()[reading];
  return problem_.terms().sort(r.term) == Sort::Int
             ? r.value
             : problem_.number_of(CondId{r.value});
}

Status Writer::write_readings(size_t begin, size_t end) {
  term_reading_.assign(problem_.terms().size(), -1);
  for (size_t i = begin; i < end; ++i) {
    const Problem::Reading r = problem_.readings()[i];
    term_reading_[r.term.id] = static_cast<int32_t>(i);
    if (problem_.terms().sort(r.term) == Sort::Bool &&
        problem_.terms().op(r.term) != Op::Variable) {
      // The condition of a != is that of a == within.
      const Cond& cond = problem_.cond(r.value);
      if (r.value > kTrue && cond.term == r.term)
        reading_of_[r.value] = static_cast<int32_t>(i);
      if (cond.kind == CondKind::Not && cond.term == r.term &&
          problem_.cond(cond.a).term == r.term)
        reading_of_[cond.a] = static_cast<int32_t>(i);
    } else if (problem_.terms().sort(r.term) == Sort::Bool && r.value > kTrue) {
      reading_of_[r.value] = static_cast<int32_t>(i);
    }
    HONE_RETURN_IF_ERROR(write_reading(static_cast<int32_t>(i)));
  }
  return {};
}

Status Writer::write_reading(int32_t reading) {
  const term::Context& terms = problem_.terms();
  const Problem::Reading r = problem_.readings()[reading];
  std::string justified;
  std::string form;
  if (terms.sort(r.term) == Sort::Int) {
    write_atoms_of(r.value);
    HONE_RETURN_IF_ERROR(write_int(reading, justified));
    form = " = " + form_text(r.value);
  } else {
    if (terms.op(r.term) == Op::Variable)
      write_atoms_of(forms_.variable(static_cast<int32_t>(r.term.id), {0, 1}));
    HONE_RETURN_IF_ERROR(write_bool(reading, justified));
    if (!justified.empty()) form = r.value == kTrue ? " = true" : " = false";
  }
  line("read {} ", reading);
  if (terms.op(r.term) == Op::Constant) {
    if (terms.sort(r.term) == Sort::Bool)
      line("{}", terms.word(r.term) != 0 ? "true" : "false");
    else
      line("{}", terms.word(r.term));
  } else if (terms.op(r.term) == Op::Variable) {
    line("{} {}", terms.sort(r.term) == Sort::Bool ? "bool" : "int",
         terms.name(r.term));
  } else {
    line("{}", term::name(terms.op(r.term)));
    for (int i = 0; i < terms.arity(r.term); ++i)
      line(" {}", operand(reading, i));
  }
  line("{}{}{}\n", form, justified.empty() ? "" : " by", justified);
  return {};
}

// What the reader cannot compute by itself: that a quotient lies where it
// should, that a range settles a minimum, that a variable has been replaced.
Status Writer::write_int(int32_t reading, std::string& justified) {
  const term::Context& terms = problem_.terms();
  const Problem::Reading r = problem_.readings()[reading];
  const FormId form = r.value;
  switch (terms.op(r.term)) {
    case Op::Variable: {
      const FormId plain = forms_.variable(static_cast<int32_t>(r.term.id), {});
      if (forms_.same(plain, form)) return {};
      HONE_RETURN_IF_ERROR(need(forms_.subtract(plain, form), justified));
      return need(forms_.subtract(form, plain), justified);
    }
    case Op::Div:
    case Op::Mod: {
      const FormId a = form_of(operand(reading, 0));
      const FormId b = form_of(operand(reading, 1));
      if (!forms_.is_constant(b) || forms_.constant_of(b) == 0) return {};
      const int64_t c = forms_.constant_of(b);
      const FormId rest =
          terms.op(r.term) == Op::Mod ? form : forms_.combine(a, 1, form, -c);
      HONE_RETURN_IF_ERROR(need(rest, justified));
      return need(forms_.shift(forms_.scale(rest, -1), magnitude(c) - 1),
                  justified);
    }
    case Op::Min:
    case Op::Max: {
      const FormId a = form_of(operand(reading, 0));
      const FormId b = form_of(operand(reading, 1));
      const bool is_min = terms.op(r.term) == Op::Min;
      if (forms_.same(form, a))
        return need(is_min ? forms_.subtract(b, a) : forms_.subtract(a, b),
                    justified);
      if (forms_.same(form, b))
        return need(is_min ? forms_.subtract(a, b) : forms_.subtract(b, a),
                    justified);
      return {};
    }
    default:
      return {};
  }
}

// A comparison that a range settles.
Status Writer::write_bool(int32_t reading, std::string& justified) {
  const term::Context& terms = problem_.terms();
  const Problem::Reading r = problem_.readings()[reading];
  const Op op = terms.op(r.term);
  // Truth values that are used as numbers.
  if (op == Op::Eq || op == Op::Ne || op == Op::Select)
    for (int i = 0; i < terms.arity(r.term); ++i)
      if (i > 0 || op != Op::Select)
        write_atoms_of(form_of(operand(reading, i)));
  if (op == Op::Select && problem_.cond(r.value).term == r.term)
    write_atoms_of(problem_.cond(r.value).form);
  if (r.value != kTrue && r.value != kFalse) return {};
  const bool is_equality = op == Op::Eq || op == Op::Ne;
  if (!term::is_comparison(op) && op != Op::Select && op != Op::Variable)
    return {};
  FormId form = -1;
  if (op == Op::Variable) {
    form = forms_.shift(
        forms_.variable(static_cast<int32_t>(r.term.id), {0, 1}), -1);
  } else if (op == Op::Select) {
    const Problem::Reading condition = problem_.readings()[operand(reading, 0)];
    if (condition.value == kTrue || condition.value == kFalse) return {};
    form = forms_.shift(
        forms_.choose(condition.value, form_of(operand(reading, 1)),
                      form_of(operand(reading, 2))),
        -1);
  } else {
    form = problem_.comparison(op, form_of(operand(reading, 0)),
                               form_of(operand(reading, 1)));
  }
  if (forms_.is_constant(form)) return {};
  if (!is_equality)
    return r.value == kTrue
               ? need(form, justified)
               : need(forms_.shift(forms_.scale(form, -1), -1), justified);
  if (forms_.constant_of(form) % forms_.content(form) != 0) return {};
  return forms_.range(form).low > 0
             ? need(forms_.shift(form, -1), justified)
             : need(forms_.shift(forms_.scale(form, -1), -1), justified);
}

// Whether the condition is the opposite of its term.
bool Writer::is_negative(CondId cond) const {
  const Cond& c = problem_.cond(cond);
  return c.kind == CondKind::Zero && problem_.terms().op(c.term) == Op::Ne;
}

std::string Writer::fact_text(const Fact& fact) const {
  switch (fact.origin) {
    case Origin::BooleanLow:
      return fmt::format("bl{}", fact.index);
    case Origin::BooleanHigh:
      return fmt::format("bh{}", fact.index);
    case Origin::FloorLow:
      return fmt::format("fl{}", fact.index);
    case Origin::FloorHigh:
      return fmt::format("fh{}", fact.index);
    case Origin::LeastZero:
      return fmt::format("lz{}", fact.index);
    case Origin::LeastForm:
      return fmt::format("lf{}", fact.index);
    case Origin::LeastCase:
      return fmt::format("kc{}", fact.index);
    case Origin::LeastValue:
      return fmt::format("kv{}", fact.index);
    case Origin::ChoiceLow:
      return fmt::format("cl{}", fact.index);
    case Origin::ChoiceHigh:
      return fmt::format("ch{}", fact.index);
    case Origin::RemainderForm:
      return fmt::format("rf{}", fact.index);
    case Origin::NegativeCase:
      return fmt::format("kn{}", fact.index);
    case Origin::DividendCase:
      return fmt::format("kf{}", fact.index);
    case Origin::QuotientLow:
      return fmt::format("ql{}", fact.index);
    case Origin::QuotientHigh:
      return fmt::format("qh{}", fact.index);
    case Origin::QuotientSign:
      return fmt::format("qs{}", fact.index);
    case Origin::QuotientSize:
      return fmt::format("qf{}", fact.index);
    case Origin::QuotientNoneLow:
      return fmt::format("qz{}", fact.index);
    case Origin::QuotientNoneHigh:
      return fmt::format("qy{}", fact.index);
    case Origin::DivisionLow:
      return fmt::format("rs{}", fact.index);
    case Origin::DivisionHigh:
      return fmt::format("rt{}", fact.index);
    case Origin::RemainderLow:
      return fmt::format("rl{}", fact.index);
    case Origin::DivisorCase:
      return fmt::format("kd{}", fact.index);
    case Origin::RemainderValue:
      return fmt::format("kr{}", fact.index);
    case Origin::SquareLow:
      return fmt::format("sq{}", fact.index);
    case Origin::SquareUp:
      return fmt::format("su{}", fact.index);
    case Origin::SquareDown:
      return fmt::format("sd{}", fact.index);
    case Origin::Literal:
      if (fact.index == denied_) return "d";
      return fmt::format("r{}", reading_of_[fact.index]);
    case Origin::LiteralBack:
      return fmt::format("q{}", reading_of_[fact.index]);
    case Origin::ZeroCase:
      return fmt::format("z{}", reading_of_[fact.index]);
    case Origin::Split:
      return fmt::format("s{}", fact.index);
    case Origin::Cut:
      return fmt::format("c{}", fact.index);
  }
  return "";
}

void Writer::write_shares(const Certificate& certificate, const Node& node,
                          bool paired) {
  for (int32_t i = node.begin; i < node.begin + node.size;
       i += paired ? 2 : 1) {
    const Share& share = certificate.shares[i];
    line(" {} {}", share.multiplier, fact_text(share.fact));
    if (paired) line(" {}", fact_text(certificate.shares[i + 1].fact));
  }
  text_ += '\n';
}

void Writer::write_tree(const Certificate& certificate, int32_t root) {
  std::vector<int32_t> pending = {root};
  while (!pending.empty()) {
    const Node& node = certificate.nodes[pending.back()];
    pending.pop_back();
    bool swapped = false;
    switch (node.kind) {
      case NodeKind::Sum:
        text_ += "sum";
        write_shares(certificate, node, false);
        continue;
      case NodeKind::Parity:
        text_ += "parity";
        write_shares(certificate, node, true);
        continue;
      case NodeKind::Clash:
        text_ += "clash\n";
        continue;
      case NodeKind::Cut:
        line("cut {}", node.index);
        write_shares(certificate, node, false);
        pending.push_back(node.left);
        continue;
      case NodeKind::CaseCond:
        line("case {}\n", reading_of_[node.index]);
        swapped = is_negative(node.index);
        break;
      case NodeKind::CaseLeast:
        line("least {}\n", node.index);
        break;
      case NodeKind::CaseDivisor:
        line("divisor {}\n", node.index);
        break;
      case NodeKind::CaseNegative:
        line("negative {}\n", node.index);
        break;
      case NodeKind::CaseDividend:
        line("dividend {}\n", node.index);
        break;
      case NodeKind::Product:
        line("product {}", node.index);
        write_shares(certificate, node, false);
        pending.push_back(node.left);
        continue;
      case NodeKind::CaseZero:
        line("zero {}\n", reading_of_[node.index]);
        break;
      case NodeKind::Split: {
        const ValueSplit& split = certificate.splits[node.index];
        line("split {} {} {}\n", node.index, split.atom, split.value);
        break;
      }
    }
    pending.push_back(swapped ? node.left : node.right);
    pending.push_back(swapped ? node.right : node.left);
  }
}

Result<std::string> Writer::write(const Decider& decider,
                                  const Decision& decision) {
  const size_t first = problem_.first_of_goal();
  HONE_RETURN_IF_ERROR(write_readings(0, first));
  for (const Term term : decider.assumed_terms())
    line("assume {}\n", term_reading_[term.id]);
  for (const CondId cond : decider.assumptions())
    known_.push_back({cond, true});
  HONE_RETURN_IF_ERROR(write_readings(first, problem_.readings().size()));
  line("refute {} {}\n", term_reading_[decider.goal_term().id],
       decision.answer == Answer::False);
  if (decision.by_reading)
    text_ += "clash\n";
  else
    write_tree(decider.certificate(), decider.certificate().root);
  return std::move(text_);
}

}  // namespace

Result<std::string> proof_text(Decider& decider, const Decision& decision) {
  HONE_CHECK(decision.answer == Answer::True ||
             decision.answer == Answer::False);
  return Writer(decider.problem()).write(decider, decision);
}

}  // namespace hone::rewrite::linear
