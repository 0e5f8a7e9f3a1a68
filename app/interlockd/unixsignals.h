// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <initializer_list>
#include <memory>

namespace interlock {

/// Signals of the system as signals of the event loop. One at a time in a process.
class UnixSignals : public QObject
{
    Q_OBJECT

public:
    explicit UnixSignals(std::initializer_list<int> numbers);
    ~UnixSignals() override;

Q_SIGNALS:
    void received(int number);

private:
    void readAll();

    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace interlock
