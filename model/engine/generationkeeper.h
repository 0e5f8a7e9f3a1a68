// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/liveports.h"
#include "model/engine/leasekeeper.h"
#include "model/link/openvpn/managementclient.h"

#include <QObject>

#include <functional>
#include <map>
#include <utility>

namespace interlock {

/// Which run of the server this is, by the store's number, and what an earlier owner showed of it.
///
/// \source openvpn/FACTS.md 34, 39
class GenerationKeeper : public QObject
{
    Q_OBJECT

public:
    /// All must outlive the keeper.
    GenerationKeeper(InstanceName instance, LiveFeed &live, const LeaseKeeper &lease, QObject *parent = nullptr);

    /// Reads what is known of the last run, and calls `done` then, or when it cannot be read. A clear() or another
    /// load() meanwhile ends it.
    void load(std::function<void()> done);
    /// Forgets everything.
    void clear();

    /// True for the run that is known: we were away, and it went on.
    [[nodiscard]] bool isKnown(const openvpn::ServerRun &run) const;
    /// A run has begun that was not known. It is numbered as soon as its mark is there.
    void begin(const openvpn::ServerRun &run);
    /// The server is connected, which is the mark of the run: no client comes before this moment.
    void mark(const openvpn::ServerRun &run);

    /// 0 while the store has not given one.
    [[nodiscard]] qint64 number() const { return m_generation.number; }
    /// What was shown of that client of this run, or null.
    [[nodiscard]] const SessionFact *publishedOrNull(openvpn::ClientId cid) const;
    /// All that was shown of this run; afterwards nothing is known of it any more.
    [[nodiscard]] std::map<qint64, SessionFact> takePublished() { return std::exchange(m_published, {}); }

Q_SIGNALS:
    void numberChanged(qint64 number);

private:
    /// The reads of load(), `tries` times at most: a store that has just come back may refuse the first.
    void read(std::function<void()> done, int tries);
    [[nodiscard]] bool take(const Expected<LiveSnapshot> &snapshot, const Expected<Generation> &last);
    /// Asks the store for the number of the run that is known by `run`, until it gives one.
    void askNumber(const QString &run);

    const InstanceName m_instance;
    LiveFeed &m_live;
    const LeaseKeeper &m_lease;
    Generation m_generation;
    std::map<qint64, SessionFact> m_published; ///< by client id
    bool m_isNumbered = true;                  ///< the store was asked for the number of the present run
    quint64 m_serial = 0;                      ///< counts runs, so that late answers are known as such
};

} // namespace interlock
