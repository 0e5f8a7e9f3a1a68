// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/interlockd/servicenotifier.h"
#include "app/wiring/storehandle.h"
#include "model/commands/localsecrets.h"
#include "model/engine/engine.h"
#include "model/engine/networkkeeper.h"
#include "model/link/linux/learnsocket.h"
#include "model/rules/dailywindow.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <optional>
#include <vector>

namespace interlock {

struct AgentOptions
{
    QString store;                       ///< URL
    std::vector<InstanceName> instances; ///< those to serve; none means all
    QString learnSocket = {};            ///< where interlock-learn sends to; empty: nowhere
    bool hasKernelRoutes = true;         ///< keep this host's routes into the tunnels
    std::chrono::milliseconds keepHistory = std::chrono::hours(90 * 24); ///< zero: for ever
    std::optional<DailyWindow> moveWindow = {};                          ///< when live sessions may be moved
    quint16 httpPort = 0; ///< of /metrics and /healthz on the loopback; 0: none
};

/// Serves the instances of a store without a window. What is committed is logged, what the service manager should know
/// is told.
class Agent : public QObject
{
    Q_OBJECT

public:
    Agent(AgentOptions options, ServiceNotifier notifier);
    ~Agent() override;

    /// Opens the store, looks for the instances and begins to serve them. Waits for the store.
    /// \returns as openStore(); NotFound when an instance is not there; what the learn socket says
    [[nodiscard]] Expected<void> start();
    /// Tells the service manager that everything is there, and from now on that this process is alive.
    void announce();
    /// The same over again with a new connection; when it fails, that is logged and everything stays as it was.
    void reload();
    /// Gives up what it owns. Live sessions do not notice.
    void drain();

    [[nodiscard]] const Engine &engine() const { return *m_engine; }
    [[nodiscard]] bool isStoreAvailable() const { return m_isAvailable; }

private:
    [[nodiscard]] Expected<std::unique_ptr<StoreHandle>> open() const;
    void serve(std::unique_ptr<StoreHandle> store);
    void serveNetworks();
    void logNotice(const NetworkNotice &notice);
    void logCommitted(const std::vector<JournalEntry> &entries);
    void setAvailable(bool isAvailable, const QString &why);
    void look();
    void sayStatus();
    [[nodiscard]] QByteArray status() const;

    const AgentOptions m_options;
    const ServiceNotifier m_notifier;
    std::unique_ptr<StoreHandle> m_store;
    std::unique_ptr<Engine> m_engine; ///< stands on the store
    LocalSecrets m_secrets;
    std::unique_ptr<ControllerPool> m_controllers;
    std::unique_ptr<NetworkKeeper> m_networks; ///< stands on the store and the controllers
    std::unique_ptr<LearnSocket> m_learn;
    QTimer m_lookTimer;
    QTimer m_watchdogTimer;
    QByteArray m_said; ///< the last status
    bool m_isLooking = false;
    bool m_isAvailable = true;
};

} // namespace interlock
