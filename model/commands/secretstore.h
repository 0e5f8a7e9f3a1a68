// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QByteArray>
#include <QFuture>
#include <QString>

namespace interlock {

/// A password or a token, and what is to be said of the place where it lies.
struct Secret
{
    QByteArray value;
    QString warning; ///< of its permissions; empty when all is well
};

/// Where passwords and tokens come from. Rows and settings hold a name only: an absolute path, the name of a systemd
/// credential, or that of an entry in a keychain, looked up in this order. \source SEMANTICS 5
class SecretStore
{
public:
    virtual ~SecretStore() = default;

    /// The secret as it is now: nothing is kept, so a changed file counts from the next time on.
    /// \returns NotFound when no place knows `name`; Invalid when anybody may write it; BackendUnavailable when it
    /// cannot be read
    [[nodiscard]] virtual QFuture<Expected<Secret>> secret(QString name) = 0;
};

} // namespace interlock
