// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/record.h"

#include "base/json.h"
#include "base/text.h"
#include "program/toolchain.h"

namespace hone::service {

Result<std::vector<store::StepRow>> episode_rows(const env::Episode& episode) {
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  store::StepRow begin{.environment = episode.environment,
                       .benchmark = episode.benchmark,
                       .reward_space = episode.reward_space,
                       .compiler = tools.version,
                       .observation = "null"};
  begin.key = step_key(begin);
  store::StepRow all = begin;
  all.parent = begin.key;
  all.action = join(episode.actions, " ");
  all.depth = static_cast<int64_t>(episode.actions.size());
  all.reward = episode.reward;
  all.changed = !episode.actions.empty();
  all.observation = to_text(Json{{"state", episode.state}});
  all.key = step_key(all);
  return std::vector<store::StepRow>{begin, all};
}

}  // namespace hone::service
