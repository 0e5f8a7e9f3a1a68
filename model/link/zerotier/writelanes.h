// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>
#include <QString>

#include <deque>
#include <functional>
#include <memory>

namespace interlock {

/// One writer at a time per thing: a controller reads, changes and writes a record without a lock, so that of two
/// writes at the same time one is lost, and both are answered 200. \source zerotier/FACTS.md 35
class WriteLanes : public QObject
{
public:
    /// Held by the writer whose turn it is; when the last copy is gone, the next writer has its turn. It is given back
    /// on the lanes' thread.
    using Turn = std::shared_ptr<void>;
    using Start = std::function<void(const Turn &)>;

    explicit WriteLanes(QObject *parent = nullptr) : QObject(parent) {}
    ~WriteLanes() override;

    /// Calls `start` when nobody before has `lane`: at once, or later from the event loop. What still waits when this
    /// is destroyed is never called, but destroyed.
    void enter(const QString &lane, Start start);

private:
    struct Holder;
    void next(const QString &lane);

    QHash<QString, std::deque<Start>> m_lanes; ///< those that somebody has, with who waits
};

} // namespace interlock
