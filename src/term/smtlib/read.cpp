// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "term/smtlib/script_reader.h"
#include "term/syntax.h"

namespace hone::term {
namespace {

constexpr int64_t kMostLevels = 10'000;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (c >= '0' && c <= '9') || c == '.';
}

}  // namespace

Error ScriptReader::error(uint32_t at, ErrorKind kind,
                          std::string_view message) const {
  return error_at(text_, all_[at].offset, kind, message);
}

Error ScriptReader::expected_at(uint32_t at, std::string_view what) const {
  const Sexpr& found = all_[at];
  return error(
      at, ErrorKind::Malformed,
      fmt::format("expected {}, found {}", what,
                  found.kind == Sexpr::Kind::List
                      ? "a list"
                      : fmt::format("'{}'", found.text.substr(0, 40))));
}

Status ScriptReader::count_is(uint32_t list, const Parts& parts,
                              size_t wanted) const {
  if (parts.size() == wanted) return {};
  return error(list, ErrorKind::Malformed,
               fmt::format("'{}' takes {} arguments, found {}",
                           all_[parts[0]].text, wanted - 1, parts.size() - 1));
}

const Macro* ScriptReader::find(std::string_view name) const {
  const auto found = symbols_.find(name);
  if (found == symbols_.end() || found->second.empty()) return nullptr;
  return &found->second.back();
}

// A variable with this name, as far as a name can look so here and is free.
Term ScriptReader::fresh(std::string_view wanted, Sort sort) {
  std::string name;
  for (const char c : wanted.substr(0, 100))
    name += is_name_character(c) ? c : '_';
  if (name.empty() || name[0] == '.' || (name[0] >= '0' && name[0] <= '9'))
    name = "_" + name;
  const std::string base = name;
  for (int i = 1; is_reserved(name) || context_.find_variable(name); ++i)
    name = fmt::format("{}.{}", base, i);
  return context_.variable(name, sort);
}

Result<Sort> ScriptReader::sort(uint32_t at) const {
  if (is_symbol(at, "Int")) return Sort::Int;
  if (is_symbol(at, "Bool")) return Sort::Bool;
  return error(at, ErrorKind::Unsupported,
               "only the sorts Int and Bool are supported");
}

Result<std::string> ScriptReader::symbol(uint32_t at) const {
  if (all_[at].kind != Sexpr::Kind::Symbol) return expected_at(at, "a symbol");
  return std::string(all_[at].text);
}

Result<int64_t> ScriptReader::numeral(uint32_t at, int64_t most) const {
  if (all_[at].kind != Sexpr::Kind::Numeral)
    return expected_at(at, "a numeral");
  const auto value = all_[at].text.size() < 19
                         ? Integer::parse(all_[at].text)->to_int64()
                         : std::nullopt;
  if (!value || *value > most)
    return error(at, ErrorKind::LimitReached,
                 fmt::format("expected at most {}", most));
  return *value;
}

Status ScriptReader::command(uint32_t at) {
  if (all_[at].kind != Sexpr::Kind::List || all_[at].end == at + 1)
    return expected_at(at, "a command, as in (check-sat)");
  const Parts parts = all_.parts(at);
  HONE_ASSIGN_OR_RETURN(const std::string name, symbol(parts[0]));
  using Kind = SmtCommand::Kind;
  if (name == "set-logic" || name == "set-info" || name == "set-option" ||
      name == "get-info")
    return {};
  if (name == "exit") {
    ended_ = true;
    return {};
  }
  if (name == "declare-const") {
    HONE_RETURN_IF_ERROR(count_is(at, parts, 3));
    return declare(parts, parts[2]);
  }
  if (name == "declare-fun") {
    HONE_RETURN_IF_ERROR(count_is(at, parts, 4));
    if (all_[parts[2]].kind != Sexpr::Kind::List)
      return expected_at(parts[2], "a list of sorts");
    if (all_[parts[2]].end != parts[2] + 1)
      return error(parts[2], ErrorKind::Unsupported,
                   "functions with arguments are not supported");
    return declare(parts, parts[3]);
  }
  if (name == "define-fun") {
    HONE_RETURN_IF_ERROR(count_is(at, parts, 5));
    return define(parts);
  }
  if (name == "push" || name == "pop")
    return change_level(at, parts, name == "push");
  if (name == "assert") {
    HONE_RETURN_IF_ERROR(count_is(at, parts, 2));
    HONE_ASSIGN_OR_RETURN(const Term claim, term(parts[1]));
    HONE_RETURN_IF_ERROR(demand(parts[1], "assert", {claim}, Sort::Bool));
    script_.commands.push_back({.kind = Kind::Assert, .term = claim});
    return {};
  }
  if (name == "check-sat" || name == "get-model") {
    HONE_RETURN_IF_ERROR(count_is(at, parts, 1));
    SmtCommand command{.kind = name == "check-sat" ? Kind::CheckSat
                                                   : Kind::GetModel};
    if (command.kind == Kind::GetModel) command.constants = declared_;
    script_.commands.push_back(std::move(command));
    return {};
  }
  return error(at, ErrorKind::Unsupported,
               fmt::format("the command '{}' is not supported", name));
}

