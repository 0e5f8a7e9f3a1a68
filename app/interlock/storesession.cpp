// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlock/storesession.h"

#include <QThread>
#include <QThreadPool>

namespace interlock {

StoreSession::StoreSession(QString url, const Clock &clock) : m_url(std::move(url)), m_clock(clock) {}

StoreSession::~StoreSession()
{
    if (m_opening)
        m_opening->wait();
    // The store answers everything before it closes, to tables that are still there.
    m_store.reset();
    QThreadPool::globalInstance()->waitForDone();
    m_tables.reset();
}

void StoreSession::open()
{
    if (m_opening || m_store)
        return;
    m_opening.reset(QThread::create([this] {
        // Shared, because an event can only carry what is copied.
        auto store =
            std::make_shared<Expected<std::unique_ptr<StoreHandle>>>(openStore(m_url, OpenMode::CreateIfMissing));
        QMetaObject::invokeMethod(
            this, [this, store] { finish(std::move(*store)); }, Qt::QueuedConnection);
    }));
    m_opening->start();
}

void StoreSession::finish(Expected<std::unique_ptr<StoreHandle>> store)
{
    m_opening->wait();
    m_opening.reset();
    if (!store) {
        Q_EMIT failed(store.error());
        return;
    }
    m_store = *std::move(store);
    m_tables = std::make_unique<StoreTables>(m_store->queries(), m_store->feed(), m_clock);
    Q_EMIT opened(*m_tables);
}

} // namespace interlock
