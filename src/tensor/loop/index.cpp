// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/index.h"

#include <algorithm>

#include "tensor/kernel/index_math.h"

namespace hone::tensor {

namespace {

using Kind = IndexAtom::Kind;

int64_t add(int64_t a, int64_t b) {
  return apply_index(KernelIndex::Kind::Add, a, b);
}
int64_t multiply(int64_t a, int64_t b) {
  return apply_index(KernelIndex::Kind::Mul, a, b);
}
int64_t divide(int64_t a, int64_t b) {
  return apply_index(KernelIndex::Kind::Div, a, b);
}
int64_t rest(int64_t a, int64_t b) {
  return apply_index(KernelIndex::Kind::Mod, a, b);
}

std::string text_of(const std::vector<Index>& list) {
  std::string text;
  for (const Index& index : list)
    text += (text.empty() ? "" : ", ") + to_text(index);
  return text;
}

// In parentheses where it is a sum or a product.
std::string operand(const Index& index) {
  std::string text = to_text(index);
  const bool plain = index.is_constant() ? index.constant() >= 0
                                         : index.as_variable().has_value();
  return plain ? text : "(" + text + ")";
}

std::string atom_text(const IndexAtom& atom) {
  switch (atom.kind) {
    case Kind::Variable:
      return atom.name;
    case Kind::Div:
      return operand(atom.arguments[0]) + " / " + operand(atom.arguments[1]);
    case Kind::Mod:
      return operand(atom.arguments[0]) + " mod " + operand(atom.arguments[1]);
    case Kind::Min:
      return "min(" + text_of(atom.arguments) + ")";
    case Kind::Max:
      return "max(" + text_of(atom.arguments) + ")";
    case Kind::Fetch:
      return atom.name + "[" + text_of(atom.arguments) + "]";
  }
  return "";
}

// Orders terms: by their atoms' texts, one after the other.
int compare(const std::vector<Index::AtomRef>& a,
            const std::vector<Index::AtomRef>& b) {
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    if (const int order = a[i]->text.compare(b[i]->text); order != 0)
      return order;
  return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

// Visits every atom of an index, those inside of others too.
void visit_atoms(const Index& index,
                 const std::function<void(const IndexAtom&)>& visit) {
  for (const Index::Term& term : index.terms())
    for (const Index::AtomRef& atom : term.atoms) {
      visit(*atom);
      for (const Index& argument : atom->arguments)
        visit_atoms(argument, visit);
    }
}

Index rebuild(const Index& index,
              const std::function<Index(const IndexAtom&)>& of_atom) {
  Index sum = index.constant();
  for (const Index::Term& term : index.terms()) {
    Index product = term.coefficient;
    for (const Index::AtomRef& atom : term.atoms)
      product = product * of_atom(*atom);
    sum = sum + product;
  }
  return sum;
}

Index of_kind(Kind kind, const Index& a, const Index& b) {
  switch (kind) {
    case Kind::Div:
      return floor_div(a, b);
    case Kind::Mod:
      return floor_mod(a, b);
    case Kind::Min:
      return min_index(a, b);
    default:
      return max_index(a, b);
  }
}

}  // namespace

Index Index::of_atom(IndexAtom atom) {
  atom.text = atom_text(atom);
  Index index;
  index.terms_.push_back(
      {1, {std::make_shared<const IndexAtom>(std::move(atom))}});
  return index;
}

Index Index::of_term(const Term& term) {
  Index index;
  index.terms_.push_back(term);
  return index;
}

Index Index::variable(std::string_view name) {
  return of_atom({.name = std::string(name)});
}

Index Index::fetch(std::string_view tensor, std::vector<Index> at) {
  return of_atom({.kind = Kind::Fetch,
                  .name = std::string(tensor),
                  .arguments = std::move(at)});
}

std::optional<std::string> Index::as_variable() const {
  if (constant_ != 0 || terms_.size() != 1 || terms_[0].coefficient != 1 ||
      terms_[0].atoms.size() != 1 || terms_[0].atoms[0]->kind != Kind::Variable)
    return {};
  return terms_[0].atoms[0]->name;
}

std::optional<int64_t> Index::coefficient_of(std::string_view variable) const {
  int64_t found = 0;
  for (const Term& term : terms_) {
    if (term.atoms.size() == 1 && term.atoms[0]->kind == Kind::Variable &&
        term.atoms[0]->name == variable) {
      found = term.coefficient;
      continue;
    }
    for (const AtomRef& atom : term.atoms) {
      if (atom->kind == Kind::Variable && atom->name == variable) return {};
      for (const Index& argument : atom->arguments)
        if (argument.mentions(variable)) return {};
    }
  }
  return found;
}

std::optional<Index::Linear> Index::linear_in(std::string_view name) const {
  Linear parts;
  parts.rest = constant_;
  for (const Term& term : terms_) {
    int found = 0;
    Index others = term.coefficient;
    for (const AtomRef& atom : term.atoms) {
      if (atom->kind == Kind::Variable && atom->name == name) {
        ++found;
        continue;
      }
      for (const Index& argument : atom->arguments)
        if (argument.mentions(name)) return {};
      others = others * of_term({1, {atom}});
    }
    if (found > 1) return {};
    Index& part = found == 1 ? parts.factor : parts.rest;
    part = part + others;
  }
  return parts;
}

bool Index::mentions(std::string_view variable) const {
  bool found = false;
  visit_variables([&](const std::string& name) { found |= name == variable; });
  return found;
}

bool Index::has_fetch() const {
  bool found = false;
  visit_atoms(
      *this, [&](const IndexAtom& atom) { found |= atom.kind == Kind::Fetch; });
  return found;
}

void Index::visit_variables(
    const std::function<void(const std::string&)>& visit) const {
  visit_atoms(*this, [&](const IndexAtom& atom) {
    if (atom.kind == Kind::Variable) visit(atom.name);
  });
}

void Index::add(const Term& term) {
  const auto at = std::ranges::lower_bound(
      terms_, term.atoms,
      [](const auto& a, const auto& b) { return compare(a, b) < 0; },
      &Term::atoms);
  if (at == terms_.end() || compare(at->atoms, term.atoms) != 0) {
    if (term.coefficient != 0) terms_.insert(at, term);
    return;
  }
  at->coefficient = tensor::add(at->coefficient, term.coefficient);
  if (at->coefficient == 0) terms_.erase(at);
}

Index operator+(const Index& a, const Index& b) {
  Index sum = a;
  sum.constant_ = add(a.constant_, b.constant_);
  for (const Index::Term& term : b.terms_) sum.add(term);
  return sum;
}

Index operator-(const Index& a, const Index& b) { return a + b * -1; }

Index operator*(const Index& a, const Index& b) {
  Index product = multiply(a.constant_, b.constant_);
  const auto scale = [&](const std::vector<Index::Term>& terms, int64_t by) {
    if (by == 0) return;
    for (Index::Term term : terms) {
      term.coefficient = multiply(term.coefficient, by);
      product.add(term);
    }
  };
  scale(a.terms_, b.constant_);
  scale(b.terms_, a.constant_);
  for (const Index::Term& x : a.terms_)
    for (const Index::Term& y : b.terms_) {
      Index::Term term = {multiply(x.coefficient, y.coefficient), x.atoms};
      term.atoms.insert(term.atoms.end(), y.atoms.begin(), y.atoms.end());
      std::ranges::sort(term.atoms, {}, [](const Index::AtomRef& atom) {
        return std::string_view(atom->text);
      });
      product.add(term);
    }
  return product;
}

bool operator==(const Index& a, const Index& b) {
  return a.constant_ == b.constant_ &&
         std::ranges::equal(a.terms_, b.terms_,
                            [](const auto& x, const auto& y) {
                              return x.coefficient == y.coefficient &&
                                     compare(x.atoms, y.atoms) == 0;
                            });
}

Index floor_div(const Index& a, const Index& b) {
  if (b.is_constant() && b.constant() > 0) {
    const int64_t by = b.constant();
    if (by == 1) return a;
    // What divides leaves the quotient; of the constant, its quotient.
    Index out = divide(a.constant_, by);
    Index in = rest(a.constant_, by);
    for (const Index::Term& term : a.terms_) {
      if (term.coefficient % by == 0)
        out.add({term.coefficient / by, term.atoms});
      else
        in.add(term);
    }
    if (in.is_constant()) return out;
    // (x / p) / q = x / (p q)
    const bool nested = in.constant_ == 0 && in.terms_.size() == 1 &&
                        in.terms_[0].coefficient == 1 &&
                        in.terms_[0].atoms.size() == 1 &&
                        in.terms_[0].atoms[0]->kind == Kind::Div &&
                        in.terms_[0].atoms[0]->arguments[1].is_constant();
    if (nested) {
      const IndexAtom& inner = *in.terms_[0].atoms[0];
      return out + floor_div(inner.arguments[0], inner.arguments[1] * b);
    }
    return out +
           Index::of_atom({.kind = Kind::Div, .arguments = {std::move(in), b}});
  }
  if (a == b && !a.is_constant()) return 1;
  if (a.is(0)) return 0;
  return Index::of_atom({.kind = Kind::Div, .arguments = {a, b}});
}

Index floor_mod(const Index& a, const Index& b) {
  if (b.is_constant() && b.constant() > 0) {
    const int64_t by = b.constant();
    if (by == 1) return 0;
    Index in = rest(a.constant_, by);
    for (const Index::Term& term : a.terms_) {
      const int64_t coefficient = rest(term.coefficient, by);
      if (coefficient != 0) in.add({coefficient, term.atoms});
    }
    if (in.is_constant()) return in;
    return Index::of_atom({.kind = Kind::Mod, .arguments = {in, b}});
  }
  if ((a == b && !a.is_constant()) || a.is(0)) return 0;
  return Index::of_atom({.kind = Kind::Mod, .arguments = {a, b}});
}

Index ceil_div(const Index& a, int64_t b) { return floor_div(a + (b - 1), b); }

Index min_index(const Index& a, const Index& b) {
  const Index difference = a - b;
  if (difference.is_constant()) return difference.constant() <= 0 ? a : b;
  return Index::of_atom({.kind = Kind::Min, .arguments = {a, b}});
}

Index max_index(const Index& a, const Index& b) {
  const Index difference = a - b;
  if (difference.is_constant()) return difference.constant() >= 0 ? a : b;
  return Index::of_atom({.kind = Kind::Max, .arguments = {a, b}});
}

std::string to_text(const Index& index) {
  std::string text;
  for (const Index::Term& term : index.terms()) {
    const bool negative = term.coefficient < 0;
    const uint64_t size = negative ? 0 - static_cast<uint64_t>(term.coefficient)
                                   : static_cast<uint64_t>(term.coefficient);
    std::string product = size == 1 ? "" : std::to_string(size) + "*";
    for (size_t i = 0; i < term.atoms.size(); ++i) {
      const IndexAtom& atom = *term.atoms[i];
      const bool alone = term.atoms.size() == 1 && size == 1 && !negative;
      const bool infix = atom.kind == Kind::Div || atom.kind == Kind::Mod;
      if (i > 0) product += "*";
      product += infix && !alone ? "(" + atom.text + ")" : atom.text;
    }
    if (text.empty())
      text = (negative ? "-" : "") + product;
    else
      text += (negative ? " - " : " + ") + product;
  }
  const int64_t constant = index.constant();
  if (text.empty()) return std::to_string(constant);
  if (constant > 0) text += " + " + std::to_string(constant);
  if (constant < 0)
    text += " - " + std::to_string(0 - static_cast<uint64_t>(constant));
  return text;
}

Index substitute(const Index& index, const Replacement& replace) {
  return rebuild(index, [&](const IndexAtom& atom) {
    if (atom.kind == Kind::Variable) {
      const std::optional<Index> by = replace(atom.name);
      return by ? *by : Index::variable(atom.name);
    }
    std::vector<Index> arguments;
    for (const Index& argument : atom.arguments)
      arguments.push_back(substitute(argument, replace));
    if (atom.kind == Kind::Fetch)
      return Index::fetch(atom.name, std::move(arguments));
    return of_kind(atom.kind, arguments[0], arguments[1]);
  });
}

Index substitute(const Index& index, std::string_view variable,
                 const Index& by) {
  if (!index.mentions(variable)) return index;
  return substitute(index, [&](std::string_view name) -> std::optional<Index> {
    if (name == variable) return by;
    return {};
  });
}

int64_t evaluate(const Index& index, IndexValues& values) {
  int64_t sum = index.constant();
  for (const Index::Term& term : index.terms()) {
    int64_t product = term.coefficient;
    for (const Index::AtomRef& atom : term.atoms) {
      int64_t value = 0;
      if (atom->kind == Kind::Variable) {
        value = values.variable(atom->name);
      } else {
        std::vector<int64_t> at;
        for (const Index& argument : atom->arguments)
          at.push_back(evaluate(argument, values));
        if (atom->kind == Kind::Fetch)
          value = values.fetch(atom->name, at);
        else if (atom->kind == Kind::Div)
          value = divide(at[0], at[1]);
        else if (atom->kind == Kind::Mod)
          value = rest(at[0], at[1]);
        else
          value = atom->kind == Kind::Min ? std::min(at[0], at[1])
                                          : std::max(at[0], at[1]);
      }
      product = multiply(product, value);
    }
    sum = add(sum, product);
  }
  return sum;
}

}  // namespace hone::tensor
