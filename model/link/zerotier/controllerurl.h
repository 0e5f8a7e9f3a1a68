// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"
#include "model/values/networkrecord.h"

#include <QStringView>
#include <QUrl>

namespace interlock {

/// Where a controller is, and which of the two interfaces it has. The flavour is never guessed: a self-hosted
/// controller answers a request made for Central with 200 and changes nothing. \source zerotier/FACTS.md 16, 55
struct ControllerEndpoint
{
    QUrl url; ///< as parseControllerUrl() gives it: requests append their paths
    ControllerFlavour flavour = ControllerFlavour::SelfHosted;

    friend bool operator==(const ControllerEndpoint &, const ControllerEndpoint &) = default;
};

/// Reads the address of a controller: "http://127.0.0.1:9993", "https://vpn.example/zt". Blanks around it and slashes
/// at its end are cut off. What could carry a secret or change a request is refused: a user, a query, a fragment, dots
/// in the path. https and a path are there for a proxy in front, because the controller itself speaks plain http only.
/// \returns Invalid
/// \source zerotier/FACTS.md 3
[[nodiscard]] Expected<QUrl> parseControllerUrl(QStringView text);

/// The address of one thing at `endpoint`: `path` begins with a slash. Never holds a secret.
[[nodiscard]] QUrl urlOf(const ControllerEndpoint &endpoint, const QString &path);

/// Whether the host is this one, as far as the text tells: "localhost", 127.0.0.0/8, ::1.
[[nodiscard]] bool isLoopback(const QUrl &url);

} // namespace interlock
