// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/wiring/storehandle.h"
#include "model/tables/storetables.h"

#include <QObject>

#include <memory>

class QThread;

namespace interlock {

/// The desktop's store and the tables on it. Opening may take as long as a migration or a server that does not answer:
/// it happens on a thread of its own, so that the window is there first.
class StoreSession : public QObject
{
    Q_OBJECT

public:
    StoreSession(QString url, const Clock &clock);
    /// Waits for an opening that is under way.
    ~StoreSession() override;

    /// Does nothing while an opening is under way or the store is open.
    void open();
    [[nodiscard]] StoreTables *tablesOrNull() const { return m_tables.get(); }

Q_SIGNALS:
    void opened(interlock::StoreTables &tables);
    void failed(const interlock::Error &error);

private:
    void finish(Expected<std::unique_ptr<StoreHandle>> store);

    const QString m_url;
    const Clock &m_clock;
    std::unique_ptr<StoreHandle> m_store;
    std::unique_ptr<StoreTables> m_tables;
    std::unique_ptr<QThread> m_opening;
};

} // namespace interlock
