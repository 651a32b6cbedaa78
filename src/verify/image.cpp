// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/image.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <unordered_map>

#include "base/file.h"
#include "base/hash.h"
#include "base/subprocess.h"
#include "base/text.h"
#include "verify/harness/abi.h"
#include "verify/harness_source.h"

namespace hone::verify {

namespace {

const ProcessLimits kToolLimits = {.cpu_seconds = 60, .wall_seconds = 120};

template <typename T>
uint64_t append(std::string& bytes, const std::vector<T>& table) {
  bytes.resize((bytes.size() + 15) / 16 * 16);
  const uint64_t offset = bytes.size();
  bytes.append(reinterpret_cast<const char*>(table.data()),
               table.size() * sizeof(T));
  return offset;
}

// The subject comes first on the command line, so that of several local
// symbols of one name its own has the lowest address.
std::unordered_map<std::string, const ElfSymbol*> index_symbols(
    const LinkedImage& linked) {
  std::unordered_map<std::string, const ElfSymbol*> index;
  for (const ElfSymbol& symbol : linked.symbols) {
    if (!symbol.is_defined) continue;
    const auto [found, is_new] = index.try_emplace(symbol.name, &symbol);
    if (is_new) continue;
    const ElfSymbol* known = found->second;
    if ((known->is_local && !symbol.is_local) ||
        (known->is_local == symbol.is_local && symbol.address < known->address))
      found->second = &symbol;
  }
  return index;
}

Status write_layout(const Plan& plan, LinkMode mode, const LinkedImage& linked,
                    Image& image) {
  const auto index = index_symbols(linked);
  std::vector<uint64_t> functions, globals;
  std::vector<hone_code_symbol> symbols;
  for (const PlannedFunction& planned : plan.functions) {
    const auto found = index.find(planned.name);
    uint64_t address = 0;
    if (found != index.end() && found->second->is_function &&
        (!planned.is_local || linked.taken.contains(found->second->address)))
      address = found->second->address;
    functions.push_back(address);
    image.has_function.push_back(address != 0);
    if (address != 0 && !planned.is_local)
      symbols.push_back({address, hash_bytes(planned.name).low});
  }
  for (const PlannedGlobal& planned : plan.globals) {
    const bool is_ours = planned.is_undefined && planned.is_hidden;
    const auto found =
        index.find(is_ours ? "__wrap_" + planned.name : planned.name);
    const bool known = (!planned.is_undefined || is_ours) &&
                       found != index.end() &&
                       found->second->size == planned.size;
    globals.push_back(known ? found->second->address : 0);
    image.global_size.push_back(known || planned.is_undefined ? planned.size
                                                              : 0);
  }
  // Interceptors have names too, where they are in the same image.
  for (const PlannedExternal& planned : plan.externals) {
    const auto found = index.find("__wrap_" + planned.name);
    if (found != index.end() && mode != LinkMode::Shared)
      symbols.push_back({found->second->address, hash_bytes(planned.name).low});
  }
  std::sort(symbols.begin(), symbols.end(), [](const auto& a, const auto& b) {
    return std::pair(a.address, a.name) < std::pair(b.address, b.name);
  });
  hone_layout head = {};
  std::string bytes(sizeof head, '\0');
  head.is_shared = mode == LinkMode::Shared;
  head.symbol_count = static_cast<uint32_t>(symbols.size());
  head.functions = append(bytes, functions);
  head.globals = append(bytes, globals);
  head.symbols = append(bytes, symbols);
  std::memcpy(bytes.data(), &head, sizeof head);
  return write_file(image.layout, bytes);
}

std::vector<std::string> link_command(const ImageKit& kit) {
  std::vector<std::string> command = {
      kit.is_cxx ? kit.tools.clangxx : kit.tools.clang,
      "--ld-path=" + kit.tools.lld};
  command.insert(command.end(), kit.target_flags.begin(),
                 kit.target_flags.end());
  return command;
}

void add_end(const ImageKit& kit, const std::filesystem::path& redirections,
             std::vector<std::string>& command) {
  command.insert(command.end(), kit.link_flags.begin(), kit.link_flags.end());
  command.push_back("-lm");
  command.push_back("@" + redirections.string());
}

}  // namespace

namespace {

Result<std::string> compile_harness_bytes(const ImageKit& kit) {
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make("hone-harness"));
  const auto object = folder.path() / "harness.o";
  std::vector<std::string> argv = {kit.tools.clang};
  argv.insert(argv.end(), kit.target_flags.begin(), kit.target_flags.end());
  for (const char* word :
       {"-x", "c", "-std=gnu17", "-O2", "-fPIC", "-fno-builtin",
        "-fno-stack-protector", "-fno-strict-aliasing", "-w", "-c", "-", "-o"})
    argv.push_back(word);
  argv.push_back(object.string());
  Result<ProcessResult> compiled =
      run_checked({.argv = argv,
                   .input = std::string(kHarnessSource),
                   .limits = kToolLimits});
  if (!compiled)
    return std::move(compiled).error().in(
        "cannot compile the harness (are the C library's headers installed?)");
  return read_file(object);
}

}  // namespace

