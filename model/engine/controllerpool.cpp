// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/controllerpool.h"

#include "model/commands/andthen.h"

using namespace Qt::StringLiterals;

namespace interlock {

struct ControllerPool::Entry
{
    ControllerEndpoint endpoint;
    QByteArray token;
    std::unique_ptr<ControllerClient> client;
};

ControllerPool::ControllerPool(SecretStore &secrets, ControllerTimes times, QObject *parent)
    : QObject(parent), m_secrets(secrets), m_times(times)
{
}

ControllerPool::~ControllerPool() = default;

QFuture<Expected<ControllerClient *>> ControllerPool::client(const ControllerRow &row)
{
    const auto url = parseControllerUrl(row.url);
    if (!url)
        return answered<ControllerClient *>(fail(url.error()));
    const ControllerEndpoint endpoint{*url, row.flavour};
    return andThen(m_secrets.secret(row.tokenFile), this, [this, name = row.name, endpoint](const Secret &secret) {
        std::unique_ptr<Entry> &entry = m_entries[name];
        if (!entry || entry->endpoint != endpoint || entry->token != secret.value) {
            entry = std::make_unique<Entry>(
                Entry{endpoint, secret.value, std::make_unique<ControllerClient>(endpoint, secret.value, m_times)});
        }
        return answered<ControllerClient *>(entry->client.get());
    });
}

} // namespace interlock
