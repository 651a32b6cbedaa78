// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/record.h"

#include "base/json.h"
#include "base/text.h"
#include "env/evaluation.h"
#include "program/toolchain.h"

namespace hone::service {

Result<store::Row> episode_row(const env::Episode& episode) {
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  const Json mode = {{"environment", episode.environment},
                     {"benchmark", episode.benchmark},
                     {"reward_space", episode.reward_space}};
  store::Row row;
  row.input = hash_bytes(episode.benchmark);
  row.recipe = to_text(Json{{"actions", episode.actions}});
  row.mode = to_text(mode);
  row.compiler = tools.version;
  row.metric_version = env::kMetricVersion;
  const std::string parts[] = {"episode", row.recipe, row.mode, row.compiler};
  row.key = hash_parts(parts);
  row.result =
      to_text(Json{{"reward", episode.reward}, {"state", episode.state}});
  return row;
}

}  // namespace hone::service
