// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/zerotier/controllertimes.h"
#include "model/link/zerotier/controllerurl.h"

#include <QByteArray>
#include <QNetworkRequest>
#include <QString>

namespace interlock {

/// One request to a controller, without the secret.
struct ControllerRequest
{
    enum class Verb { Get, Post, Delete };
    /// When a try that may have reached the controller is made again.
    enum class Repeat {
        WhenLost,    ///< a second time does what one time does
        WhenNotSent, ///< a second time would make a second thing: whoever sent it has to look first
    };

    Verb verb = Verb::Get;
    QString path;         ///< below the controller's address, begins with a slash, needs no escapes
    QString subject;      ///< what it is about, for sentences: "network 8056c2e21c000001"
    QByteArray body = {}; ///< JSON; `{}` when a POST has none (FACTS 9)
    Repeat repeat = Repeat::WhenLost;
};

/// What is asked of Qt for `request`: the token in the flavour's header and nowhere else, `Connection: close` (6 to 24
/// times as fast, FACTS 6), JSON named as such (413 otherwise, FACTS 10), no redirects, cookies, cache, compression or
/// HTTP/2.
[[nodiscard]] QNetworkRequest networkRequestFor(const ControllerEndpoint &endpoint, const QByteArray &token,
                                                const ControllerRequest &request, const ControllerTimes &times);

/// The token as it was read from a file, without the line end. \returns Invalid when it is empty or holds what cannot
/// be in a header; the error does not repeat it
[[nodiscard]] Expected<QByteArray> checkedToken(const QByteArray &token);

} // namespace interlock
