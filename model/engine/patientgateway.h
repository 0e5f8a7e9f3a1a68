// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/ports.h"

#include <QObject>
#include <QPromise>
#include <QTimer>

#include <chrono>
#include <map>
#include <memory>

namespace interlock {

/// Submits to a store, and waits for it no longer than a client can. A store that somebody's long transaction keeps, or
/// that hangs, is one that is away: who is asked to wait for it gives up at a time of its own.
///
/// What was submitted may still be committed later; then its receipt is told to nobody, and it shows as any commit
/// does.
///
/// \source SEMANTICS.md 4 (`admit-known`, `deny`); openvpn/FACTS.md 31
class PatientGateway : public QObject, public CommandGateway
{
    Q_OBJECT

public:
    /// \param gateway   must outlive it
    /// \param patience  how long nothing may come while something is waited for; many that are committed one after the
    ///                  other may take longer together
    explicit PatientGateway(CommandGateway &gateway,
                            std::chrono::milliseconds patience = std::chrono::milliseconds(2000));

    /// \returns what the gateway says, or StoreUnavailable when it said nothing for so long
    [[nodiscard]] QFuture<Expected<Receipt>> submit(Submission submission) override;
    [[nodiscard]] QFuture<Expected<Receipt>> preview(Submission submission) override;

private:
    using Promise = QPromise<Expected<Receipt>>;

    void giveUp();

    CommandGateway &m_gateway;
    std::map<quint64, std::unique_ptr<Promise>> m_waiting; ///< by the number of the submission
    quint64 m_last = 0;
    QTimer m_patience;
};

} // namespace interlock
