// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/suite_listing.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.h"
#include "env/folder_sources.h"

namespace hone::env {

namespace {

namespace fs = std::filesystem;

// What {} stands for where the suite's pattern makes `place`; the shortest of
// several, nothing where none does.
std::optional<std::string> path_of(const Suite& suite, std::string_view place) {
  std::optional<std::string> shortest;
  for (const std::string& pattern : split(suite.where, ';')) {
    const size_t at = pattern.find("{}");
    const std::string_view before = std::string_view(pattern).substr(0, at);
    const std::string_view after = std::string_view(pattern).substr(at + 2);
    if (place.size() <= before.size() + after.size() ||
        !place.starts_with(before) || !place.ends_with(after))
      continue;
    const std::string_view path = place.substr(
        before.size(), place.size() - before.size() - after.size());
    if (!shortest || path.size() < shortest->size()) shortest = path;
  }
  return shortest;
}

class Listing {
 public:
  Listing(const Suite& suite, fs::path root)
      : suite_(suite), root_(std::move(root)) {
    const std::string scheme = std::string(suite.name) + "://";
    std::error_code error;
    for (const SuiteProgramInfo& own : suite_programs()) {
      if (!own.uri.starts_with(scheme) || own.folder.empty()) continue;
      if (!fs::exists(root_ / own.folder, error)) continue;
      paths_.emplace(own.uri.substr(scheme.size()));
      taken_.insert(root_ / own.folder);
    }
    for (const std::string& also : split_blank(suite.also))
      taken_.insert((root_ / also).parent_path());
  }

  std::vector<std::string> take() {
    if (suite_.join == Suite::Join::SingleSource) {
      walk(root_ / "SingleSource");
      walk(root_ / "MultiSource");
    } else {
      walk(root_);
    }
    return {paths_.begin(), paths_.end()};
  }

 private:
  // Below no folder that is a row's of suite_programs.def, or all programs'.
  void walk(const fs::path& begin) {
    std::error_code error;
    std::set<fs::path> folders;
    for (fs::recursive_directory_iterator entry(begin, error), end;
         entry != end; entry.increment(error)) {
      const fs::path& path = entry->path();
      if (path.filename().string().starts_with('.') || taken_.contains(path))
        entry.disable_recursion_pending();
      else if (suite_.join == Suite::Join::File)
        add_file(path);
      else if (is_source(path))
        folders.insert(path.parent_path());
    }
    for (const fs::path& folder : folders) add_folder(folder);
  }

  std::string place_of(const fs::path& path) const {
    return path.lexically_relative(root_).generic_string();
  }

  void add_file(const fs::path& path) {
    const bool is_text = path.extension() == ".txt";
    if (!is_text && !is_source(path)) return;
    if (const auto found = path_of(suite_, place_of(path)))
      paths_.insert(*found);
  }

  void add_folder(const fs::path& folder) {
    const std::optional<std::string> path = path_of(suite_, place_of(folder));
    if (!path || *path == ".") return;  // the checkout itself is no program
    // One that cannot be read has nothing that could be built either.
    const Result<FolderSources> found = sources_in(folder);
    if (!found.ok()) return;
    const bool has_row = find_suite_program(suite_.name, *path) != nullptr;
    const bool is_single = suite_.join == Suite::Join::SingleSource &&
                           (*path + "/").starts_with("SingleSource/");
    if (has_row || (found->mains.size() == 1 && !is_single) ||
        (found->mains.empty() && !suite_.also.empty()))
      paths_.insert(*path);
    else
      for (const fs::path& one : found->mains)
        paths_.insert(*path + "/" + one.filename().string());
  }

  const Suite& suite_;
  fs::path root_;
  std::set<fs::path> taken_;
  std::set<std::string> paths_;
};

}  // namespace

Result<std::vector<std::string>> list_programs(const Suite& suite,
                                               fs::path root) {
  HONE_ASSIGN_OR_RETURN(root, find_checkout(suite, std::move(root)));
  return Listing(suite, std::move(root)).take();
}

}  // namespace hone::env
