// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/liveports.h"
#include "model/store/connection.h"

#include <QElapsedTimer>

#include <map>

namespace interlock {

/// How long after its last reading somebody counts as looking.
inline constexpr std::chrono::milliseconds kReaderTime{10'000};

/// The writing side of live facts: knows what it wrote last, and writes the difference.
class LivePublisher
{
public:
    /// \returns whether it was written; LeaseHeld
    [[nodiscard]] Expected<bool> publish(Connection &connection, const Lease &lease, const InstanceHealth &health,
                                         const std::vector<SessionFact> &sessions, Publishing publishing);

private:
    struct Written
    {
        qint64 epoch = 0;
        qint64 revision = 0;
        std::vector<std::size_t> hashes = {}; ///< of each chunk
    };

    [[nodiscard]] Expected<Written> write(Connection &connection, const Lease &lease, const InstanceHealth &health,
                                          const std::vector<QByteArray> &chunks) const;

    std::map<InstanceName, Written> m_written;
};

/// The reading side: keeps what it has read, and reads the difference.
class LiveReader
{
public:
    LiveReader();

    [[nodiscard]] Expected<LiveSnapshot> read(Connection &connection, const std::optional<InstanceName> &instance);

private:
    struct Seen
    {
        qint64 epoch = 0;
        qint64 revision = 0;
        std::map<qint64, std::vector<SessionFact>> chunks = {};
    };

    [[nodiscard]] Expected<void> beat(Connection &connection);
    [[nodiscard]] Expected<void> update(Connection &connection, const InstanceName &instance, qint64 epoch,
                                        qint64 revision);
    [[nodiscard]] Expected<LiveSnapshot> readInside(Connection &connection,
                                                    const std::optional<InstanceName> &instance);

    const QString m_name;
    QElapsedTimer m_sinceBeat;
    std::map<InstanceName, Seen> m_seen;
};

} // namespace interlock