Status ScriptReader::declare(const Parts& parts, uint32_t sort_at) {
  HONE_ASSIGN_OR_RETURN(std::string name, symbol(parts[1]));
  HONE_ASSIGN_OR_RETURN(const Sort its, sort(sort_at));
  if (find(name))
    return error(parts[1], ErrorKind::Malformed,
                 fmt::format("'{}' is declared already", name));
  const Term variable = fresh(name, its);
  symbols_[name].push_back({{}, variable});
  declared_.emplace_back(name, variable);
  defined_.push_back(std::move(name));
  return {};
}

Status ScriptReader::define(const Parts& parts) {
  HONE_ASSIGN_OR_RETURN(std::string name, symbol(parts[1]));
  HONE_ASSIGN_OR_RETURN(const Sort result, sort(parts[3]));
  if (find(name))
    return error(parts[1], ErrorKind::Malformed,
                 fmt::format("'{}' is declared already", name));
  if (all_[parts[2]].kind != Sexpr::Kind::List)
    return expected_at(parts[2], "a list of parameters");
  Macro macro;
  std::vector<std::string> names;
  for (const uint32_t at : all_.parts(parts[2])) {
    const Parts pair =
        all_[at].kind == Sexpr::Kind::List ? all_.parts(at) : Parts();
    if (pair.size() != 2) return expected_at(at, "a parameter, as in (x Int)");
    HONE_ASSIGN_OR_RETURN(names.emplace_back(), symbol(pair[0]));
    HONE_ASSIGN_OR_RETURN(const Sort its, sort(pair[1]));
    macro.parameters.push_back(fresh(names.back(), its));
  }
  for (size_t i = 0; i < names.size(); ++i)
    symbols_[names[i]].push_back({{}, macro.parameters[i]});
  in_function_ = !names.empty();
  const Result<Term> body = term(parts[4]);
  in_function_ = false;
  for (const std::string& parameter : names) symbols_[parameter].pop_back();
  if (!body.ok()) return body.error();
  if (context_.sort(*body) != result)
    return error(
        parts[4], ErrorKind::Malformed,
        fmt::format("'{}' is {}, and its body is {}", name, sort_name(result),
                    sort_name(context_.sort(*body))));
  macro.body = *body;
  symbols_[name].push_back(std::move(macro));
  defined_.push_back(std::move(name));
  return {};
}

Status ScriptReader::change_level(uint32_t at, const Parts& parts, bool up) {
  int64_t count = 1;
  if (parts.size() > 1) {
    HONE_RETURN_IF_ERROR(count_is(at, parts, 2));
    HONE_ASSIGN_OR_RETURN(count, numeral(parts[1], kMostLevels));
  }
  const auto depth = static_cast<int64_t>(levels_.size());
  if (up && depth + count > kMostLevels)
    return error(at, ErrorKind::LimitReached,
                 fmt::format("more than {} levels", kMostLevels));
  if (!up && count > depth)
    return error(
        at, ErrorKind::Malformed,
        fmt::format("there are {} levels to pop, not {}", depth, count));
  for (int64_t i = 0; i < count; ++i) {
    if (up) {
      levels_.push_back({defined_.size(), declared_.size()});
      continue;
    }
    for (; defined_.size() > levels_.back().defined; defined_.pop_back())
      symbols_[defined_.back()].pop_back();
    declared_.resize(levels_.back().declared);
    levels_.pop_back();
  }
  script_.commands.push_back(
      {.kind = up ? SmtCommand::Kind::Push : SmtCommand::Kind::Pop,
       .count = count});
  return {};
}

Result<SmtScript> read_smtlib(Context& context, std::string_view text,
                              const ParseLimits& limits) {
  HONE_ASSIGN_OR_RETURN(const Sexprs all, Sexprs::read(text, limits));
  return ScriptReader(context, text, limits, all).read();
}

}  // namespace hone::term
