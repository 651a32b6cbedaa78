// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What there is: environments, their spaces, data sets and their programs.
#include <fmt/format.h>

#include "cli/env_command.h"
#include "cli/table.h"
#include "env/benchmark.h"
#include "env/environment.h"

namespace hone::cli {

namespace {

Result<Answer> list_programs(const std::string& suite) {
  HONE_ASSIGN_OR_RETURN(const std::vector<std::string> programs,
                        env::list_benchmarks(suite));
  Answer answer{.json = {{"programs", programs}}};
  for (const std::string& uri : programs) answer.text += uri + "\n";
  return answer;
}

}  // namespace

Result<Answer> list_environments(const EnvFlags&, Console&) {
  Table table({Align::Left, Align::Left});
  Json list = Json::array();
  for (const env::EnvironmentInfo& info : env::environments()) {
    table.add({std::string(info.name), std::string(info.sentence)});
    list.push_back({{"name", info.name}, {"sentence", info.sentence}});
  }
  return Answer{.text = table.text(), .json = {{"environments", list}}};
}

Result<Answer> list_datasets(const EnvFlags& o, Console&) {
  if (!o.subject.empty()) return list_programs(o.subject.front());
  Table table({Align::Left, Align::Left, Align::Left});
  Json list = Json::array();
  for (const env::DatasetInfo& info : env::datasets()) {
    table.add({info.name, info.uri, info.sentence});
    list.push_back(
        {{"name", info.name}, {"uri", info.uri}, {"sentence", info.sentence}});
  }
  return Answer{.text = table.text(), .json = {{"datasets", list}}};
}

Result<Answer> list_spaces(const EnvFlags& o, Console&) {
  HONE_ASSIGN_OR_RETURN(const env::EnvironmentInfo* info,
                        env::find_environment(o.environment));
  HONE_ASSIGN_OR_RETURN(const env::EnvironmentSpaces spaces, info->spaces());
  Table table({Align::Left, Align::Left, Align::Left});
  Json actions = Json::array();
  Json observed = Json::array();
  Json rewarded = Json::array();
  table.add({"action spaces"});
  for (const env::EnvironmentSpaces::Actions& row : spaces.action_spaces) {
    table.add({"  " + row.name, fmt::format("{} actions", row.actions.size()),
               row.sentence});
    actions.push_back({{"name", row.name},
                       {"actions", row.actions},
                       {"sentence", row.sentence}});
  }
  table.add({"observations"});
  for (const env::NamedSpace& row : spaces.observations) {
    std::string kind(env::space_kind_name(row.space.kind));
    if (!row.space.names.empty())
      kind += fmt::format(" of {}", row.space.names.size());
    table.add({"  " + row.name, std::move(kind), row.sentence});
    observed.push_back({{"name", row.name},
                        {"space", env::to_json(row.space)},
                        {"sentence", row.sentence}});
  }
  table.add({"rewards"});
  for (const env::EnvironmentSpaces::Reward& row : spaces.rewards) {
    table.add({"  " + row.name, "float", row.sentence});
    rewarded.push_back({{"name", row.name}, {"sentence", row.sentence}});
  }
  return Answer{.text = table.text(),
                .json = {{"environment", info->name},
                         {"action_spaces", actions},
                         {"observations", observed},
                         {"rewards", rewarded}}};
}

}  // namespace hone::cli
