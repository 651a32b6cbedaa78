// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "features/ir2vec.h"

#include <fmt/format.h>
#include <llvm/Analysis/IR2Vec.h>
#include <llvm/IR/Module.h>

#include "base/json.h"

namespace hone::features {

namespace {

using llvm::ir2vec::Embedding;
using llvm::ir2vec::Vocabulary;
using Vectors = std::vector<Embedding>;

constexpr size_t kLargestDimension = 4096;

// The sections of the text; comparisons' predicates are among the arguments.
constexpr std::string_view kOpcodes = "Opcodes";
constexpr std::string_view kTypes = "Types";
constexpr std::string_view kArguments = "Arguments";

// LLVM's order of what a vocabulary knows, and where its text has it.
struct Section {
  std::string_view key;
  unsigned size;
};
constexpr Section kSections[] = {{kOpcodes, Vocabulary::MaxOpcodes},
                                 {kTypes, Vocabulary::MaxCanonicalTypeIDs},
                                 {kArguments, Vocabulary::MaxOperandKinds},
                                 {kArguments, Vocabulary::MaxPredicateKinds}};

Error malformed(std::string_view what, std::string_view why) {
  return {ErrorKind::Malformed,
          fmt::format("{} is no vocabulary of IR2Vec: {}; expected what LLVM's "
                      "seedEmbeddingVocab75D.json is, an object of \"{}\", "
                      "\"{}\" and \"{}\", each with lists of numbers by name",
                      what, why, kOpcodes, kTypes, kArguments)};
}

// Of all sections, in their order; LLVM makes each in a buffer of its own.
const std::vector<std::string>& names() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> made;
    for (unsigned i = 0; i < Vocabulary::getCanonicalSize(); ++i)
      made.push_back(Vocabulary::getStringKey(i).str());
    return made;
  }();
  return all;
}

// The weights are options of LLVM's, whose defaults stay what they are.
double weight_of(std::string_view section) {
  if (section == kOpcodes) return llvm::ir2vec::OpcWeight;
  if (section == kTypes) return llvm::ir2vec::TypeWeight;
  return llvm::ir2vec::ArgWeight;
}

// The first list's length is everybody's; empty where there is none.
Status check_section(const Json& json, std::string_view key,
                     std::string_view what, size_t& dimension) {
  const auto section = json.find(key);
  if (section == json.end() || !section->is_object() || section->empty())
    return malformed(what, fmt::format("it has no lists in \"{}\"", key));
  for (const auto& [name, list] : section->items()) {
    const auto is_number = [](const Json& one) { return one.is_number(); };
    if (!list.is_array() || !std::all_of(list.begin(), list.end(), is_number))
      return malformed(
          what,
          fmt::format("\"{}\" in \"{}\" is no list of numbers", name, key));
    if (dimension == 0) dimension = list.size();
    if (list.size() != dimension || dimension == 0 ||
        dimension > kLargestDimension)
      return malformed(
          what,
          fmt::format("\"{}\" in \"{}\" has {} numbers where {}", name, key,
                      list.size(),
                      list.size() == dimension
                          ? fmt::format("1 to {} can be", kLargestDimension)
                          : fmt::format("others have {}", dimension)));
  }
  return {};
}

}  // namespace

struct Ir2VecVocabulary::State {
  explicit State(std::vector<Vectors> sections)
      : vocabulary(llvm::ir2vec::VocabStorage(std::move(sections))) {}
  Vocabulary vocabulary;
};

Ir2VecVocabulary::Ir2VecVocabulary(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
Ir2VecVocabulary::Ir2VecVocabulary(Ir2VecVocabulary&&) noexcept = default;
Ir2VecVocabulary& Ir2VecVocabulary::operator=(Ir2VecVocabulary&&) noexcept =
    default;
Ir2VecVocabulary::~Ir2VecVocabulary() = default;

Result<Ir2VecVocabulary> Ir2VecVocabulary::parse(std::string_view text,
                                                 std::string_view what) {
  HONE_ASSIGN_OR_RETURN(const Json json, parse_json(text, what));
  if (!json.is_object()) return malformed(what, "it is no object");
  size_t dimension = 0;
  for (const std::string_view key : {kOpcodes, kTypes, kArguments})
    HONE_RETURN_IF_ERROR(check_section(json, key, what, dimension));
  std::vector<Vectors> sections;
  auto name = names().begin();
  size_t known = 0;
  for (const auto& [key, size] : kSections) {
    const Json& given = json[key];
    Vectors& vectors = sections.emplace_back(size, Embedding(dimension));
    for (Embedding& vector : vectors) {
      const auto list = given.find(*name++);
      if (list == given.end()) continue;
      ++known;
      for (size_t i = 0; i < dimension; ++i)
        vector[i] = (*list)[i].get<double>();
      vector *= weight_of(key);
    }
  }
  if (known == 0)
    return malformed(what, "it has none of LLVM's names, such as \"Add\"");
  return Ir2VecVocabulary(std::make_unique<State>(std::move(sections)));
}

size_t Ir2VecVocabulary::dimension() const {
  return state_->vocabulary.getDimension();
}

std::vector<double> Ir2VecVocabulary::embed(const program::Module& module,
                                            Ir2VecKind kind) const {
  const llvm::IR2VecKind mode = kind == Ir2VecKind::Symbolic
                                    ? llvm::IR2VecKind::Symbolic
                                    : llvm::IR2VecKind::FlowAware;
  Embedding sum(dimension());
  for (const llvm::Function& function : module.llvm_module()) {
    if (function.isDeclaration()) continue;
    sum += llvm::ir2vec::Embedder::create(mode, function, state_->vocabulary)
               ->getFunctionVector();
  }
  return sum.getData();
}

}  // namespace hone::features
