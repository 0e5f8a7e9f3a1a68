// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/zerotier/controllersender.h"
#include "model/link/zerotier/parseapart.h"

#include <functional>
#include <utility>

namespace interlock {

template <typename T>
using ControllerParse = std::function<Expected<T>(const QByteArray &)>;
/// Told what was answered, and the reply that it was read from.
template <typename T>
using ControllerThen = std::function<void(Expected<T>, const ControllerReply &)>;

/// Sends `request` and calls `then` once with what `parse` made of a good answer, or with why there is none.
/// `parse` may run on another thread.
template <typename T>
void exchange(ControllerSender &sender, const ControllerRequest &request, ControllerParse<T> parse,
              ControllerThen<T> then)
{
    sender.send(request, [&sender, request, parse = std::move(parse), then = std::move(then)](ControllerReply reply) {
        if (!reply.isGood()) {
            then(fail(sender.errorOf(request, reply)), reply);
            return;
        }
        const QByteArray body = std::exchange(reply.body, {});
        parseApart<T>(body, parse, &sender, [&sender, request, reply, then](Expected<T> parsed) {
            if (!parsed)
                parsed = fail(sender.placed(parsed.error(), request, reply));
            then(std::move(parsed), reply);
        });
    });
}

} // namespace interlock
