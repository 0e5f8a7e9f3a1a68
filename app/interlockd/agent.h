// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/interlockd/servicenotifier.h"
#include "app/wiring/storehandle.h"

#include <QObject>
#include <QTimer>

#include <vector>

namespace interlock {

/// The store, followed without a window: what is committed is logged, what the service manager should know is told.
class Agent : public QObject
{
    Q_OBJECT

public:
    /// \param instances  those to serve; none means all
    Agent(QString storeUrl, std::vector<InstanceName> instances, ServiceNotifier notifier);

    /// Opens the store, looks for the instances and follows the feed. Waits for the store.
    /// \returns as openStore(); NotFound when an instance is not there
    [[nodiscard]] Expected<void> start();
    /// Tells the service manager that everything is there, and from now on that this process is alive.
    void announce();
    /// The same over again with a new connection; when it fails, that is logged and everything stays as it was.
    void reload();

private:
    [[nodiscard]] Expected<std::unique_ptr<StoreHandle>> open() const;
    void follow(std::unique_ptr<StoreHandle> store);
    void logCommitted(const std::vector<JournalEntry> &entries);
    void setAvailable(bool isAvailable, const QString &why);
    void look();
    [[nodiscard]] QByteArray status() const;

    const QString m_url;
    const std::vector<InstanceName> m_instances;
    const ServiceNotifier m_notifier;
    std::unique_ptr<StoreHandle> m_store;
    QTimer m_lookTimer;
    QTimer m_watchdogTimer;
    bool m_isLooking = false;
    bool m_isAvailable = true;
};

} // namespace interlock
