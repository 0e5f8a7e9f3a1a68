// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/ports.h"

#include <memory>
#include <optional>
#include <type_traits>

namespace interlock {

/// The last answer of `look(const Topology &)`, which runs on the store's thread as Queries::inspect() says: it must be
/// quick, so ask for one page at a time and stop asking to cancel. An Expected that `look` answers is handed on.
template <typename Look>
[[nodiscard]] auto ask(Queries &queries, Look look)
{
    using Answer = std::invoke_result_t<Look, const Topology &>;
    const auto answer = std::make_shared<std::optional<Answer>>();
    return queries.inspect([answer, look](Topology &topology) { answer->emplace(look(std::as_const(topology))); })
        .then(QtFuture::Launch::Sync, [answer](const Expected<void> &looked) {
            if constexpr (requires(Answer a) { a.error().kind; }) {
                return looked ? *std::move(*answer) : Answer(fail(looked.error()));
            } else {
                return looked ? Expected<Answer>(*std::move(*answer)) : Expected<Answer>(fail(looked.error()));
            }
        });
}

} // namespace interlock
