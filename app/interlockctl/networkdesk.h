// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/interlockctl/session.h"
#include "model/commands/localsecrets.h"
#include "model/commands/systemclock.h"
#include "model/engine/networkreader.h"

#include <QEventLoop>
#include <QFutureWatcher>

#include <memory>

namespace interlock {

/// The engine's part for ZeroTier networks, in this process: controllers are spoken to directly, and a network's lease
/// is held as long as a verb writes to it.
class NetworkDesk
{
public:
    /// \returns what opening the store does
    [[nodiscard]] static Expected<std::unique_ptr<NetworkDesk>> open(Session &session);

    [[nodiscard]] ControllerPool &controllers() { return m_controllers; }
    [[nodiscard]] NetworkReader &reader() { return m_reader; }
    [[nodiscard]] const NetworkPorts &ports() const { return m_ports; }
    /// Of leases: readable, and unique to this process.
    [[nodiscard]] QString holder() const;

    /// Waits for an answer that comes through this thread's event loop, where the sockets are.
    template <typename T>
    [[nodiscard]] static Expected<T> wait(const QFuture<Expected<T>> &future)
    {
        if (!future.isFinished()) {
            QEventLoop loop;
            QFutureWatcher<Expected<T>> watcher;
            QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
            watcher.setFuture(future);
            loop.exec();
        }
        return Session::wait(future);
    }

    /// The client of a stored controller. \returns NotFound
    [[nodiscard]] Expected<ControllerClient *> client(const ControllerName &name);
    [[nodiscard]] Expected<ControllerClient *> client(const ControllerRow &row);

private:
    NetworkDesk(Session &session, StoreHandle &store);

    Session &m_session;
    LocalSecrets m_secrets;
    SystemClock m_clock;
    ControllerPool m_controllers;
    NetworkPorts m_ports;
    NetworkReader m_reader;
};

} // namespace interlock
