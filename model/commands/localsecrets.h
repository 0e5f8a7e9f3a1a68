// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/secretstore.h"

namespace interlock {

/// Files and systemd's credentials: what there is without a desktop.
class LocalSecrets final : public SecretStore
{
public:
    /// \param credentials  systemd's folder ($CREDENTIALS_DIRECTORY); empty outside of a unit that has any
    explicit LocalSecrets(QString credentials) : m_credentials(std::move(credentials)) {}

    /// The first line of the file, without its end.
    [[nodiscard]] QFuture<Expected<Secret>> secret(QString name) override;

private:
    [[nodiscard]] Expected<Secret> read(const QString &name) const;

    QString m_credentials;
};

/// What is to be said of the permissions of a file that holds a secret; empty when nobody else may read it.
/// \returns Invalid when everybody may write it
[[nodiscard]] Expected<QString> checkSecretFile(const QString &path);

} // namespace interlock
