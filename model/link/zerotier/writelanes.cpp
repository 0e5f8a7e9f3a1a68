// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/writelanes.h"

#include <QPointer>

#include <utility>

namespace interlock {

/// What a turn points to.
struct WriteLanes::Holder
{
    QPointer<WriteLanes> lanes;
    QString lane;

    Holder(WriteLanes *owner, QString name) : lanes(owner), lane(std::move(name)) {}
    ~Holder()
    {
        // From the event loop, because this runs in the middle of whatever dropped the turn.
        if (lanes)
            QMetaObject::invokeMethod(
                lanes, [owner = lanes, name = lane] { owner->next(name); }, Qt::QueuedConnection);
    }
    Holder(const Holder &) = delete;
    Holder &operator=(const Holder &) = delete;
};

WriteLanes::~WriteLanes()
{
    const auto dropped = std::exchange(m_lanes, {});
}

void WriteLanes::enter(const QString &lane, Start start)
{
    if (const auto held = m_lanes.find(lane); held != m_lanes.end()) {
        held->push_back(std::move(start));
        return;
    }
    m_lanes.insert(lane, {});
    start(std::make_shared<Holder>(this, lane));
}

void WriteLanes::next(const QString &lane)
{
    const auto held = m_lanes.find(lane);
    if (held == m_lanes.end())
        return;
    if (held->empty()) {
        m_lanes.erase(held);
        return;
    }
    const auto start = std::move(held->front());
    held->pop_front();
    start(std::make_shared<Holder>(this, lane));
}

} // namespace interlock
