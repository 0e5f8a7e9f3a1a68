// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/secretstore.h"
#include "model/link/zerotier/controllerclient.h"
#include "model/rules/rows.h"

#include <QObject>

#include <map>
#include <memory>

namespace interlock {

/// The clients of controllers, one for each, so that all who ask one controller share its four requests in flight and
/// the order of its writes.
class ControllerPool : public QObject
{
public:
    /// \param secrets  must outlive it
    explicit ControllerPool(SecretStore &secrets, ControllerTimes times = {}, QObject *parent = nullptr);
    ~ControllerPool() override;

    /// The client for `row`, with the token as it lies in its file now. The pointer is good as long as nobody asks for
    /// the controller of that name with another address or token; then the old one is closed and answers so.
    /// \returns Invalid (the address), what SecretStore::secret() returns
    [[nodiscard]] QFuture<Expected<ControllerClient *>> client(const ControllerRow &row);

private:
    struct Entry;

    SecretStore &m_secrets;
    ControllerTimes m_times;
    std::map<ControllerName, std::unique_ptr<Entry>> m_entries;
};

} // namespace interlock
