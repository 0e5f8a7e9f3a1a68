// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlock/screenshots.h"

#include <QCursor>
#include <QDir>
#include <QPixmap>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr std::array kNames{u"instances",  u"connectors", u"iroutes", u"claims", u"allocations",
                            u"exclusions", u"quarantine", u"options", u"journal"};
static_assert(kNames.size() == kTables.size());

} // namespace

Screenshots::Screenshots(StoreWindow &window, QString folder) : m_window(window), m_folder(std::move(folder)) {}

void Screenshots::takeWhenLoaded(StoreTables &tables)
{
    connect(&tables, &StoreTables::stateChanged, this, [this, &tables] {
        if (tables.state() == StoreTables::State::Unavailable)
            Q_EMIT failed(tables.error().detail);
        else if (tables.isLoaded() && !m_isStarted)
            start();
    });
}

void Screenshots::start()
{
    m_isStarted = true;
    if (!QDir().mkpath(m_folder)) {
        Q_EMIT failed(u"the folder %1 cannot be made"_s.arg(m_folder));
        return;
    }
    // Where it hovers over nothing.
    QCursor::setPos(m_window.mapToGlobal(m_window.rect().bottomRight()));
    QMetaObject::invokeMethod(this, &Screenshots::takeNext, Qt::QueuedConnection);
}

void Screenshots::takeNext()
{
    if (m_next == kTables.size()) {
        Q_EMIT finished();
        return;
    }
    m_window.openTable(kTables[m_next]);
    m_window.page(kTables[m_next]).focusContent();
    const QString file =
        u"%1/%2-%3.png"_s.arg(m_folder).arg(m_next + 1, 2, 10, QChar(u'0')).arg(QString::fromUtf16(kNames[m_next]));
    if (!m_window.grab().save(file)) {
        Q_EMIT failed(u"%1 cannot be written"_s.arg(file));
        return;
    }
    ++m_next;
    QMetaObject::invokeMethod(this, &Screenshots::takeNext, Qt::QueuedConnection);
}

} // namespace interlock
