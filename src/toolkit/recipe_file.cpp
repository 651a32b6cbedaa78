// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/recipe_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "base/subprocess.h"

namespace hone::toolkit {

namespace fs = std::filesystem;

namespace {

constexpr int64_t kVersion = 1;
constexpr std::string_view kFileName = "hone.recipe";

Json entry_to_json(const RecipeEntry& entry) {
  Json evidence = Json::object();
  for (const auto& [name, bytes] : entry.evidence) evidence[name] = bytes;
  return {{"path", entry.path},
          {"identity", entry.identity.hex()},
          {"compiler", entry.compiler},
          {"protocol", program::protocol_name(entry.protocol)},
          {"mode", program::to_json(entry.mode)},
          {"recipe", program::to_json(entry.recipe)},
          {"loaded",
           {{"stock", entry.stock_bytes}, {"result", entry.result_bytes}}},
          {"evidence", evidence}};
}

Result<const Json*> json_object(const Json& json, std::string_view key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_object())
    return Error(ErrorKind::Malformed,
                 fmt::format("\"{}\" is missing or no object", key));
  return &*found;
}

Result<uint64_t> json_bytes(const Json& json, std::string_view key) {
  HONE_ASSIGN_OR_RETURN(const int64_t bytes, json_integer(json, key));
  if (bytes < 0)
    return Error(ErrorKind::Malformed,
                 fmt::format("\"{}\" is {}, less than no bytes", key, bytes));
  return static_cast<uint64_t>(bytes);
}

Result<RecipeEntry> entry_from_json(const Json& json) {
  RecipeEntry entry;
  HONE_ASSIGN_OR_RETURN(entry.path, json_string(json, "path"));
  HONE_ASSIGN_OR_RETURN(const std::string identity,
                        json_string(json, "identity"));
  HONE_ASSIGN_OR_RETURN(entry.identity, parse_hash(identity));
  HONE_ASSIGN_OR_RETURN(entry.compiler, json_string(json, "compiler"));
  HONE_ASSIGN_OR_RETURN(const std::string protocol,
                        json_string(json, "protocol"));
  HONE_ASSIGN_OR_RETURN(entry.protocol, program::parse_protocol(protocol));
  HONE_ASSIGN_OR_RETURN(const Json* mode, json_object(json, "mode"));
  HONE_ASSIGN_OR_RETURN(entry.mode, program::build_mode_from_json(*mode));
  HONE_ASSIGN_OR_RETURN(const Json* recipe, json_object(json, "recipe"));
  HONE_ASSIGN_OR_RETURN(entry.recipe, program::recipe_from_json(*recipe));
  HONE_ASSIGN_OR_RETURN(const Json* loaded, json_object(json, "loaded"));
  HONE_ASSIGN_OR_RETURN(entry.stock_bytes, json_bytes(*loaded, "stock"));
  HONE_ASSIGN_OR_RETURN(entry.result_bytes, json_bytes(*loaded, "result"));
  HONE_ASSIGN_OR_RETURN(const Json* evidence, json_object(json, "evidence"));
  for (const auto& [name, bytes] : evidence->items()) {
    HONE_ASSIGN_OR_RETURN(entry.evidence[name], json_bytes(*evidence, name));
  }
  return entry;
}

std::string flags_key(const RecipeEntry& entry) {
  return to_text(program::to_json(entry.mode)) +
         std::string(program::protocol_name(entry.protocol));
}

}  // namespace

const RecipeEntry* RecipeFile::find(const Hash128& identity) const {
  const auto found = std::find_if(
      entries.begin(), entries.end(),
      [&](const auto& entry) { return entry.identity == identity; });
  return found == entries.end() ? nullptr : &*found;
}

bool RecipeFile::mentions_file_name(std::string_view file_name) const {
  return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) {
    return fs::path(entry.path).filename() == file_name;
  });
}

void RecipeFile::set(RecipeEntry entry) {
  std::erase_if(entries, [&](const RecipeEntry& other) {
    return other.path == entry.path && flags_key(other) == flags_key(entry);
  });
  const auto place =
      std::lower_bound(entries.begin(), entries.end(), entry,
                       [](const RecipeEntry& a, const RecipeEntry& b) {
                         return std::pair(a.path, flags_key(a)) <
                                std::pair(b.path, flags_key(b));
                       });
  entries.insert(place, std::move(entry));
}

Result<RecipeFile> parse_recipe_file(std::string_view text,
                                     std::string_view what) {
  HONE_ASSIGN_OR_RETURN(const Json json, parse_json(text, what));
  if (!json.is_object() || !json.contains("hone_recipe"))
    return Error(ErrorKind::Malformed,
                 fmt::format("{} is no recipe file: it has no \"hone_recipe\"; "
                             "hone opt --recipe writes one",
                             what));
  Result<int64_t> version = json_integer(json, "hone_recipe");
  if (!version.ok()) return std::move(version).error().in(what);
  if (*version != kVersion)
    return Error(ErrorKind::Unsupported,
                 fmt::format("{} has version {}; this Hone reads version {}",
                             what, *version, kVersion));
  if (!json.contains("inputs") || !json["inputs"].is_array())
    return Error(ErrorKind::Malformed,
                 fmt::format("{}: \"inputs\" is missing or no list", what));
  RecipeFile file;
  for (const Json& row : json["inputs"]) {
    Result<RecipeEntry> entry = entry_from_json(row);
    if (!entry.ok())
      return std::move(entry).error().in(
          fmt::format("{}, input {}", what, file.entries.size() + 1));
    file.entries.push_back(*std::move(entry));
  }
  return file;
}

Result<RecipeFile> load_recipe_file(const fs::path& path) {
  HONE_ASSIGN_OR_RETURN(const std::string text, read_file(path));
  return parse_recipe_file(text, fmt::format("'{}'", path.string()));
}

std::string recipe_file_text(const RecipeFile& file) {
  Json inputs = Json::array();
  for (const RecipeEntry& entry : file.entries)
    inputs.push_back(entry_to_json(entry));
  return to_text({{"hone_recipe", kVersion}, {"inputs", inputs}}, 2) + "\n";
}

Status save_recipe_file(const RecipeFile& file, const fs::path& path) {
  return write_file(path, recipe_file_text(file));
}

fs::path find_recipe_file(const fs::path& folder) {
  std::error_code error;
  fs::path at = fs::weakly_canonical(folder, error);
  if (error) return {};
  while (true) {
    const fs::path candidate = at / kFileName;
    if (fs::is_regular_file(candidate, error)) return candidate;
    if (at == at.parent_path()) return {};
    at = at.parent_path();
  }
}

Result<Hash128> identify_bitcode(const program::Toolchain& tools,
                                 const fs::path& bitcode) {
  HONE_ASSIGN_OR_RETURN(
      const ProcessResult ran,
      run_checked(
          {.argv = {tools.opt, "-S", bitcode.string(), "-o", "-"},
           .limits = {.cpu_seconds = 120, .output_bytes = uint64_t{1} << 30}}));
  std::string_view text = ran.out;
  // Two lines name files, both before the first definition:
  //   ; ModuleID = 'stage.bc'
  //   source_filename = "src/a.c"
  while (text.starts_with("; ModuleID") || text.starts_with("source_filename"))
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return hash_bytes(text);
}

}  // namespace hone::toolkit
