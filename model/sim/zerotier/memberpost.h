// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/sim/zerotier/exactjson.h"

#include <tl/expected.hpp>

namespace interlock {

/// A member as a controller begins it: unauthorised, never seen, revision 0. \param now  milliseconds since 1970
/// \source transcript 05
[[nodiscard]] ExactJson newMember(qint64 now);

/// Changes `member` as a POST with `body` to the address of `node` in `network` does. What is absent stays,
/// `ipAssignments`, `tags` and `capabilities` are replaced whole, what is unknown or of a hopeless type is ignored;
/// both ids become what was typed in the address, in that case. \returns the controller's words when an address is no
/// text: then nothing is to be stored \source zerotier/FACTS.md 16, 17, 42, 43, transcript 05
[[nodiscard]] tl::expected<void, QByteArray> postToMember(ExactJson &member, const QByteArray &network,
                                                          const QByteArray &node, const ExactJson &body, qint64 now);

} // namespace interlock