Status write_harness(const ImageKit& kit, const std::filesystem::path& to) {
  // Compiled once per process and target; a failure is not remembered.
  static std::mutex mutex;
  static std::map<std::string, std::string> compiled;
  const std::string target = join(kit.target_flags, " ");
  const std::scoped_lock lock(mutex);
  auto found = compiled.find(target);
  if (found == compiled.end()) {
    HONE_ASSIGN_OR_RETURN(std::string bytes, compile_harness_bytes(kit));
    found = compiled.emplace(target, std::move(bytes)).first;
  }
  return write_file(to, found->second);
}

Result<Image> link_image(const ImageKit& kit, const Plan& plan, LinkMode mode,
                         const std::filesystem::path& object,
                         const std::filesystem::path& folder) {
  Image image;
  image.executable = folder / "image";
  image.layout = folder / "layout";
  std::string words;
  for (const std::string& name : kit.wrapped)
    words += fmt::format("\"-Wl,--wrap={}\"\n", name);
  const auto redirections = folder / "redirections";
  HONE_RETURN_IF_ERROR(write_file(redirections, words));
  auto subject = object;
  if (mode == LinkMode::Shared) {
    subject = folder / "subject.so";
    std::vector<std::string> argv = link_command(kit);
    for (const std::string& word :
         {std::string("-shared"), std::string("-Wl,-z,lazy"),
          std::string("-Wl,-soname,subject.so"), object.string(),
          std::string("-o"), subject.string()})
      argv.push_back(word);
    if (!kit.companion.empty()) argv.push_back(kit.companion.string());
    add_end(kit, redirections, argv);
    HONE_ASSIGN_OR_RETURN(const ProcessResult linked,
                          run_checked({.argv = argv, .limits = kToolLimits}));
    (void)linked;
  }
  std::vector<std::string> argv = link_command(kit);
  argv.push_back(mode == LinkMode::NoPie ? "-no-pie" : "-pie");
  for (const std::string& word :
       {std::string("-nostartfiles"), std::string("-Wl,-e,hone_rt_start"),
        std::string("-Wl,-z,now"), subject.string(), kit.harness.string(),
        kit.driver.string(), std::string("-o"), image.executable.string()})
    argv.push_back(word);
  if (mode != LinkMode::Shared && !kit.companion.empty())
    argv.push_back(kit.companion.string());
  if (mode == LinkMode::Shared) {
    argv.push_back("-Wl,--export-dynamic");
    argv.push_back("-Wl,-rpath," + folder.string());
  }
  add_end(kit, redirections, argv);
  HONE_ASSIGN_OR_RETURN(const ProcessResult linked,
                        run_checked({.argv = argv, .limits = kToolLimits}));
  (void)linked;
  HONE_ASSIGN_OR_RETURN(
      const LinkedImage read,
      read_image(mode == LinkMode::Shared ? subject : image.executable));
  HONE_RETURN_IF_ERROR(write_layout(plan, mode, read, image));
  return image;
}

}  // namespace hone::verify
