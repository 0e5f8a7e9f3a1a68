// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QObject>
#include <QSocketNotifier>
#include <QString>

#include <memory>

namespace interlock {

/// Where `interlock-learn` sends its datagrams: what OpenVPN's learn-address hook was told.
///
/// A datagram is five fields with one NUL between two of them: `interlock-learn/1`, instance, verb (add, update,
/// delete), address, CN. Anything else is dropped. Attackers choose the CN.
///
/// \source SOURCES S4; openvpn/FACTS.md 50-54
class LearnSocket : public QObject
{
    Q_OBJECT

public:
    /// Makes the socket file with mode 0660. A file that a dead process left is replaced; one that somebody listens on
    /// is not.
    /// \returns Invalid for a path that is too long, LeaseHeld when somebody listens there, BackendUnavailable with
    /// what the system said
    [[nodiscard]] static Expected<std::unique_ptr<LearnSocket>> listen(const QString &path);
    ~LearnSocket() override;
    LearnSocket(const LearnSocket &) = delete;
    LearnSocket &operator=(const LearnSocket &) = delete;

    [[nodiscard]] const QString &path() const { return m_path; }

Q_SIGNALS:
    void learnt(const QString &instance, const QString &verb, const QString &address, const QString &cn);

private:
    LearnSocket(int descriptor, QString path);
    void read();

    int m_descriptor;
    QString m_path;
    QSocketNotifier m_notifier;
};

} // namespace interlock
